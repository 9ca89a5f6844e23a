/**
 * From which address did a request come? The TCP peer, or, only where the policy says that trusted hops stand in
 * front, what the nearest of them reported. No hop is trusted by default. It judges no allowlist.
 */
import type { NewRecord } from '../../../crds/audit/record.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import { type Address, formatAddress, parseAddress } from '../../../crds/rules/address/address.ts';
import { type Allowlist, allowlistOf } from '../../../crds/rules/address/allowlist.ts';
import { partsOf } from '../../../crds/rules/request/optional-white-space.ts';

/** Where a request came from, before the policy's exposure was applied. */
export interface Origin {
  /** The TCP peer. */
  readonly peer: string;
  /** The values of X-Forwarded-For in their order on the wire; worth something only behind a trusted hop. */
  readonly forwardedFor: readonly string[];
}

/** Where a request came from, after the policy's exposure was applied. */
export interface Source {
  /** Undefined when no trustworthy address is known: what needs one refuses. */
  readonly address: Address | undefined;
  readonly ip: string;
  readonly peer?: string;
  readonly claimed?: string;
}

/** How requests reach the gateway, as the policy says. */
export type Network = NonNullable<SupportAccessPolicy['spec']['network']>;

/** What may be kept of forwarding headers that a client made up. */
const claimedLimit = 256;
/** More hops than any real chain has; a longer list is an attempt to make us work. */
const hopLimit = 32;

/**
 * The source of a request under the policy's `network`. With `Direct` the peer counts and every forwarding header is a
 * mere claim; with `BehindProxy` the peer must be a trusted hop, and entries are counted from the right over trusted
 * hops: the left end is whatever the client wrote. `address` is undefined when no address can be trusted.
 */
export function sourceOf(network: Network | undefined, origin: Origin): Source {
  const peer = parseAddress(withoutZone(origin.peer));
  const claimed = origin.forwardedFor.join(', ').slice(0, claimedLimit);
  const address = network?.exposure === 'BehindProxy' ? reported(network, peer, origin) : peer;
  return {
    address,
    ip: address === undefined ? 'unknown' : formatAddress(address),
    ...(peer !== undefined && address !== peer ? { peer: formatAddress(peer) } : {}),
    ...(claimed === '' ? {} : { claimed }),
  };
}

/** The source as it stands in every record of the gateway: the texts, without the parsed address. */
export function recordedSource({ ip, peer, claimed }: Source): NonNullable<NewRecord['source']> {
  return { ip, ...(peer === undefined ? {} : { peer }), ...(claimed === undefined ? {} : { claimed }) };
}

/** Whether the peer of a connection is one of the proxies that the policy trusts: many people come through it. */
export function isTrustedHop(network: Network | undefined, peer: string): boolean {
  const address = parseAddress(withoutZone(peer));
  if (network?.exposure !== 'BehindProxy' || address === undefined) return false;
  return allowlistOf(network.trustedHops ?? []).contains(address);
}

function reported(network: Network, peer: Address | undefined, origin: Origin): Address | undefined {
  const trusted = allowlistOf(network.trustedHops ?? []);
  if (peer === undefined || !trusted.contains(peer)) return undefined;
  const hops = origin.forwardedFor.flatMap((value) => partsOf(value, ','));
  if (hops.length === 0 || hops.length > hopLimit) return undefined;
  return firstUntrusted(hops, trusted);
}

/** The rightmost entry that is no trusted hop; an entry that is no address ends the search without a result. */
function firstUntrusted(hops: readonly string[], trusted: Allowlist): Address | undefined {
  for (const hop of hops.toReversed()) {
    const address = parseAddress(hop);
    if (address === undefined || !trusted.contains(address)) return address;
  }
  // Trusted hops all the way: the request was made by one of them, not by a person behind it.
  return undefined;
}

/** Node names the interface of a link-local peer (`fe80::1%eth0`); the socket is ours, so this is no client's text. */
export function withoutZone(peer: string): string {
  const zone = peer.indexOf('%');
  return zone < 0 ? peer : peer.slice(0, zone);
}
