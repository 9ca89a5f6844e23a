/**
 * Finds e-mail addresses in a text, however their characters are written. Linear: it looks only around at-signs, and
 * never further than a fixed distance.
 */
import { unitAt } from '../character-units.ts';
import type { Finder, FindOptions, Found, TextKind } from './data-class.ts';

/** What a search says about one at-sign: an address, none, or that the text ends before this can be known. */
type AtSign = Found | 'none' | { readonly openFrom: number };

/** An at-sign in every written form: itself, full-width and small in UTF-8, percent, reference, escape. */
const atSign =
  /@|\xef\xbc\xa0|\xef\xb9\xab|%(?:25)?40|&(?:amp;)?(?:#0{0,5}64(?![0-9]);?|#[xX]0{0,5}40(?![0-9a-fA-F]);?|commat;)|\\u0040|\\u\{0{0,6}40\}|\\x40|\\uff20|\\uFF20|%[eE][fF]%[bB][cC]%[aA]0/g;

/** Furthest look back from an at-sign and furthest forward; 64 and 255 characters, each written in six bytes. */
export const lookBack = 448;
export const lookAhead = 1600;

const backslashLimit = 16;
/** Longest written form of one character, `&amp;#x0000040;` with room to spare. */
const longestEscape = 18;

// White space, quotes, brackets and separators: they end a word in every format and begin no escape.
const separators = charactersOf(' \t\r\n\f\v"<>()[],:\0');

/** A set of single-byte characters that is asked once per byte. */
function charactersOf(text: string): Uint8Array {
  const table = new Uint8Array(256);
  for (let at = 0; at < text.length; at++) table[text.charCodeAt(at)] = 1;
  return table;
}

/** Whether no address and no escape reaches across this byte. */
function isSeparator(code: number): boolean {
  return separators[code] === 1;
}

/** The finder of e-mail addresses. */
export const findEmails: Finder = (text, { kind, final }, onFound) => {
  let taken = 0;
  let open = text.length;
  for (const match of text.matchAll(atSign)) {
    if (match.index < taken) continue;
    const sign = { at: beforeBackslashes(text, match.index), after: match.index + match[0].length };
    const around = addressAround(text, sign, { from: taken, kind, final });
    if (around === 'none') continue;
    if ('openFrom' in around) {
      open = around.openFrom;
      break;
    }
    onFound(around);
    taken = around.end;
  }
  return final ? text.length : Math.min(open, wordStart(text, text.length, taken));
};

/** An escape that is escaped again, and an at-sign that needs none, has backslashes in front: they belong to the sign. */
function beforeBackslashes(text: string, at: number): number {
  let start = at;
  while (text[start - 1] === '\\' && at - start < backslashLimit) start--;
  return start;
}

function addressAround(
  text: string,
  sign: { readonly at: number; readonly after: number },
  limits: FindOptions & { readonly from: number },
): AtSign {
  const start = localStart(text, sign.at, limits);
  if (start === sign.at) return 'none';
  const domain = readDomain(text, sign.after);
  const mayGoOn = !limits.final && domain.end - sign.after < lookAhead && endsOpen(text, domain.end);
  if (mayGoOn) return { openFrom: start };
  return domain.named ? { start, end: domain.end } : 'none';
}

/** Whether what follows a name could still belong to it: too little is there to tell, as in the middle of `%2E`. */
function endsOpen(text: string, end: number): boolean {
  if (text.length - end >= longestEscape) return false;
  for (let position = end; position < text.length; position++)
    if (isSeparator(text.charCodeAt(position))) return false;

  return true;
}

/** Where the word that contains the byte before `before` begins: after the nearest separator, or at the look-back. */
function wordStart(text: string, before: number, from: number): number {
  const least = Math.max(from, before - lookBack);
  let start = before;
  while (start > least && !isSeparator(text.charCodeAt(start - 1))) start--;
  return start;
}

/** Where the local part before an at-sign begins; the at-sign itself when there is none. */
function localStart(
  text: string,
  at: number,
  { from, kind }: { readonly from: number; readonly kind: TextKind },
): number {
  let start = -1;
  let afterWord = false;
  // Another at-sign belongs to no local part; without this a row of them would be read again from each of them.
  const before = text.slice(Math.max(from, at - lookBack), at).lastIndexOf('@');
  let position = wordStart(text, at, before < 0 ? from : Math.max(from, at - lookBack) + before + 1);
  while (position < at) {
    const { length, code } = unitAt(text, position);
    const inWord = isWordCharacter(code);
    if (inWord) start = start < 0 ? position : start;
    else if (!isLocalMark(code, { kind, afterWord })) start = -1;
    afterWord = inWord;
    position += length;
  }
  return start < 0 ? at : start;
}

interface Domain {
  readonly end: number;
  /** Whether it is a name with a dot, or an address literal. */
  readonly named: boolean;
}

function readDomain(text: string, from: number): Domain {
  if (text.charCodeAt(from) === 0x5b) return readLiteral(text, from);
  let name = '';
  let end = from;
  let position = from;
  while (position < text.length && position - from < lookAhead) {
    const { length, code } = unitAt(text, position);
    if (!isDomainCharacter(code)) break;
    name += String.fromCharCode(Math.min(code, 0xffff));
    position += length;
    // A dot or hyphen at the end belongs to the sentence, not to the name.
    if (isWordCharacter(code)) end = position;
  }
  return { end, named: isHostName(name) };
}

/** `[192.0.2.1]`, `[IPv6:2001:db8::1]` (RFC 5321). */
function readLiteral(text: string, from: number): Domain {
  const rest = text.slice(from, from + 64);
  const literal = /^\[[0-9A-Za-z.:]+\]/.exec(rest);
  if (literal !== null) return { end: from + literal[0].length, named: true };
  const unfinished = /^\[[0-9A-Za-z.:]*$/.test(rest) && from + rest.length === text.length;
  return { end: unfinished ? text.length : from, named: false };
}

/** The dots of other scripts that separate labels too (UTS 46, 2.3), in UTF-8 and as code points. */
const foreignDots = /\xe3\x80\x82|\xef\xbc\x8e|\xef\xbd\xa1|[\u3002\uff0e\uff61]/g;

/** A dot inside, and a last label that begins with a letter: `pkg@1.2.3` and `@media` are no addresses. */
function isHostName(name: string): boolean {
  const labels = name
    .replaceAll(foreignDots, '.')
    .replace(/[.-]+$/, '')
    .split('.');
  const last = labels.at(-1) ?? '';
  return labels.length > 1 && last.length > 1 && /^[^0-9-]/.test(last) && (labels[0] ?? '') !== '';
}

/** Letters, digits, underscore, and everything beyond ASCII. */
function isWordCharacter(code: number): boolean {
  if (code >= 0x80) return true;
  if (code >= 0x61 && code <= 0x7a) return true;
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code === 0x5f;
}

function isDomainCharacter(code: number): boolean {
  return isWordCharacter(code) || code === 0x2e || code === 0x2d;
}

const apostrophe = 0x27;
const marksInMarkup = charactersOf('.+-%&*!#^~$');
const allMarks = charactersOf(".!#$%&'*+-/=?^`{|}~");

/**
 * Whether a mark belongs to the local part. In a plain text every character does that RFC 5322 allows unquoted. In
 * markup and scripts `= / ? { } |` are syntax, and an apostrophe belongs to a name only inside a word: `o'brien`, but
 * not `+'ada`.
 */
function isLocalMark(
  code: number,
  { kind, afterWord }: { readonly kind: TextKind; readonly afterWord: boolean },
): boolean {
  if (kind === 'plain') return allMarks[code] === 1;
  return marksInMarkup[code] === 1 || (code === apostrophe && afterWord);
}
