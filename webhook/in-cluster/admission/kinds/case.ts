/**
 * What admission says of a support case: its contacts are administrators of the policy, and only an elevated contact takes a
 * case over (requirements OK-3, OK-4). Who may write the owner and the contacts at all is the policy `support-access-cases`, which
 * needs no other object. Asked only of cases that name contacts anew or get another owner.
 */
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import type { SupportCase } from '../../../../crds/generated/support-case.ts';
import { policyName } from '../../../../crds/names.ts';
import { printable } from '../../../../crds/rules/problem.ts';
import type { Cause } from '../review.ts';
import type { KindRule } from './kind-rule.ts';

export const caseRule: KindRule = async ({ object, old, requester }, { read }) => {
  const policy = (await read('SupportAccessPolicy', { name: policyName })) as SupportAccessPolicy | undefined;
  const { spec } = object as unknown as SupportCase;
  const before = old === undefined ? undefined : (old as unknown as SupportCase).spec;
  return {
    problems: [
      ...contactProblems(spec, before, policy),
      ...(before === undefined || before.owner === spec.owner ? [] : takeoverProblems(requester, policy)),
    ],
    warnings: [],
  };
};

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
