/** May one come from there? Both lists must contain the address, and an empty one adds no restriction (requirement EC-6). */
import { type Address, formatAddress } from '../address/address.ts';
import { allowlistOf } from '../address/allowlist.ts';
import { type Ask, type Check, type CheckResult, type Objection, untilChanged } from '../ask.ts';

export const addressIsAllowed = {
  name: 'addressIsAllowed',
  entryPoints: [
    'opening',
    'person',
    'anonymous',
    'sign-in',
    'session',
    'application',
    'kube-api',
    'kubernetes',
  ],
  check,
} as const satisfies Check;

function check(ask: Ask): CheckResult {
  // the operator has no client, and admission is told of none: what can be asked is whether there is a list where there must be one
  const withoutClient = ['opening', 'person', 'kubernetes'].includes(ask.entryPoint);
  return (withoutClient ? undefined : addressObjection(ask)) ?? listObjection(ask) ?? untilChanged;
}

function addressObjection({ address, policy, grant }: Ask): Objection | undefined {
  if (address === undefined) return { reason: 'AddressUnknown' };
  if (excludes(policy?.spec.allowedCIDRs, address)) return notOn("the policy's list", address);
  if (excludes(grant?.spec.allowedCIDRs, address)) return notOn("the grant's list", address);
  return undefined;
}

/** Unless the policy says otherwise, one of the two must have a list: a mistake in a template that empties it would admit every address. */
function listObjection({ policy, grant }: Ask): Objection | undefined {
  if (isList(policy?.spec.allowedCIDRs) || isList(grant?.spec.allowedCIDRs)) return undefined;
  return policy?.spec.requireAllowedCIDRs === 'Disabled' ? undefined : noList;
}

const noList: Objection = {
  reason: 'NoAllowedCIDRs',
  detail:
    'spec.allowedCIDRs is empty in the grant and in the policy, and spec.requireAllowedCIDRs of the policy requires a list; list addresses in one of the two.',
};

function isList(cidrs: readonly string[] | undefined): cidrs is readonly string[] {
  return cidrs !== undefined && cidrs.length > 0;
}

function excludes(cidrs: readonly string[] | undefined, address: Address): boolean {
  return isList(cidrs) && !allowlistOf(cidrs).contains(address);
}

function notOn(list: string, address: Address): Objection {
  return { reason: 'AddressNotAllowed', detail: `${formatAddress(address)} is not on ${list}` };
}
