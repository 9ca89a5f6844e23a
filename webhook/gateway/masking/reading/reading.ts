/**
 * A stretch of a text as its reader sees it: decoded to code points by the rules of its type, as often as it was
 * encoded, without what is not seen. Each character knows which bytes of the source wrote it.
 */
import { escapeAt } from './escapes.ts';
import type { TextGrammar } from './grammar.ts';
import { tagMarks, tagsIn } from './tags.ts';

/** Where something stands in the source. */
export interface SourceSpan {
  readonly start: number;
  readonly end: number;
}

/** A place in a reading where elements stood. */
export interface Seam {
  readonly at: number;
  /** Whether one ended there and another began. */
  readonly siblings: boolean;
  /** Whether only such stood there as cut a text without a thought: comments, the spans of office documents. */
  readonly silent: boolean;
}

/** A decoded stretch. */
export interface Reading {
  readonly text: string;
  /** Where in the source each character of `text` begins and ends; one more than there are characters. */
  startOf(at: number): number;
  endOf(at: number): number;
  /** The elements between them, which have to stay when something is taken out around them. */
  readonly tags: readonly SourceSpan[];
  /** Where in `text` elements stood. */
  readonly seams: readonly Seam[];
}

/** Encodings around encodings: JSON in a query in an attribute. More of them no program unpacks by itself. */
const roundLimit = 6;

interface Decoded {
  text: string;
  places: SourceSpan[];
}

/** A stretch in which every character is written as itself. */
export function plainReading(text: string, from: number): Reading {
  return { text, startOf: (at) => from + at, endOf: (at) => from + at + 1, tags: [], seams: [] };
}

/** Reads the source from one place to another. */
export function readingOf(source: string, { start: from, end }: SourceSpan, grammar: TextGrammar): Reading {
  const raw = source.slice(from, end);
  // Nearly every word is only letters, digits and dots.
  if (!/[^\w.+@!#$'*/^~-]/.test(raw)) return plainReading(raw, from);
  let decoded = joined({ text: raw, places: placesFrom(from, raw.length) }, grammar);
  decoded = withTagMarks(decoded);
  for (let round = 0; round < roundLimit; round++) {
    const next = decodedOnce(decoded, grammar);
    if (next === undefined) break;
    decoded = next;
  }
  return seenOf(withTagMarks(decoded));
}

function placesFrom(from: number, length: number): SourceSpan[] {
  return Array.from({ length }, (_, at) => ({ start: from + at, end: from + at + 1 }));
}

/** Without the joints of folded lines and those of quoted-printable. */
function joined(decoded: Decoded, { folded, quotedPrintable, controlWords }: TextGrammar): Decoded {
  if (controlWords) return replacing(decoded, /[\r\n]+/g, () => '');
  if (!folded && !quotedPrintable) return decoded;
  const joints = /(\r?\n[ \t])|(=[ \t]{0,4}\r?\n)/g;
  return replacing(decoded, joints, (match) => ((match[1] ? folded : quotedPrintable) ? '' : undefined));
}

function withTagMarks(decoded: Decoded): Decoded {
  if (!/[<\]]/.test(decoded.text)) return decoded;
  const to: Decoded = { text: '', places: [] };
  let copied = 0;
  for (const { start, end, mark } of tagsIn(decoded.text)) {
    copyTo(to, decoded, { start: copied, end: start });
    addTo(to, mark, spanOf(decoded, start, end));
    copied = end;
  }
  copyTo(to, decoded, { start: copied, end: decoded.text.length });
  return to;
}

/** What could be an escape, or a character of several bytes. */
const encoded = /[%&\\={}]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g;

/** One round of decoding, or undefined where there was nothing to decode. */
function decodedOnce(decoded: Decoded, grammar: TextGrammar): Decoded | undefined {
  let changed = false;
  const next = replacing(decoded, encoded, (match) => {
    const [bytes] = match;
    if (bytes.length > 1) {
      const character = Buffer.from(bytes, 'latin1').toString('utf8');
      if (character.startsWith('\ufffd')) return undefined;
      changed = true;
      return character;
    }
    const escape = escapeAt(decoded.text, match.index, grammar);
    if (escape === undefined) return undefined;
    changed = true;
    return { says: escape.says, end: match.index + escape.length };
  });
  return changed ? next : undefined;
}

type Replaced = string | { readonly says: string; readonly end: number } | undefined;

function replacing(from: Decoded, pattern: RegExp, replaced: (match: RegExpExecArray) => Replaced): Decoded {
  const to: Decoded = { text: '', places: [] };
  let copied = 0;
  for (const match of from.text.matchAll(pattern)) {
    if (match.index < copied) continue;
    const by = replaced(match);
    if (by === undefined) continue;
    const { says, end } = typeof by === 'string' ? { says: by, end: match.index + match[0].length } : by;
    copyTo(to, from, { start: copied, end: match.index });
    addTo(to, says, spanOf(from, match.index, end));
    copied = end;
  }
  if (copied === 0) return from;
  copyTo(to, from, { start: copied, end: from.text.length });
  return to;
}

function copyTo(to: Decoded, from: Decoded, { start, end }: SourceSpan): void {
  to.text += from.text.slice(start, end);
  for (let at = start; at < end; at++) to.places.push(from.places[at] as SourceSpan);
}

function addTo(to: Decoded, says: string, place: SourceSpan): void {
  to.text += says;
  for (let at = 0; at < says.length; at++) to.places.push(place);
}

function spanOf({ places }: Decoded, start: number, end: number): SourceSpan {
  return { start: places[start]?.start ?? 0, end: places[end - 1]?.end ?? 0 };
}

/** Soft hyphens, joiners, marks of direction, variation selectors: nothing on a screen. */
const ignorable = /\p{Default_Ignorable_Code_Point}/u;

/** And control characters, but for those that are white space. */
function isInvisible(character: string): boolean {
  if (character > '\u007f') return ignorable.test(character);
  return character === '\u007f' || (character < ' ' && !/\s/.test(character));
}

/** Without what is not seen. */
function seenOf({ text, places }: Decoded): Reading {
  const seen: Decoded = { text: '', places: [] };
  const tags: SourceSpan[] = [];
  const seams = new Seams();
  let at = 0;
  for (const character of text) {
    const place = places[at] as SourceSpan;
    at += character.length;
    if (isTagMark(character)) {
      tags.push(place);
      seams.add(seen.text.length, character);
    } else if (!isInvisible(character)) {
      addTo(seen, character, place);
    }
  }
  const edge = places.at(-1)?.end ?? 0;
  return {
    text: seen.text,
    startOf: (position) => seen.places[position]?.start ?? edge,
    endOf: (position) => seen.places[position]?.end ?? edge,
    tags,
    seams: seams.all,
  };
}

/** Where elements stand, all those at one place together. */
class Seams {
  readonly all: { at: number; siblings: boolean; silent: boolean }[] = [];
  #afterClosing = false;

  add(at: number, mark: string): void {
    let last = this.all.at(-1);
    if (last?.at !== at) {
      last = { at, siblings: false, silent: true };
      this.all.push(last);
      this.#afterClosing = false;
    }
    last.silent &&= mark === tagMarks.unseen;
    last.siblings ||= this.#afterClosing && mark === tagMarks.opening;
    this.#afterClosing ||= mark === tagMarks.closing;
  }
}

function isTagMark(character: string): boolean {
  return character >= tagMarks.closing && character <= tagMarks.unseen;
}
