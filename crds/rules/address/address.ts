/**
 * What is an IP address, exactly? One strict reader for the connection's peer, the allowlist's entries and a session's
 * bound address. It must not accept any spelling that another reader could take for a different address
 * (CVE-2021-28918, CVE-2023-42282, CVE-2024-29415).
 */

/**
 * An address as four words of 32 bits, each a signed integer, which Node keeps without allocating; IPv4 lies in `d` and
 * leaves the others 0.
 */
export interface Address {
  readonly family: 4 | 6;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

const dot = 46;
const colon = 58;
/** What `quadAt` answers where there is none: more than 32 bits hold. */
const noQuad = 2 ** 32;
/** Longest spelling: eight groups, the last two as a dotted quad. */
const longest = 45;

/**
 * The address that a text spells, or undefined. Dotted quads without leading zeros; IPv6 by RFC 4291 section 2.2.
 * `::ffff:a.b.c.d` is the IPv4 address; NAT64, 6to4 and `::a.b.c.d` stay IPv6. Zone ids, octal, hexadecimal and short
 * forms, spaces and foreign digits are refused.
 */
export function parseAddress(text: string): Address | undefined {
  if (text.length > longest) return undefined;
  const quad = quadAt(text, 0);
  if (quad !== noQuad) return { family: 4, a: 0, b: 0, c: 0, d: quad | 0 };
  const address = parseV6(text);
  if (address === undefined || !isMapped(address)) return address;
  return { family: 4, a: 0, b: 0, c: 0, d: address.d };
}

/** IPv6 as it is written, an IPv4-mapped address included, before it is folded. For the reader of ranges only. */
export function parseV6(text: string): Address | undefined {
  if (text.length > longest || !reader.read(text)) return undefined;
  return { family: 6, a: reader.word(0), b: reader.word(2), c: reader.word(4), d: reader.word(6) };
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

/** The dotted quad that fills the text from `start` to its end, as a signed word; `noQuad` if it is none. */
function quadAt(text: string, start: number): number {
  let value = 0;
  let octet = -1; // no digit yet
  let dots = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === dot) {
      if (octet < 0) return noQuad;
      value = (value << 8) | octet;
      octet = -1;
      dots++;
    } else {
      octet = withDigit(octet, code - 48);
      if (octet < 0) return noQuad;
    }
  }
  return dots === 3 && octet >= 0 ? (value << 8) | octet : noQuad;
}

/** The octet with one more digit, or -1: no digit, over 255, or after a 0, since that would be octal to some readers. */
function withDigit(octet: number, digit: number): number {
  if (digit < 0 || digit > 9 || octet === 0) return -1;
  const longer = octet < 0 ? digit : octet * 10 + digit;
  return longer > 255 ? -1 : longer;
}

/** The value of each ASCII code as a hexadecimal digit, or -1. */
const hexDigits = Int8Array.from({ length: 128 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()),
);

/** Reads the eight groups of an IPv6 address without allocating. One reader serves all: it is never left half-way. */
class GroupReader {
  readonly #groups = new Uint16Array(8);
  /** How many groups have been read, and where `::` stands among them, or -1. */
  #count = 0;
  #gap = -1;

  /** Whether the text is an IPv6 address; its words can be asked for then. */
  read(text: string): boolean {
    const gapFirst = text.charCodeAt(0) === colon && text.charCodeAt(1) === colon;
    this.#count = 0;
    this.#gap = gapFirst ? 0 : -1;
    let at = gapFirst ? 2 : 0;
    while (at < text.length) {
      const end = this.#group(text, at);
      at = end < 0 || end === text.length ? end : this.#colons(text, end);
      if (at < 0) return false;
    }
    return this.#spread();
  }

  /** Two groups as a signed word. */
  word(at: number): number {
    return ((this.#groups[at] ?? 0) << 16) | (this.#groups[at + 1] ?? 0);
  }

  /** Reads one group, or the dotted quad that may be the last two; where it ends, or -1. */
  #group(text: string, start: number): number {
    let value = 0;
    let at = start;
    let code = -1;
    for (; at < text.length; at++) {
      code = text.charCodeAt(at);
      const digit = hexDigits[code] ?? -1;
      if (digit < 0) break;
      value = (value << 4) | digit;
    }
    if (code === dot) return this.#quad(text, start);
    if (at === start || at - start > 4 || this.#count > 7) return -1;
    this.#groups[this.#count++] = value;
    return at;
  }

  #quad(text: string, start: number): number {
    const quad = quadAt(text, start);
    if (quad === noQuad || this.#count > 6) return -1;
    this.#groups[this.#count++] = quad >>> 16;
    this.#groups[this.#count++] = quad & 0xffff;
    return text.length;
  }

  /** Where the next group begins after the colon, or the one `::`, at `at`; -1 for anything else. */
  #colons(text: string, at: number): number {
    if (text.charCodeAt(at) !== colon || at + 1 === text.length) return -1;
    if (text.charCodeAt(at + 1) !== colon) return at + 1;
    if (this.#gap >= 0) return -1;
    this.#gap = this.#count;
    return at + 2;
  }

  /** Moves what came after `::` to the end and puts zeros between; `::` stands for one group or more. */
  #spread(): boolean {
    const count = this.#count;
    const gap = this.#gap;
    if (gap < 0) return count === 8;
    if (count > 7) return false;
    let place = 7;
    for (let from = count - 1; from >= gap; from--) this.#groups[place--] = this.#groups[from] ?? 0;
    for (; place >= gap; place--) this.#groups[place] = 0;
    return true;
  }
}

const reader = new GroupReader();
