/**
 * What admission says of a support case: who opens one has the permission (OK-8), its contacts are administrators of the policy, and only an elevated contact takes a
 * case over (requirements OK-3, OK-4). Who may write the owner and the contacts at all is the policy `support-access-cases`, which
 * needs no other object. Asked only of cases that name contacts anew or get another owner.
 */
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import type { SupportCase } from '../../../../crds/generated/support-case.ts';
import { policyName } from '../../../../crds/names.ts';
import { printable } from '../../../../crds/rules/problem.ts';
import { parseTime } from '../../../../crds/rules/time/time.ts';
import type { Cause } from '../review.ts';
import type { JudgeDeps, KindRule, ReviewedWrite } from './kind-rule.ts';

export const caseRule: KindRule = async (write, deps) => {
  const { object, old, requester } = write;
  const { read } = deps;
  const policy = (await read('SupportAccessPolicy', { name: policyName })) as SupportAccessPolicy | undefined;
  const { spec } = object as unknown as SupportCase;
  const before = old === undefined ? undefined : (old as unknown as SupportCase).spec;
  return {
    problems: [
      ...(old === undefined ? await permissionProblems(write, policy, deps) : []),
      ...contactProblems(spec, before, policy),
      ...(before === undefined || before.owner === spec.owner ? [] : takeoverProblems(requester, policy)),
    ],
    warnings: [],
  };
};

/** The one rule of admission that goes by the clock: it says from when on a right is asked for, and lets no one in. */
async function permissionProblems(
  { object, requester = '', groups = [] }: ReviewedWrite,
  policy: SupportAccessPolicy | undefined,
  { may, now }: JudgeDeps,
): Promise<Cause[]> {
  const from = policy?.spec.cases?.caseAdminRequiredTime;
  if (isBefore(now, from)) return [];
  const { namespace } = object.metadata;
  const right = { user: requester, groups, verb: 'administer', kind: 'SupportCase', namespace } as const;
  if (may !== undefined && (await may(right))) return [];
  const since = from === undefined ? '' : ` since ${from}`;
  return [
    {
      field: 'spec.owner',
      message: `"${printable(requester)}" must have the permission to open support cases, which is asked for${since}; have it given with the ClusterRole support-access-case-admin`,
    },
  ];
}

const isBefore = (now: number, from: string | undefined): boolean =>
  from !== undefined && now < (parseTime(from) ?? 0);

/** Of those that are new: whom the policy does not list any more stays, until the owner removes them. */
function contactProblems(
  { contacts = [] }: SupportCase['spec'],
  before: SupportCase['spec'] | undefined,
  policy: SupportAccessPolicy | undefined,
): Cause[] {
  const known = [...(policy?.spec.administrators ?? []), ...(before?.contacts ?? [])];
  return contacts.flatMap(({ name }, at) =>
    known.some((one) => one.name === name)
      ? []
      : [
          {
            field: `spec.contacts[${at}].name`,
            message: `"${printable(name)}" must be the name of an administrator in spec.administrators of the policy; write such a name, as kubectl get sapol ${policyName} -o jsonpath={.spec.administrators[*].name} shows them`,
          },
        ],
  );
}

function takeoverProblems(requester: string | undefined, policy: SupportAccessPolicy | undefined): Cause[] {
  const { administrators = [], cases } = policy?.spec ?? {};
  const elevated = administrators.filter(({ name }) => cases?.elevatedContacts?.includes(name));
  if (requester !== undefined && elevated.some(({ user }) => user === requester)) return [];
  return [
    {
      field: 'spec.owner',
      message: `"${printable(requester ?? '')}" must be an elevated contact of the policy to take a case over; write again the owner that was there, or ask one of spec.cases.elevatedContacts of the policy to take it`,
    },
  ];
}
