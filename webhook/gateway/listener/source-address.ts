/**
 * From which address did a request come? The TCP peer, or, only where the policy says that trusted hops stand in
 * front, what the nearest of them reported. No hop is trusted by default. It judges no allowlist.
 */
import type { NewRecord } from '../../../crds/audit/record.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import {
  type Address,
  formatAddress,
  parseAddress,
  sameAddress,
} from '../../../crds/rules/address/address.ts';
import { type Allowlist, allowlistOf } from '../../../crds/rules/address/allowlist.ts';
import { type Hop, hopsOfForwarded, hopsOfForwardedFor, withoutZone } from './forwarding-lines.ts';

/** Where a request came from, before the policy's exposure was applied. */
export interface Origin {
  /** The TCP peer. */
  readonly peer: string;
  /** The values of X-Forwarded-For in their order on the wire; worth something only behind a trusted hop. */
  readonly forwardedFor: readonly string[];
  /** The same of Forwarded (RFC 7239). */
  readonly forwarded?: readonly string[];
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

/**
 * The source of a request under the policy's `network`. With `Direct` the peer counts and every forwarding header is a
 * mere claim; with `BehindProxy` the peer must be a trusted hop, and entries are counted from the right over trusted
 * hops: the left end is whatever the client wrote. `address` is undefined when no address can be trusted.
 */
export function sourceOf(network: Network | undefined, origin: Origin): Source {
  const peer = parseAddress(withoutZone(origin.peer));
  const claimed = [...origin.forwardedFor, ...(origin.forwarded ?? [])].join(', ').slice(0, claimedLimit);
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
  const { forwardedFor, forwarded = [] } = origin;
  const chains = [
    ...(forwardedFor.length === 0 ? [] : [hopsOfForwardedFor(forwardedFor)]),
    ...(forwarded.length === 0 ? [] : [hopsOfForwarded(forwarded)]),
  ];
  const [first, ...others] = chains.map((hops) => hops && firstUntrusted(hops, trusted));
  // A hop writes one of the two, and who wrote the other is not known: where they differ, neither counts.
  const agreed = others.every((other) => first && other && sameAddress(first, other));
  return agreed ? first : undefined;
}

/** The rightmost entry that is no trusted hop; one that names no address ends the search without a result. */
function firstUntrusted(hops: readonly Hop[], trusted: Allowlist): Address | undefined {
  for (const hop of hops.toReversed()) if (hop === undefined || !trusted.contains(hop)) return hop;

  // Trusted hops all the way: the request was made by one of them, not by a person behind it.
  return undefined;
}
