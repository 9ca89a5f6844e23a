/**
 * What counts as one client where clients are bounded? An IPv4 address, or the IPv6 network of 48 bits that a provider
 * gives to one customer: one who has that has 2^80 addresses, so a bound for each of them would bound nothing.
 */
import { type Address, formatAddress, parseAddress } from '../../../crds/rules/address/address.ts';
import type { Source } from './source-address.ts';

/** `64:ff9b::/96` (RFC 6052): the whole of IPv4 as a translator writes it, and so no single neighbour. */
const translated = { a: 0x64_ff9b, b: 0, c: 0 } as const;

/** The neighbour that an address belongs to, as a key. An IPv4-mapped address was read as IPv4 before. */
export function neighbourOf(address: Address | undefined): string {
  if (address === undefined) return 'unknown';
  const { family, a, b, c, d } = address;
  const isTranslated = a === translated.a && b === translated.b && c === translated.c;
  return family === 4 || isTranslated ? `4/${d}` : `6/${a}/${b >>> 16}`;
}

/** The neighbour from whom a request came. Where no address can be trusted, the peer: those who have none share nothing. */
export function neighbourAt({ address, ip, peer }: Pick<Source, 'ip' | 'peer'> & Partial<Source>): string {
  const known = address ?? parseAddress(ip);
  return known === undefined ? `peer/${neighbourOf(parseAddress(peer ?? ''))}` : neighbourOf(known);
}

/** An address that stands for all of its neighbour: itself in IPv4, the network in IPv6. */
export function neighbourText(ip: string): string {
  const address = parseAddress(ip);
  if (address === undefined || neighbourOf(address).startsWith('4/')) return ip;
  const { a, b } = address;
  return `${formatAddress({ family: 6, a, b: b & ~0xffff, c: 0, d: 0 })}/48`;
}
