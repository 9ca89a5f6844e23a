/**
 * The two halves of an e-mail address in decoded text: which characters before an at-sign belong to its local part, and
 * which after it to its domain. Nothing here knows how the characters were written.
 */
import type { Reading } from '../reading/reading.ts';
import { withoutFileEndings } from './file-endings.ts';

const apostrophes = "'\u2019";
const marksInMarkup = new Set('.+-%&*!#^~$');
const allMarks = new Set(".!#$%&'*+-/=?^`{|}~\u2019");
/** The dots of other scripts that separate labels too (UTS 46, 2.3), and those that look like one (NFKC). */
const dots = new Set('.\u3002\uff0e\uff61\ufe52\u2024');
/** White space, brackets and quotes of any script; a letter of any other is part of a word. */
const seenBreak = /[\p{White_Space}\p{Ps}\p{Pe}\p{Pi}\p{Pf}]/u;

const asciiWord = Uint8Array.from({ length: 128 }, (_, code) => Number(/\w/.test(String.fromCharCode(code))));

/** Letters, digits, underscore, and everything beyond ASCII that does not stand between words. */
function isWordCharacter(character: string): boolean {
  if (character < '\u0080') return asciiWord[character.charCodeAt(0)] === 1;
  return character >= '\u0080' && !seenBreak.test(character) && !dots.has(character);
}

/**
 * Whether a mark belongs to the local part. In a plain text every character does that RFC 5322 allows unquoted. In
 * markup and scripts `= / ? { } |` are syntax, and an apostrophe belongs to a name only inside a word: `o'brien`, but
 * not `+'ada`.
 */
function isLocalMark(character: string, marksAreSyntax: boolean, afterWord: boolean): boolean {
  if (!marksAreSyntax) return allMarks.has(character);
  return marksInMarkup.has(character) || (afterWord && apostrophes.includes(character));
}

/** Where in the reading the local part begins that ends with it; -1 where there is none. */
export function localStart(reading: Reading, marksAreSyntax: boolean): number {
  const { text, seams } = reading;
  // Two elements side by side are two words, such as a label and its value, where the second holds all of the address.
  const last = seams.at(-1);
  const seam = last?.siblings === true ? last.at : 0;
  const alone = startIn(text, seam, marksAreSyntax);
  const begin = alone === seam && alone < text.length ? seam : 0;
  const start = startIn(text, begin, marksAreSyntax);
  if (!marksAreSyntax || start < 0) return start;
  const whole = startIn(text, begin, false);
  return whole < start && rewritten.test(text.slice(whole)) ? whole : start;
}

/**
 * Local parts in which a server has written another address, with marks that are syntax in markup: SRS
 * (`SRS0=HHH=TT=x.com=ada`), BATV (`prvs=123=ada`), VERP and forwarding (`bounce+ada=x.com`), X.500 and X.400 through
 * Exchange (`IMCEAEX-_O=X`).
 */
const rewritten =
  /^(?:srs[01][=+-]|(?:ms)?prvs\d?=|btv1=|imcea[a-z]*-)|[+_-][^=]*=|=[^=]+=[^=/?]*$|^\/[a-z]{1,4}=/i;

function startIn(text: string, from: number, marksAreSyntax: boolean): number {
  let start = -1;
  let afterWord = false;
  let at = from;
  while (at < text.length) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const inWord = isWordCharacter(character);
    if (inWord) start = start < 0 ? at : start;
    else if (!isLocalMark(character, marksAreSyntax, afterWord)) start = -1;
    afterWord = inWord;
    at += character.length;
  }
  return start;
}

/** How much of a reading that follows an at-sign is its domain. */
export interface Domain {
  /** How many characters of the reading; a dot or hyphen at the end belongs to the sentence. */
  readonly length: number;
  /** Whether it is a name with a dot. */
  readonly named: boolean;
  /** Whether the reading ended before anything else did. */
  readonly whole: boolean;
}

/** Characters that are themselves in every text and never end a local part. */
const plain = new Uint8Array(256);
for (const character of '.+-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ')
  plain[character.charCodeAt(0)] = 1;

/** Whether this character is itself in every text and ends no local part. */
export function isPlain(code: number): boolean {
  return plain[code] === 1;
}

/** What may be a name at the beginning of a text, how much of it ends with a word, and where it ends. */
function nameIn(text: string, seamsAt: ReadonlySet<number>) {
  let name = '';
  let length = 0;
  let at = 0;
  for (const character of text) {
    const isWord = isWordCharacter(character);
    if (!isWord && !isDomainMark(character)) break;
    // What another element says after a whole name is another word, such as a button.
    if (isWord && length === at && seamsAt.has(at) && isHostName(name)) break;
    name += dots.has(character) ? '.' : character;
    at += character.length;
    if (isWord) length = at;
  }
  return { name, length, at };
}

/** The domain at the beginning of a reading. */
export function domainIn({ text, seams }: Reading, isBareHost: (name: string) => boolean): Domain {
  const { name, length, at } = nameIn(
    text,
    new Set(seams.filter(({ silent }) => !silent).map((seam) => seam.at)),
  );
  const named = hostNameLength(name, isBareHost);
  return {
    length: named === 0 ? length : Math.min(length, named),
    named: named > 0,
    whole: at >= text.length,
  };
}

function isDomainMark(character: string): boolean {
  return character === '-' || dots.has(character);
}

/** RFC 1035 3.1, with the dot at its end. */
const longestName = 254;
const lettersOnly = /\.\p{L}{2,}$/u;

/**
 * How much of this is a host name, 0 where nothing is: of `x.com.5` the name without the number, which is the beginning of a
 * sentence after a forgotten blank. What is cut off has to begin with a digit, and the rest to end with letters.
 */
export function hostNameLength(name: string, isBareHost: (name: string) => boolean): number {
  if (isHostName(name) || isBareHost(withoutEnd(name))) return name.length;
  const most = name.slice(0, longestName);
  for (let dot = most.lastIndexOf('.'); dot > 0; dot = most.lastIndexOf('.', dot - 1)) {
    const cut = most.slice(0, dot);
    if (/\d/.test(name[dot + 1] ?? '') && lettersOnly.test(cut) && isHostName(cut)) return dot;
  }
  return 0;
}

/** Without the dots and hyphens that end a sentence. */
function withoutEnd(name: string): string {
  let end = name.length;
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === '-')) end--;
  return name.slice(0, end);
}

/**
 * A dot inside, and a last label that begins with a letter: `pkg@1.2.3` and `@media` are no addresses, nor is the name of a
 * file, unless it begins with an address.
 */
function isHostName(whole: string): boolean {
  const name = withoutFileEndings(withoutEnd(whole));
  const end = name.length;
  const dot = name.lastIndexOf('.', end - 1);
  if (dot < 1 || end - dot < 3 || name[0] === '.') return false;
  const first = name.charCodeAt(dot + 1);
  return !(first >= 0x30 && first <= 0x39) && first !== 0x2d;
}
