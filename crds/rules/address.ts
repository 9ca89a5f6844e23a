/**
 * What is an IP address, exactly? One strict reader for the connection's peer, the allowlist's entries and a session's
 * bound address. It must not accept any spelling that another reader could take for a different address
 * (CVE-2021-28918, CVE-2023-42282, CVE-2024-29415).
 */

/** An address as four words of 32 bits; IPv4 lies in `d` and leaves the others 0. */
export interface Address {
  readonly family: 4 | 6;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

const dot = 46;
const colon = 58;
/** Longest spelling: eight groups, the last two as a dotted quad. */
const longest = 45;

/**
 * The address that a text spells, or undefined. Dotted quads without leading zeros; IPv6 by RFC 4291 section 2.2.
 * `::ffff:a.b.c.d` is the IPv4 address; NAT64, 6to4 and `::a.b.c.d` stay IPv6. Zone ids, octal, hexadecimal and short
 * forms, spaces and foreign digits are refused.
 */
export function parseAddress(text: string): Address | undefined {
  if (text.length > longest) return undefined;
  if (text.includes(':')) return folded(parseV6(text));
  const value = quadAt(text, 0);
  return value < 0 ? undefined : { family: 4, a: 0, b: 0, c: 0, d: value };
}

/** IPv6 as it is written, an IPv4-mapped address included, before it is folded. For the reader of ranges only. */
export function parseV6(text: string): Address | undefined {
  const groups = [0, 0, 0, 0, 0, 0, 0, 0];
  const count = readGroups(text, groups);
  if (count < 0) return undefined;
  return { family: 6, a: word(groups, 0), b: word(groups, 2), c: word(groups, 4), d: word(groups, 6) };
}

/** Whether an IPv6 address is an IPv4 address in disguise (`::ffff:0:0/96`). */
export function isMapped(address: Address): boolean {
  return address.family === 6 && address.a === 0 && address.b === 0 && address.c === 0xffff;
}

/** Whether two readings are the same address. */
export function sameAddress(one: Address, other: Address): boolean {
  return (
    one.family === other.family &&
    one.a === other.a &&
    one.b === other.b &&
    one.c === other.c &&
    one.d === other.d
  );
}

/** The one canonical spelling: dotted quad, or RFC 5952. */
export function formatAddress({ family, a, b, c, d }: Address): string {
  if (family === 4) return [d >>> 24, (d >>> 16) & 255, (d >>> 8) & 255, d & 255].join('.');
  const groups = [a, b, c, d].flatMap((bits) => [bits >>> 16, bits & 0xffff]);
  const gap = longestGap(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (gap.length < 2) return hex(groups);
  return `${hex(groups.slice(0, gap.at))}::${hex(groups.slice(gap.at + gap.length))}`;
}

function longestGap(groups: readonly number[]): { at: number; length: number } {
  let best = { at: 0, length: 0 };
  for (let at = 0; at < groups.length; at++) {
    let end = at;
    while (groups[end] === 0) end++;
    if (end - at > best.length) best = { at, length: end - at };
  }
  return best;
}

function folded(address: Address | undefined): Address | undefined {
  if (address === undefined || !isMapped(address)) return address;
  return { family: 4, a: 0, b: 0, c: 0, d: address.d };
}

/** The dotted quad that fills the text from `start` to its end, as 32 bits; -1 if it is none. */
function quadAt(text: string, start: number): number {
  let value = 0;
  let octet = 0;
  let digits = 0;
  let octets = 0;
  for (let at = start; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : dot; // the end closes the last octet as a dot would
    if (code === dot) {
      if (digits === 0 || octet > 255) return -1;
      value = value * 256 + octet;
      octets++;
      octet = 0;
      digits = 0;
    } else {
      // a leading zero means octal to some readers, so it means nothing to us
      if (!isDigit(code) || (digits > 0 && octet === 0)) return -1;
      octet = octet * 10 + (code - 48);
      digits++;
    }
  }
  return octets === 4 ? value : -1;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Fills the eight groups; -1 if the text is no IPv6 address. `::` stands for one group or more. */
function readGroups(text: string, groups: number[]): number {
  let count = 0;
  let gap = -1;
  let at = 0;
  if (text.startsWith('::')) {
    gap = 0;
    at = 2;
  }
  while (at < text.length) {
    const end = readGroup(text, at, { groups, count });
    if (end < 0) return -1;
    count += end === text.length && text.indexOf('.', at) > 0 ? 2 : 1;
    at = afterColon(text, end);
    if (at < 0) return -1;
    if (at - end === 2) {
      if (gap >= 0) return -1;
      gap = count;
    }
  }
  return spread(groups, count, gap);
}

/** Reads the group at `at` (the last may be a dotted quad, two groups wide); where it ends, or -1. */
function readGroup(text: string, at: number, into: { groups: number[]; count: number }): number {
  const { groups, count } = into;
  let value = 0;
  let end = at;
  while (end < text.length && end - at <= 4) {
    const digit = hexDigit(text.charCodeAt(end));
    if (digit < 0) break;
    value = value * 16 + digit;
    end++;
  }
  if (end < text.length && text.charCodeAt(end) === dot) return readQuad(text, at, into);
  if (end === at || end - at > 4 || count > 7) return -1;
  groups[count] = value;
  return end;
}

function readQuad(text: string, at: number, { groups, count }: { groups: number[]; count: number }): number {
  const quad = quadAt(text, at);
  if (quad < 0 || count > 6) return -1;
  groups[count] = Math.floor(quad / 0x10000);
  groups[count + 1] = quad % 0x10000;
  return text.length;
}

/** Where the next group begins after the colon or double colon at `end`; -1 for anything else. */
function afterColon(text: string, end: number): number {
  if (end === text.length) return end;
  if (text.charCodeAt(end) !== colon) return -1;
  if (end + 1 === text.length) return -1;
  return text.charCodeAt(end + 1) === colon ? end + 2 : end + 1;
}

function spread(groups: number[], count: number, gap: number): number {
  if (gap < 0) return count === 8 ? 8 : -1;
  if (count > 7) return -1;
  const tail = 8 - (count - gap);
  groups.copyWithin(tail, gap, count);
  groups.fill(0, gap, tail);
  return 8;
}

function hexDigit(code: number): number {
  if (isDigit(code)) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  if (code >= 65 && code <= 70) return code - 55;
  return -1;
}

function word(groups: readonly number[], at: number): number {
  return (groups[at] ?? 0) * 0x10000 + (groups[at + 1] ?? 0);
}
