/** What admission says of a grant beyond its schema: too long for the policy, names what is missing, or hardly meant so. */
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import type { KindName } from '../../../../crds/kinds.ts';
import { policyName } from '../../../../crds/names.ts';
import { isVeryWide } from '../../../../crds/rules/address/cidr.ts';
import { lengthObjection, windowState } from '../../../../crds/rules/time/schedule.ts';
import { formatTime, parseTime } from '../../../../crds/rules/time/time.ts';
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
    warnings: [
      ...(await missing(grant, { read, policy })),
      ...unlisted(grant, policy),
      ...unwise(grant, now),
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
  const absent = named.filter((_, at) => found[at] === undefined);
  const off =
    policy === undefined
      ? 'SupportAccessPolicy default does not exist yet; the grant stays closed until it does and is Enabled'
      : switchedOff(policy);
  return [...absent.map(notThereYet), ...(off ? [off] : [])];
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

const switchedOff = (policy: SupportAccessPolicy): string | undefined =>
  policy.spec.access === 'Enabled'
    ? undefined
    : 'the policy has access: Disabled; the grant stays closed until it is Enabled';

/** From where, where the grant does not say: an empty list adds no restriction, also one that was emptied by mistake. */
function unlisted({ spec }: SupportAccessGrant, policy: SupportAccessPolicy | undefined): string[] {
  if (policy === undefined || (spec.allowedCIDRs ?? []).length > 0) return [];
  const { allowedCIDRs: general = [], requireAllowedCIDRs } = policy.spec;
  const list = 'list addresses such as 203.0.113.7';
  if (general.length > 0) {
    return [
      `spec.allowedCIDRs is empty, so support may come from every address of the policy: ${firstOf(general)}; ${list} for fewer`,
    ];
  }
  const follows =
    requireAllowedCIDRs === 'Disabled'
      ? 'so support may come from any address'
      : 'which requires a list, so the grant stays closed';
  return [`spec.allowedCIDRs is empty, in the policy too, ${follows}; ${list} in one of the two`];
}

/** The API server shows a warning of 256 characters at most. */
const mostNamed = 3;

function firstOf(addresses: readonly string[]): string {
  const more = addresses.length > mostNamed ? ` and ${addresses.length - mostNamed} more` : '';
  return `${addresses.slice(0, mostNamed).join(', ')}${more}`;
}

function unwise(grant: SupportAccessGrant, now: number): string[] {
  const expired = windowState(grant.spec, now) === 'Expired';
  const wide = (grant.spec.allowedCIDRs ?? []).filter(isVeryWide);
  return [
    ...(expired
      ? [
          `spec.expirationTime ${grant.spec.expirationTime} has passed, so the grant opens no access; write a later time`,
        ]
      : []),
    ...wide.map(
      (text) =>
        `spec.allowedCIDRs has ${text}, which admits a very large part of the internet; list smaller ranges`,
    ),
  ];
}
