/**
 * Which character stands at this place of a text, however it is written? `@`, `%40`, `&#64;`, `\u0040`, `\x40` are one
 * and the same; JSON's `\n` is a break and not the letter n. Works on bytes as Latin-1 text, one unit at a time.
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
const referenceLimit = 12;
/** Backslashes in front of one escape: JSON in JSON in JSON doubles them each time. */
const backslashLimit = 16;

const simpleEscapes = new Set('bfnrtv0'.split('').map((letter) => letter.charCodeAt(0)));

/** The named references of HTML that can be part of an address. */
const named: Readonly<Record<string, number>> = {
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

function referenceUnit(text: string, at: number): Unit | undefined {
  const end = text.indexOf(';', at + 1);
  if (end < 0 || end - at > referenceLimit) return undefined;
  const body = text.slice(at + 1, end);
  const length = end - at + 1;
  if (/^#x[0-9a-f]+$/i.test(body)) return { length, code: Number.parseInt(body.slice(2), 16) };
  if (/^#[0-9]+$/.test(body)) return { length, code: Number.parseInt(body.slice(1), 10) };
  // `R&D; x@y.z` is no reference; a word that is none is left alone, one that is ends an address.
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(body)) return undefined;
  return { length, code: Object.hasOwn(named, body) ? (named[body] ?? breakCode) : breakCode };
}

/** Any number of backslashes and what they escape: `\u0040`, `\x40`, `\u{40}`, `\n`, `\"`. */
function backslashUnit(text: string, at: number): Unit {
  let end = at + 1;
  while (text.charCodeAt(end) === backslash && end - at < backslashLimit) end++;
  const escaped = text.charCodeAt(end);
  if (escaped === 0x75) return unicodeUnit(text, at, end) ?? { length: end - at, code: breakCode };
  if (escaped === 0x78) {
    const code = hexAt(text, end + 1, 2);
    return code < 0 ? { length: end - at, code: breakCode } : { length: end + 3 - at, code };
  }
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
