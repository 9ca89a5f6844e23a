/** What admission says of a grant beyond its schema: too long for the policy, names what is missing, or hardly meant so. */
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import type { KindName } from '../../../../crds/kinds.ts';
import { policyName } from '../../../../crds/names.ts';
import { lengthObjection } from '../../../../crds/rules/time/schedule.ts';
import { formatTime, parseTime } from '../../../../crds/rules/time/time.ts';
import type { Cause } from '../review.ts';
import { unwiseAddresses, unwiseTimes } from './grant-advice.ts';
import type { KindRule, ReadObject } from './kind-rule.ts';
import { unseenChange } from './unseen-change.ts';
import { widenedWarnings } from './widened.ts';

/**
 * Judges by the objects as they are now, and never by whether the window is open: an expired grant in Git can be applied
 * again.
 */
export const grantRule: KindRule = async (write, { read, now }) => {
  const grant = write.object as unknown as SupportAccessGrant;
  // all at once, since the write waits for it
  const [found, absent] = await Promise.all([
    read('SupportAccessPolicy', { name: policyName }),
    missing(grant, read),
  ]);
  const policy = found as SupportAccessPolicy | undefined;
  return {
    problems: policy ? lengthProblem(grant, policy) : [],
    warnings: [
      ...absent,
      ...switchedOff(policy),
      ...unwiseTimes(grant, { policy, now }),
      ...unwiseAddresses(write, policy),
      ...unseenChange(write),
      ...widenedWarnings('SupportAccessGrant', write),
    ],
  };
};

/** Too long or too short, judged only when both ends are given: without a start the operator measures from creation. */
function lengthProblem(grant: SupportAccessGrant, policy: SupportAccessPolicy): Cause[] {
  if (grant.spec.startTime === undefined) return [];
  const objection = lengthObjection(grant.spec, policy.spec.duration);
  if (objection === undefined) return [];
  const { expirationTime } = grant.spec;
  const message = `"${expirationTime}" must make the grant as long as the policy allows: ${objection.message}; write ${fittingEnd(grant, policy)}`;
  return [{ field: 'spec.expirationTime', message }];
}

/** The nearest end that the policy allows, as an example. */
function fittingEnd({ spec }: SupportAccessGrant, policy: SupportAccessPolicy): string {
  const { minSeconds = 0, maxSeconds = Number.POSITIVE_INFINITY } = policy.spec.duration ?? {};
  const start = parseTime(spec.startTime) ?? 0;
  const end = parseTime(spec.expirationTime) ?? start;
  const fitting = Math.min(Math.max(end, start + minSeconds * 1000), start + maxSeconds * 1000);
  return `for example ${formatTime(fitting)}`;
}

/** What a grant names and is not there yet. Order is free (CC-14), a typing mistake is not: so it is only told. */
async function missing({ metadata, spec }: SupportAccessGrant, read: ReadObject): Promise<string[]> {
  const { matrixRef, applicationRef, userRefs } = spec;
  const namespace = metadata.namespace ?? '';
  const applications = applicationRef ? [{ namespace, name: applicationRef.name }] : [];
  const named = [
    ...namedAs('SupportPermissionMatrix', [{ name: matrixRef.name }]),
    ...namedAs('SupportApplication', applications),
    ...namedAs('SupportUser', userRefs),
  ];
  const found = await Promise.all(named.map(({ kind, ref }) => read(kind, ref)));
  return named.filter((_, at) => found[at] === undefined).map(notThereYet);
}

/** A person who is missing keeps no one else out; a matrix or an application that is missing does. */
function notThereYet({ kind, ref: { name } }: { readonly kind: KindName; readonly ref: Reference }): string {
  const whom = kind === 'SupportUser' ? `access stays closed to ${name}` : 'the grant stays closed';
  return `${kind} ${name} does not exist yet; ${whom} until it does`;
}

interface Reference {
  readonly namespace?: string;
  readonly name: string;
}

function namedAs(kind: KindName, refs: readonly Reference[]) {
  return refs.map(({ namespace, name }) => ({
    kind,
    ref: namespace === undefined ? { name } : { namespace, name },
  }));
}

function switchedOff(policy: SupportAccessPolicy | undefined): string[] {
  if (policy === undefined) {
    return [
      'SupportAccessPolicy default does not exist yet; the grant stays closed until it does and is Enabled',
    ];
  }
  return policy.spec.access === 'Enabled'
    ? []
    : ['the policy has access: Disabled; the grant stays closed until it is Enabled'];
}
