/** By which keys an address is found, itself and the networks around it, and by which of them a range of addresses is. Pure. */
import { type Address, formatAddress, parseAddress } from '../rules/address/address.ts';
import { type Cidr, containsCIDR, formatCIDR, parseCIDR } from '../rules/address/cidr.ts';
import { isProblem } from '../rules/problem.ts';

/** Prefix lengths that have a key, the narrowest first: what lies between them is looked for in the next wider one. */
const keyed = { 4: [32, 24, 16], 6: [128, 64, 48] } as const;

const keysOf = new Map<string, readonly string[]>();
const mostRemembered = 4096;

/** The keys of an address as a record has it. */
export function keysOfAddress(text: string): readonly string[] {
  const known = keysOf.get(text);
  if (known !== undefined) return known;
  const address = parseAddress(text);
  const keys = address === undefined ? [] : keyed[address.family].map((prefix) => networkOf(address, prefix));
  if (keysOf.size >= mostRemembered) keysOf.clear();
  keysOf.set(text, keys);
  return keys;
}

/** The keys that each address of this range has; none where it is wider than any key. */
export function keysOfRange(range: string): readonly string[] {
  const cidr = parseCIDR(range);
  if (isProblem(cidr)) return [];
  const prefix = keyed[cidr.family].find((each) => each <= cidr.prefix);
  return prefix === undefined ? [] : [networkOf(cidr.first, prefix)];
}

/** Whether an address, as a record has it, is one of this range. */
export function isInRange(text: string, range: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && containsCIDR(range, formatAddress(address));
}

/** The network of this length around an address, as one key. */
function networkOf({ family, ...words }: Address, prefix: number): string {
  const skipped = family === 4 ? 96 : 0;
  const { a, b, c, d } = words;
  const masked = [a, b, c, d].map((bits, at) => (bits & maskOf(prefix + skipped - at * 32)) >>> 0);
  return `${family}/${prefix}/${masked.map((bits) => bits.toString(16)).join(':')}`;
}

function maskOf(count: number): number {
  if (count <= 0) return 0;
  return count >= 32 ? -1 : -1 << (32 - count);
}

/** A range as it is compared and told: an address alone is a range of one. */
export function rangeText(cidr: Cidr): string {
  return formatCIDR(cidr);
}
