/**
 * Reads the character at one place of a text, however it is written: `@`, `%40`, `&#64;`, `\u0040` and `\x40` are the
 * same, and JSON's `\n` is a break and not the letter n. Works on bytes as Latin-1 text, one unit at a time.
 */

/** One written character: how many bytes it takes and which code point it means; -1 for a break between words. */
export interface Unit {
  readonly length: number;
  readonly code: number;
}

const breakCode = -1;
const percent = 0x25;
const ampersand = 0x26;
const backslash = 0x5c;
/** Longest reference that is looked at, `&#x0000040;` or `&commat;` with room to spare. */
const referenceLimit = 13;
/** Backslashes in front of one escape: JSON in JSON in JSON doubles them each time. */
const backslashLimit = 16;

/** Marks of an address that patterns and Markdown write with a backslash and that mean themselves. */
const plainMarks = new Set('.-_+'.split('').map((mark) => mark.charCodeAt(0)));
const simpleEscapes = new Set('bfnrtv0'.split('').map((letter) => letter.charCodeAt(0)));

/** The named references of HTML that can be part of an address. */
export const namedReferences: Readonly<Record<string, number>> = {
  commat: 0x40,
  period: 0x2e,
  lowbar: 0x5f,
  UnderBar: 0x5f,
  plus: 0x2b,
  amp: 0x26,
  apos: 0x27,
  num: 0x23,
  dollar: 0x24,
  percnt: 0x25,
  ast: 0x2a,
  midast: 0x2a,
  excl: 0x21,
  equals: 0x3d,
  quest: 0x3f,
  Hat: 0x5e,
  sol: 0x2f,
};

const plainUnits: readonly Unit[] = Array.from({ length: 256 }, (_, code) => ({ length: 1, code }));

function plainUnit(code: number): Unit {
  return plainUnits[code] ?? { length: 1, code };
}

/** The unit that begins at `at`. A backslash, percent sign or ampersand that begins no escape means itself. */
export function unitAt(text: string, at: number): Unit {
  const code = text.charCodeAt(at);
  // Nearly every character is itself; no escape begins with a letter.
  if (code > backslash || (code > ampersand && code < backslash)) return plainUnit(code);
  if (code === percent) return percentUnit(text, at) ?? { length: 1, code };
  if (code === ampersand) return referenceUnit(text, at) ?? { length: 1, code };
  if (code === backslash) return backslashUnit(text, at);
  return { length: 1, code };
}

/** `%40`; `%2540` is the same, encoded twice. */
function percentUnit(text: string, at: number): Unit | undefined {
  const code = hexAt(text, at + 1, 2);
  if (code !== percent) return code < 0 ? undefined : { length: 3, code };
  const inner = hexAt(text, at + 3, 2);
  return inner < 0 ? { length: 3, code } : { length: 5, code: inner };
}

/** `&#64;`, also without its semicolon, as browsers read it; `&amp;#64;` is the same, encoded twice. */
function referenceUnit(text: string, at: number): Unit | undefined {
  const once = referenceIn(text.slice(at + 1, at + referenceLimit));
  if (once?.code !== ampersand) return once && { length: once.length + 1, code: once.code };
  const from = at + 1 + once.length;
  const twice = referenceIn(text.slice(from, from + referenceLimit - 1));
  return twice
    ? { length: once.length + 1 + twice.length, code: twice.code }
    : { length: once.length + 1, code: ampersand };
}

/** The reference whose ampersand stands before this text. */
function referenceIn(text: string): Unit | undefined {
  const [number, hexadecimal, decimal] = /^#(?:x([0-9a-f]+)|([0-9]+));?/i.exec(text) ?? [];
  if (number !== undefined) {
    const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
    return { length: number.length, code };
  }
  // `R&D; x@y.z` is no reference; a word that is none is left alone, one that is ends an address.
  const [name] = /^[A-Za-z][A-Za-z0-9]*(?=;)/.exec(text) ?? [];
  if (name === undefined) return undefined;
  return {
    length: name.length + 1,
    code: Object.hasOwn(namedReferences, name) ? (namedReferences[name] ?? breakCode) : breakCode,
  };
}

/** Any number of backslashes and what they escape: `\u0040`, `\x40`, `\u{40}`, `\n`, `\"`; `\.` in a pattern is a dot. */
function backslashUnit(text: string, at: number): Unit {
  let end = at + 1;
  while (text.charCodeAt(end) === backslash && end - at < backslashLimit) end++;
  const escaped = text.charCodeAt(end);
  if (escaped === 0x75) return unicodeUnit(text, at, end) ?? { length: end - at, code: breakCode };
  if (escaped === 0x78) {
    const code = hexAt(text, end + 1, 2);
    return code < 0 ? { length: end - at, code: breakCode } : { length: end + 3 - at, code };
  }
  if (plainMarks.has(escaped)) return { length: end + 1 - at, code: escaped };
  return { length: end - at + (simpleEscapes.has(escaped) ? 1 : 0), code: breakCode };
}

function unicodeUnit(text: string, at: number, u: number): Unit | undefined {
  const plain = hexAt(text, u + 1, 4);
  if (plain >= 0) return { length: u + 5 - at, code: plain };
  const braced = /^\{([0-9a-f]{1,8})\}/i.exec(text.slice(u + 1, u + 11));
  const digits = braced?.[1];
  if (digits === undefined) return undefined;
  return { length: u + 3 + digits.length - at, code: Number.parseInt(digits, 16) };
}

/** The number that exactly `digits` hexadecimal digits spell, or -1. */
function hexAt(text: string, at: number, digits: number): number {
  let value = 0;
  for (let i = at; i < at + digits; i++) {
    const code = text.charCodeAt(i) | 0x20;
    const digit =
      code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
