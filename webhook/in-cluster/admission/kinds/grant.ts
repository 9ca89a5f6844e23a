/** What admission says of a grant beyond its schema: too long for the policy, names what is missing, or hardly meant so. */
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import type { KindName } from '../../../../crds/kinds.ts';
import { policyName } from '../../../../crds/names.ts';
import { isVeryWide } from '../../../../crds/rules/address/cidr.ts';
import { lengthObjection, windowState } from '../../../../crds/rules/time/schedule.ts';
import type { Cause } from '../review.ts';
import type { KindRule, ReadObject } from './kind-rule.ts';

/**
 * Judges by the objects as they are now, and never by whether the window is open: an expired grant in Git can be applied
 * again.
 */
export const grantRule: KindRule = async (object, { read, now }) => {
  const grant = object as unknown as SupportAccessGrant;
  const policy = (await read('SupportAccessPolicy', { name: policyName })) as SupportAccessPolicy | undefined;
  return {
    problems: policy ? lengthProblem(grant, policy) : [],
    warnings: [...(await missing(grant, { read, policy })), ...unwise(grant, now)],
  };
};

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
  const applications = applicationRef ? [{ namespace, name: applicationRef.name }] : [];
  const named = [
    ...namedAs('SupportPermissionMatrix', [{ name: matrixRef.name }]),
    ...namedAs('SupportApplication', applications),
    ...namedAs('SupportUser', userRefs),
  ];
  const found = await Promise.all(named.map(({ kind, ref }) => read(kind, ref)));
  const absent = named
    .filter((_, at) => found[at] === undefined)
    .map(({ kind, ref }) => `${kind} ${ref.name}`);
  const off = policy === undefined ? 'SupportAccessPolicy default does not exist yet' : switchedOff(policy);
  return [
    ...absent.map((name) => `${name} does not exist yet; the grant stays closed until it does`),
    ...(off ? [off] : []),
  ];
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
