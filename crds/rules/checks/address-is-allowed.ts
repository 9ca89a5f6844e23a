/** May one come from there? Both lists must contain the address, and an empty one adds no restriction (requirement EC-6). */
import { type Address, formatAddress } from '../address/address.ts';
import { allowlistOf } from '../address/allowlist.ts';
import { type Ask, type Check, type CheckResult, type Objection, untilChanged } from '../ask.ts';

export const addressIsAllowed = {
  name: 'addressIsAllowed',
  entryPoints: ['anonymous', 'sign-in', 'session', 'application'],
  check,
} as const satisfies Check;

/** Unless the policy says otherwise, one of the two must have a list: an empty one is a templating slip away from open. */
function check({ address, policy, grant }: Ask): CheckResult {
  if (address === undefined) return { reason: 'AddressUnknown' };
  const byPolicy = listed(policy?.spec.allowedCIDRs, address);
  if (byPolicy === false) return notOn("the policy's list", address);
  const byGrant = listed(grant?.spec.allowedCIDRs, address);
  if (byGrant === false) return notOn("the grant's list", address);
  if (byPolicy === true || byGrant === true) return untilChanged;
  return policy?.spec.requireAllowedCIDRs === 'Disabled' ? untilChanged : { reason: 'NoAllowedCIDRs' };
}

/** Whether the list contains the address; undefined where there is no list. */
function listed(cidrs: readonly string[] | undefined, address: Address): boolean | undefined {
  return cidrs === undefined || cidrs.length === 0 ? undefined : allowlistOf(cidrs).contains(address);
}

function notOn(list: string, address: Address): Objection {
  return { reason: 'AddressNotAllowed', detail: `${formatAddress(address)} is not on ${list}` };
}
