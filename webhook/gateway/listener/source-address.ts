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
  /** What the peer reported by the PROXY protocol before anything was read; undefined where it reported no address. */
  readonly reported?: string | undefined;
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
  const found = network?.exposure === 'BehindProxy' ? reported(network, peer, origin) : peer;
  const address = typeof found === 'string' ? undefined : found;
  return {
    address,
    ip: address === undefined ? 'unknown' : formatAddress(address),
    ...(peer !== undefined && address !== peer ? { peer: formatAddress(peer) } : {}),
    ...(claimed === '' ? {} : { claimed }),
  };
}

/** Why no address can be trusted, for who set up the proxy; undefined where one can. */
export function whyUnknown(network: Network | undefined, origin: Origin): UnknownSource | undefined {
  if (network?.exposure !== 'BehindProxy') return undefined;
  const found = reported(network, parseAddress(withoutZone(origin.peer)), origin);
  return typeof found === 'string' ? found : undefined;
}

/** THE ways in which an address is not known behind a proxy, each with what is missing and what to do. */
export const unknownSources = {
  NotTrusted:
    'A request must come from one of the hops in spec.network.trustedHops of the policy, and this peer is none. Add its address there if it is your proxy, for example 10.0.0.0/24.',
  NoHeader:
    'A PROXY header of a trusted hop must say who the client is (spec.network.proxyProtocol is Required), and this one names no address. Have the proxy send the client’s, for example with "send-proxy-v2"; its own checks may name none.',
  NoLine:
    'A trusted hop must write X-Forwarded-For or Forwarded, and the request has neither. Have the proxy add one, for example with "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for".',
  Unreadable:
    'The rightmost entry of X-Forwarded-For or Forwarded that is no trusted hop must be an IP address, and it is none. Have the proxy write it, for example 203.0.113.7 or 203.0.113.7:51234.',
  HopsOnly:
    'X-Forwarded-For or Forwarded must name the person, and all of its entries are trusted hops. Take the person’s network out of spec.network.trustedHops, for example by naming 10.0.0.7 in place of 10.0.0.0/8.',
  Disagreement:
    'X-Forwarded-For and Forwarded must name the same person, and they differ. Have the proxy remove the one that it does not write itself, such as a Forwarded line of the client.',
} as const;

/** Said of a hop that begins to talk without the header. */
export const noProxyHeader =
  'A connection of a trusted hop must begin with a PROXY header (spec.network.proxyProtocol is Required), and this one does not. Switch it on in the proxy, for example with "proxy_protocol on", or write Disabled.';

export type UnknownSource = keyof typeof unknownSources;

/** The source as it stands in every record of the gateway: the texts, without the parsed address. */
export function recordedSource({ ip, peer, claimed }: Source): NonNullable<NewRecord['source']> {
  return { ip, ...(peer === undefined ? {} : { peer }), ...(claimed === undefined ? {} : { claimed }) };
}

/** Whether a connection of this peer must begin with a PROXY header. */
export function saysProxyHeader(network: Network | undefined, peer: string): boolean {
  return network?.proxyProtocol === 'Required' && isTrustedHop(network, peer);
}

/** Whether the peer of a connection is one of the proxies that the policy trusts: many people come through it. */
export function isTrustedHop(network: Network | undefined, peer: string): boolean {
  const address = parseAddress(withoutZone(peer));
  if (network?.exposure !== 'BehindProxy' || address === undefined) return false;
  return allowlistOf(network.trustedHops ?? []).contains(address);
}

/** What the peer said on the connection comes before what is written in the request: that came through it. */
function reported(network: Network, peer: Address | undefined, origin: Origin): Address | UnknownSource {
  const trusted = allowlistOf(network.trustedHops ?? []);
  if (peer === undefined || !trusted.contains(peer)) return 'NotTrusted';
  if (network.proxyProtocol !== 'Required') return reportedInLines(origin, trusted);
  const nearest = parseAddress(origin.reported ?? '');
  if (nearest === undefined) return 'NoHeader';
  return trusted.contains(nearest) ? reportedInLines(origin, trusted) : nearest;
}

function reportedInLines(
  { forwardedFor, forwarded = [] }: Origin,
  trusted: Allowlist,
): Address | UnknownSource {
  const [first, ...others] = [
    ...(forwardedFor.length === 0 ? [] : [firstUntrusted(hopsOfForwardedFor(forwardedFor), trusted)]),
    ...(forwarded.length === 0 ? [] : [firstUntrusted(hopsOfForwarded(forwarded), trusted)]),
  ];
  if (first === undefined) return 'NoLine';
  // A hop writes one of the two, and who wrote the other is not known: where they differ, neither counts.
  return others.every((other) => isSame(first, other)) ? first : 'Disagreement';
}

function isSame(one: Address | UnknownSource, other: Address | UnknownSource): boolean {
  return typeof one === 'string' || typeof other === 'string' ? one === other : sameAddress(one, other);
}

/** The rightmost entry that is no trusted hop; one that names no address ends the search without a result. */
function firstUntrusted(hops: readonly Hop[] | undefined, trusted: Allowlist): Address | UnknownSource {
  for (const hop of (hops ?? [undefined]).toReversed()) {
    if (hop === undefined) return 'Unreadable';
    if (!trusted.contains(hop)) return hop;
  }
  // The request was made by one of them, not by a person behind it.
  return 'HopsOnly';
}
