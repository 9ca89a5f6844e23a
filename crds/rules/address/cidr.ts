/**
 * Which addresses does one entry of an address list mean? Reads `203.0.113.0/24`, `2001:db8::/32` and bare addresses,
 * and says in words what is wrong with anything else. It never guesses what was meant.
 */

import { isProblem, type Problem, printable } from '../problem.ts';
import { type Address, formatAddress, isMapped, parseAddress, parseV6 } from './address.ts';

/** A range of addresses; a bare address is a range of one. */
export interface Cidr {
  readonly family: 4 | 6;
  /** How many leading bits are fixed: 0 to 32, or 0 to 128. */
  readonly prefix: number;
  readonly first: Address;
  readonly last: Address;
}

const widestV4 = 8;
const widestV6 = 32;

/** One entry of an address list, or what is wrong with it. `field` is where it stands, for the message. */
export function parseCIDR(text: string, field = 'address'): Cidr | Problem {
  const read = readCIDR(text);
  return 'rule' in read ? { field, value: printable(text), ...read } : read;
}

interface Mistake {
  readonly rule: string;
  readonly fix: string;
}

function readCIDR(text: string): Cidr | Mistake {
  if (/[^!-:<-~]/.test(text)) return whyNotAddress(text); // white space, ";", foreign letters
  const slash = text.indexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  const address = host.includes(':') ? parseV6(host) : parseAddress(host);
  if (address === undefined) return whyNotAddress(host);
  const bits = address.family === 4 ? 32 : 128;
  const prefix = slash < 0 ? bits : prefixLength(text.slice(slash + 1), bits);
  if (prefix !== undefined) return judged(address, prefix);
  return {
    rule: `must end in a prefix length from 0 to ${bits} without leading zeros`,
    fix: `write for example ${formatAddress(address)}/${bits} for this one address`,
  };
}

function judged(address: Address, prefix: number): Cidr | Mistake {
  if (isMapped(address)) {
    const rule = 'must not be an IPv4-mapped IPv6 address';
    return { rule, fix: `write ${mappedAsV4(address, prefix)}` };
  }
  const range = rangeOf(address, prefix);
  if (sameWords(range.first, address)) return range;
  return {
    rule: `must have no bits set after the first ${prefix}`,
    fix: `write ${formatCIDR(range)}, or ${formatAddress(address)} for this one address`,
  };
}

/** The canonical spelling of a range. */
export function formatCIDR({ first, prefix }: Cidr): string {
  return `${formatAddress(first)}/${prefix}`;
}

/** Whether every address of `inner` is one of `outer`. Texts that are no ranges contain and are contained in nothing. */
export function containsCIDR(outer: string, inner: string): boolean {
  const one = parseCIDR(outer);
  const other = parseCIDR(inner);
  if (isProblem(one) || isProblem(other)) return false;
  if (one.family !== other.family || one.prefix > other.prefix) return false;
  return sameWords(rangeOf(other.first, one.prefix).first, one.first);
}

/**
 * The entries that both lists contain: two ranges either nest or are apart. An empty list adds no restriction; undefined
 * where neither restricts.
 */
export function withinBoth(one: readonly string[], other: readonly string[]): readonly string[] | undefined {
  if (one.length === 0) return other.length === 0 ? undefined : other;
  if (other.length === 0) return one;
  return one.flatMap((mine) => {
    if (other.some((outer) => containsCIDR(outer, mine))) return [mine];
    return other.filter((inner) => containsCIDR(mine, inner));
  });
}

/** Whether an entry is so wide that it deserves a warning: wider than /8 for IPv4, than /32 for IPv6. */
export function isVeryWide(text: string): boolean {
  const cidr = parseCIDR(text);
  if (isProblem(cidr)) return false;
  return cidr.prefix < (cidr.family === 4 ? widestV4 : widestV6);
}

/** The entries of the `;`-separated list of the source documents. Entries are not judged here; an empty text has none. */
export function splitList(text: string): string[] {
  return text === '' ? [] : text.split(';');
}

function prefixLength(text: string, bits: number): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(text)) return undefined;
  const prefix = Number(text);
  return prefix <= bits ? prefix : undefined;
}

function rangeOf(address: Address, prefix: number): Cidr {
  const { family } = address;
  const skipped = family === 4 ? 96 : 0; // IPv4 lies in the last of the four words
  const first = (bits: number, at: number) => bits & fixedBits(prefix + skipped - at);
  const last = (bits: number, at: number) => bits | ~fixedBits(prefix + skipped - at);
  const { a, b, c, d } = address;
  return {
    family,
    prefix,
    first: { family, a: first(a, 0), b: first(b, 32), c: first(c, 64), d: first(d, 96) },
    last: { family, a: last(a, 0), b: last(b, 32), c: last(c, 64), d: last(d, 96) },
  };
}

/** The mask of the first `count` bits of a word. */
function fixedBits(count: number): number {
  if (count <= 0) return 0;
  return count >= 32 ? -1 : -1 << (32 - count);
}

function sameWords(one: Address, other: Address): boolean {
  return one.a === other.a && one.b === other.b && one.c === other.c && one.d === other.d;
}

function mappedAsV4(address: Address, prefix: number): string {
  const v4: Address = { ...address, family: 4, c: 0 };
  if (prefix < 96) return 'the IPv4 range that is meant';
  return prefix === 128 ? formatAddress(v4) : formatCIDR(rangeOf(v4, prefix - 96));
}

/** The commonest mistakes first; each entry is how to know it and what to say. */
const mistakes: readonly (Mistake & { readonly shape: RegExp })[] = [
  {
    shape: /^$/,
    rule: 'must be an IP address or a CIDR, not empty',
    fix: 'write for example 203.0.113.0/24, or remove the entry',
  },
  { shape: /\s/, rule: 'must not contain white space', fix: 'remove the spaces' },
  {
    shape: /;/,
    rule: 'must be one address or CIDR',
    fix: 'make each part between the semicolons an entry of its own',
  },
  {
    shape: /[^\x20-\x7e]/,
    rule: 'must be written in ASCII digits and letters',
    fix: 'type the address by hand',
  },
  {
    shape: /%/,
    rule: 'must not carry a zone id, which has a meaning on one machine only',
    fix: 'write the address without the % part',
  },
  {
    shape: /^0x|\.0x/i,
    rule: 'must not use hexadecimal numbers in an IPv4 address',
    fix: 'write four decimal numbers, for example 127.0.0.1',
  },
  {
    shape: /(?:^|\.)0[0-9]/,
    rule: 'must not use leading zeros, which some readers take for octal',
    fix: 'write each number without leading zeros',
  },
  {
    shape: /^[0-9]+(?:\.[0-9]+){0,2}$/,
    rule: 'must be written in full: four numbers with dots between them',
    fix: 'write for example 127.0.0.1, not 127.1',
  },
];

function whyNotAddress(host: string): Mistake {
  const mistake = mistakes.find(({ shape }) => shape.test(host));
  if (mistake !== undefined) return { rule: mistake.rule, fix: mistake.fix };
  return {
    rule: 'must be an IPv4 or IPv6 address or CIDR',
    fix: 'write for example 203.0.113.0/24 or 2001:db8::/32',
  };
}
