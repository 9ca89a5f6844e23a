/**
 * Answers what is wrong with a write that enables or widens, as far as schema, CEL and policies could not say it:
 * every problem at once, and warnings for what is allowed but probably not meant. Judges by the objects as they are
 * now; never by whether a window is open, so that an expired grant in Git can be applied again.
 */

import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import { type KindName, kinds } from '../../../crds/kinds.ts';
import { policyName } from '../../../crds/names.ts';
import { isVeryWide } from '../../../crds/rules/address/cidr.ts';
import type { Problem } from '../../../crds/rules/problem.ts';
import { problemsOf } from '../../../crds/rules/problems/index.ts';
import { lengthObjection, windowState } from '../../../crds/rules/time/schedule.ts';
import type { AdmissionRequest, Cause } from './review.ts';

export interface Judgement {
  readonly problems: readonly Cause[];
  readonly warnings: readonly string[];
}

/** Reads one object fresh; undefined when there is none. Rejects when that cannot be known. */
export type ReadObject = (
  kind: KindName,
  ref: { readonly namespace?: string; readonly name: string },
) => Promise<unknown>;

/**
 * Judges one write of one of our kinds. Rejects for anything else, or for a write without its object: what cannot be
 * judged is not allowed, and the chart's rules send nothing of the sort.
 */
export async function judgeWrite(
  request: AdmissionRequest,
  { read, now }: { readonly read: ReadObject; readonly now: number },
): Promise<Judgement> {
  const { object } = request;
  const kind = request.kind.kind;
  if (!object || !isOurs(kind) || request.kind.group !== kinds[kind].group)
    throw new Error('a write that is not one of our kinds cannot be judged');

  const own = problemsOf(object).map(asCause);
  if (kind !== 'SupportAccessGrant') return { problems: own, warnings: [] };
  const grant = object as unknown as SupportAccessGrant;
  const policy = (await read('SupportAccessPolicy', { name: policyName })) as SupportAccessPolicy | undefined;
  const length = policy ? lengthProblem(grant, policy) : [];
  return {
    problems: [...own, ...length],
    warnings: [...(await missing(grant, { read, policy })), ...unwise(grant, now)],
  };
}

const isOurs = (kind: string): kind is KindName => Object.hasOwn(kinds, kind);

const asCause = (problem: Problem): Cause => ({
  field: problem.field,
  message: `${problem.value === undefined ? '' : `"${problem.value}" `}${problem.rule}; ${problem.fix}`,
});

/** Too long or too short, judged only when both ends are given: without a start the operator measures from creation. */
function lengthProblem(grant: SupportAccessGrant, policy: SupportAccessPolicy): Cause[] {
  if (grant.spec.startTime === undefined) return [];
  const objection = lengthObjection(grant.spec, policy.spec.duration);
  return objection ? [{ field: 'spec.expirationTime', message: objection.message }] : [];
}

/** What a grant names and is not there yet. Order is free (CC-14), a typing mistake is not: so it is only told. */
async function missing(
  grant: SupportAccessGrant,
  { read, policy }: { readonly read: ReadObject; readonly policy: SupportAccessPolicy | undefined },
): Promise<string[]> {
  const { matrixRef, applicationRef, userRefs } = grant.spec;
  const namespace = grant.metadata.namespace ?? '';
  const named: [KindName, { namespace?: string; name: string }][] = [
    ['SupportPermissionMatrix', { name: matrixRef.name }],
    ...(applicationRef
      ? [
          ['SupportApplication', { namespace, name: applicationRef.name }] as [
            KindName,
            { namespace: string; name: string },
          ],
        ]
      : []),
    ...userRefs.map((user): [KindName, { name: string }] => ['SupportUser', { name: user.name }]),
  ];
  const found = await Promise.all(named.map(([kind, ref]) => read(kind, ref)));
  const absent = named.filter((_, at) => found[at] === undefined).map(([kind, ref]) => `${kind} ${ref.name}`);
  const off = policy === undefined ? 'SupportAccessPolicy default does not exist yet' : switchedOff(policy);
  return [
    ...absent.map((name) => `${name} does not exist yet; the grant stays closed until it does`),
    ...(off ? [off] : []),
  ];
}

const switchedOff = (policy: SupportAccessPolicy): string | undefined =>
  policy.spec.access === 'Enabled'
    ? undefined
    : 'the policy has access: Disabled; the grant stays closed until it is Enabled';

function unwise(grant: SupportAccessGrant, now: number): string[] {
  const expired = windowState(grant.spec, now) === 'Expired';
  const wide = (grant.spec.allowedCIDRs ?? []).filter(isVeryWide);
  return [
    ...(expired ? [`expirationTime ${grant.spec.expirationTime} is past; the grant opens nothing`] : []),
    ...wide.map((text) => `allowedCIDRs has ${text}, which admits a very large part of the internet`),
  ];
}
