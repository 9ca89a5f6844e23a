/** What of a grant is allowed but hardly meant: times and addresses by which no one, or many more than was thought, get in. */
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import { containsCIDR, isVeryWide } from '../../../../crds/rules/address/cidr.ts';
import { lengthObjection, windowState } from '../../../../crds/rules/time/schedule.ts';
import { formatTime, parseTime } from '../../../../crds/rules/time/time.ts';
import type { KindAdvice, ReviewedWrite } from './kind-rule.ts';
import { widenedWarnings } from './widened.ts';

interface Beside {
  readonly policy: SupportAccessPolicy | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

const longestMeantYears = 5;
const longestMeantMs = longestMeantYears * 366 * 86_400_000;

/** Of a grant that is not opened or widened: its own times and addresses, without the policy's. */
export const grantAdvice: KindAdvice = (write, now) => [
  ...unwiseTimes(write.object as unknown as SupportAccessGrant, { policy: undefined, now }),
  ...unwiseAddresses(write, undefined),
  ...widenedWarnings('SupportAccessGrant', write),
];

/** Of an end that has passed or lies decades ahead, and of a length that the policy does not allow. */
export function unwiseTimes({ metadata, spec }: SupportAccessGrant, { policy, now }: Beside): string[] {
  const { expirationTime } = spec;
  if (windowState(spec, now) === 'Expired') {
    return [
      `spec.expirationTime ${expirationTime} has passed, so the grant opens no access; write a later time`,
    ];
  }

  if ((parseTime(expirationTime) ?? 0) > now + longestMeantMs) {
    return [
      `spec.expirationTime ${expirationTime} is more than ${longestMeantYears} years ahead; write an earlier time if that is not meant`,
    ];
  }

  if (spec.startTime !== undefined) return []; // judged, not advised
  const made = metadata.creationTimestamp ?? formatTime(now);
  const objection = lengthObjection(spec, policy?.spec.duration, made);
  if (objection === undefined) return [];
  const kept = objection.kind === 'TooLong' ? 'so it stays closed' : 'so it ends sooner than is wished for';
  return [`${objection.message}, ${kept}; write another spec.expirationTime`];
}

/** Of a list that is empty or very wide, and of one from which no address gets past the policy's. */
export function unwiseAddresses(
  { object, old }: ReviewedWrite,
  policy: SupportAccessPolicy | undefined,
): string[] {
  const listed = listOf(object);
  // of a list that was emptied just now it is said that this lets in more
  if (listed.length === 0) return listOf(old).length > 0 ? [] : unlisted(policy);
  const wide = listed
    .filter(isVeryWide)
    .map(
      (text) =>
        `spec.allowedCIDRs has ${text}, which admits a very large part of the internet; list smaller ranges`,
    );
  return [...wide, ...(apart(listed, policy?.spec.allowedCIDRs ?? []) ? [outside] : [])];
}

const listOf = (grant: unknown): readonly string[] =>
  (grant as SupportAccessGrant | undefined)?.spec.allowedCIDRs ?? [];

const outside =
  "no address of spec.allowedCIDRs lies in the policy's list, so no one can sign in; add addresses that are in both";

/**
 * From where, where the grant does not say: an empty list adds no restriction, also one that was emptied by mistake. The policy's
 * addresses are not told: who may open grants of a namespace need not be one who may read them.
 */
function unlisted(policy: SupportAccessPolicy | undefined): string[] {
  if (policy === undefined) return [];
  const { allowedCIDRs: general = [], requireAllowedCIDRs } = policy.spec;
  const list = 'list addresses such as 203.0.113.7';
  if (general.length > 0) {
    return [
      `spec.allowedCIDRs is empty, so support may come from every address in the policy's list; ${list} for fewer`,
    ];
  }
  const follows =
    requireAllowedCIDRs === 'Disabled'
      ? 'so support may come from any address'
      : 'which requires a list, so the grant stays closed';
  return [`spec.allowedCIDRs is empty, in the policy too, ${follows}; ${list} in one of the two`];
}

/** Whether two lists have no address in common: of two CIDRs one holds the other, or they are apart. */
function apart(one: readonly string[], other: readonly string[]): boolean {
  if (other.length === 0) return false;
  return !one.some((a) => other.some((b) => containsCIDR(a, b) || containsCIDR(b, a)));
}
