/**
 * Reads one escape, whichever language wrote it: `%40`, `&#64;`, `&commat;`, `\u0040`, `\x40`, `\100`, `\40 ` and `=40`
 * are the same character. A reference that no table knows is a letter to its reader and no break between words.
 */
import { DecodingMode, HtmlEntityDecoder } from 'entities/decode';
import { controlAt } from './control-words.ts';
import type { TextGrammar } from './grammar.ts';

/** One escape: how many characters write it, and what it says. Nothing where its reader sees nothing. */
export interface Escape {
  readonly length: number;
  readonly says: string;
}

/** What stands for a character that is there and cannot be told. */
const unknownLetter = '\ufffd';
/** What stands for white space and syntax. */
const wordBreak = '\n';
/** Backslashes in front of one escape: JSON in JSON in JSON doubles them each time. */
const backslashLimit = 16;
/** More than the longest name of HTML, which has 31 letters, and numbers with many zeros. */
const referenceLimit = 64;

/** Marks that patterns, Markdown and JSON write with a backslash and that mean themselves. */
const plainMarks = new Set('.-_+@/'.split(''));
const simpleEscapes = new Set('bfnrtv0'.split(''));

/** The escape that begins at `at`, or undefined where the character means itself. */
export function escapeAt(text: string, at: number, grammar: TextGrammar): Escape | undefined {
  const control = grammar.controlWords ? controlAt(text, at) : undefined;
  if (control !== undefined) return control;
  const lead = text[at];
  if (lead === '%') return percentEscape(text, at);
  if (lead === '&') return reference(text, at);
  if (lead === '\\') return backslashEscape(text, at, grammar);
  return lead === '=' && grammar.quotedPrintable ? quotedByte(text, at) : undefined;
}

function percentEscape(text: string, at: number): Escape | undefined {
  const byte = hexAt(text, at + 1, 2);
  if (byte >= 0) return { length: 3, says: String.fromCharCode(byte) };
  // As the function `escape` of scripts writes it.
  const unit = text[at + 1] === 'u' ? hexAt(text, at + 2, 4) : -1;
  return unit < 0 ? undefined : { length: 6, says: String.fromCharCode(unit) };
}

function quotedByte(text: string, at: number): Escape | undefined {
  const byte = hexAt(text, at + 1, 2);
  return byte < 0 ? undefined : { length: 3, says: String.fromCharCode(byte) };
}

let says = '';
const decoder = new HtmlEntityDecoder((code) => {
  says += String.fromCodePoint(code);
});

/** `&#64;`, `&eacute;`, and without a semicolon what browsers read so. */
function reference(text: string, at: number): Escape | undefined {
  const follows = text.slice(at + 1, at + referenceLimit);
  says = '';
  decoder.startEntity(DecodingMode.Legacy);
  let length = decoder.write(follows, 0);
  if (length < 0) length = decoder.end();
  if (length > 0) return { length, says };
  const [name] = /^[A-Za-z][A-Za-z0-9:._-]*;/.exec(follows) ?? [];
  return name === undefined ? undefined : { length: name.length + 1, says: unknownLetter };
}

/** Any number of backslashes and what they escape: JSON in JSON doubles them. */
function backslashEscape(text: string, at: number, grammar: TextGrammar): Escape {
  let end = at + 1;
  while (text[end] === '\\' && end - at < backslashLimit) end++;
  const slashes = end - at;
  const coded = (grammar.styleEscapes ? styleEscape(text, end, grammar) : undefined) ?? codeEscape(text, end);
  if (coded !== undefined) return { length: slashes + coded.length, says: coded.says };
  return letterEscape(text[end] ?? '', slashes, grammar);
}

/** A backslash before one character that is no code. */
function letterEscape(escaped: string, slashes: number, { marksAreSyntax }: TextGrammar): Escape {
  if (plainMarks.has(escaped)) return { length: slashes + 1, says: escaped };
  if (simpleEscapes.has(escaped)) return { length: slashes + 1, says: wordBreak };
  // `\d` in a script is the letter; in a plain text a backslash stands between two names.
  const isLetter = marksAreSyntax && /[a-tw-z]/i.test(escaped);
  return { length: slashes, says: isLetter ? '' : wordBreak };
}

/** `u0040`, `U00000040`, `u{40}`, `x40` and the octal `100`. */
function codeEscape(text: string, from: number): Escape | undefined {
  const follows = text.slice(from, from + 12);
  const [long] = /^U0{2}[0-9a-fA-F]{6}/.exec(follows) ?? [];
  if (long !== undefined)
    return { length: long.length, says: characterOf(Number.parseInt(long.slice(1), 16)) };
  const [written, ...forms] =
    /^(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,8})\}|x([0-9a-f]{2})|([01][0-7]{2}))/i.exec(follows) ?? [];
  if (written === undefined) return undefined;
  const [unit, braced, byte, octal] = forms;
  const code =
    octal === undefined ? Number.parseInt(unit ?? braced ?? byte ?? '', 16) : Number.parseInt(octal, 8);
  return { length: written.length, says: characterOf(code) };
}

function characterOf(code: number): string {
  return code > 0x10ffff ? unknownLetter : String.fromCodePoint(code);
}

/** `40 `, `000040` with a blank that belongs to it, and the end of a line, which is not seen. */
function styleEscape(text: string, from: number, { onlyStyleEscapes }: TextGrammar): Escape | undefined {
  const follows = text.slice(from, from + 8);
  const [lineEnd] = /^(?:\r\n|[\n\r\f])/.exec(follows) ?? [];
  if (lineEnd !== undefined) return { length: lineEnd.length, says: '' };
  const shape = onlyStyleEscapes
    ? /^([0-9a-f]{1,6})(?:\r\n|[ \t\n\r\f])?/i
    : // Octal `\100` and `\056` of scripts have three digits and begin with 0 or 1.
      /^(0{4}[2-7][0-9a-f]|(?:0{2,3}[2-7][0-9a-f]|0[2-7][89a-f]|[2-7][0-9a-f]|040|[a-f0-9]{2,6}(?=[ \t]))(?![0-9a-f]))[ \t\n\r\f]?/i;
  const [written, digits] = shape.exec(follows) ?? [];
  if (written === undefined || digits === undefined) return undefined;
  const code = Number.parseInt(digits, 16);
  return { length: written.length, says: characterOf(code) };
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
