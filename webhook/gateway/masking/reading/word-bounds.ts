/**
 * How far around a place a word can reach in the source, before anything is decoded: up to a separator, but across what
 * no reader sees (elements inside a word, folded lines, joined lines, the blank after an escape of CSS).
 */
import { controlWordBefore, controlWordEnds, longestControlWord } from './control-words.ts';
import type { TextGrammar } from './grammar.ts';
import { isUnseenTag } from './tags.ts';

// White space, quotes, brackets and separators: they end a word in every format and begin no escape.
const separators = new Uint8Array(256);
for (const separator of ' \t\r\n\f\v"<>()[],:') separators[separator.charCodeAt(0)] = 1;

/** Whether no word and no escape reaches across this character, unless it belongs to something that is not seen. */
export function isSeparator(code: number): boolean {
  return separators[code] === 1;
}

/** Before which place, and how far back. */
export interface Back {
  readonly before: number;
  readonly least: number;
}

/** Where the word that ends at `before` begins. */
export function wordStart(text: string, { before, least }: Back, grammar: TextGrammar): number {
  let start = before;
  while (start > least) {
    if (!isSeparator(text.charCodeAt(start - 1))) {
      start -= 1;
      continue;
    }
    const unseen = unseenBefore(text, { before: start, least }, grammar);
    if (unseen < 0) break;
    start = unseen;
  }
  return start;
}

/** Where the word that begins at `from` ends. It is open while what follows the text could go on with it. */
export interface WordEnd {
  readonly end: number;
  readonly open: boolean;
  /** Whether an element or a fold has begun and its end is not there. */
  readonly partial: boolean;
}

/** The end of the word at `from`, looked for up to `most`. */
export function wordEnd(
  text: string,
  { from, most }: { readonly from: number; readonly most: number },
  grammar: TextGrammar,
): WordEnd {
  const limit = Math.min(text.length, most);
  let end = from;
  while (end < limit) {
    if (!isSeparator(text.charCodeAt(end))) {
      end += 1;
      continue;
    }
    const after = unseenAfter(text, end, grammar);
    if (after === 'partial') return { end: text.length, open: true, partial: true };
    if (after < 0) return { end, open: false, partial: false };
    end = after;
  }
  return { end: Math.min(end, text.length), open: end >= text.length, partial: false };
}

const openingBracket = 0x3c;
const closingBracket = 0x3e;
const squareBracket = 0x5b;
/** Where text of XML begins that is written without references. */
const dataBegins = '<![CDATA[';
/** Brackets inside the attributes of one element: more of them are no element. */
const bracketLimit = 8;

/** Where what ends at `at` and is not seen begins; -1 where what ends there is seen. */
export function unseenBefore(text: string, back: Back, grammar: TextGrammar): number {
  const last = text.charCodeAt(back.before - 1);
  if (last === closingBracket) return tagBefore(text, back, grammar);
  if (last === squareBracket) return dataBefore(text, back);
  return last > 0x20 || jointsOf(grammar).length === 0 ? -1 : jointBefore(text, back, grammar);
}

function dataBefore(text: string, { before, least }: Back): number {
  const begin = before - dataBegins.length;
  return begin >= least && text.startsWith(dataBegins, begin) ? begin : -1;
}

function jointBefore(text: string, { before: at, least }: Back, grammar: TextGrammar): number {
  const longest = grammar.controlWords ? longestControlWord : longestJoint;
  const [joined] = joinBefore(grammar).exec(text.slice(Math.max(least, at - longest), at)) ?? [];
  return joined === undefined ? -1 : at - joined.length;
}

const longestJoint = 10;
/** Joints of lines, at the end of a text and at its beginning. */
const joints = {
  folded: '\\r?\\n[ \\t]',
  quoted: '=[ \\t]{0,4}\\r?\\n',
  // The blank after the digits ends the escape, whether or not a separator otherwise.
  style: '\\\\[0-9a-fA-F]{1,6}[ \\t\\n\\r\\f]|\\\\(?:\\r\\n|[\\n\\r\\f])',
};

const joinPatterns = new Map<TextGrammar, RegExp>();
function joinBefore(grammar: TextGrammar): RegExp {
  const known = joinPatterns.get(grammar);
  if (known !== undefined) return known;
  const made = new RegExp(`(?:${jointsOf(grammar).join('|')})$`);
  joinPatterns.set(grammar, made);
  return made;
}

function jointsOf({ folded, quotedPrintable, styleEscapes, controlWords }: TextGrammar): string[] {
  return [
    ...(controlWords ? [controlWordBefore, '[\\r\\n]+'] : []),
    ...(folded ? [joints.folded] : []),
    ...(quotedPrintable ? [joints.quoted] : []),
    ...(styleEscapes ? [joints.style] : []),
  ];
}

function tagBefore(text: string, { before: at, least }: Back, { tags }: TextGrammar): number {
  const from = Math.max(least, at - tags.longest);
  if (text.startsWith(']]>', at - 3)) return at - 3 >= from ? at - 3 : -1;
  let begin = at;
  for (let tried = 0; tried < bracketLimit; tried++) {
    begin = begin > from ? text.lastIndexOf('<', begin - 1) : -1;
    if (begin < from) return -1;
    if (isUnseenTag(text.slice(begin, at))) return begin;
  }
  return -1;
}

/** Where what begins at `at` and is not seen ends; -1 where it is seen. */
export function unseenAfter(text: string, at: number, grammar: TextGrammar): number | 'partial' {
  const code = text.charCodeAt(at);
  if (code === openingBracket) return tagAfter(text, at, grammar);
  // Of `]]>` the first character ends a word by itself.
  if (code === 0x5d) return text.startsWith(']]>', at) ? at + 3 : dataMayEnd(text, at);
  if (code > 0x20) return -1;
  const followed = text.slice(at, at + 3);
  if (grammar.folded) {
    const fold = /^\r?\n[ \t]/.exec(followed);
    if (fold !== null) return at + fold[0].length;
    if (/^\r?\n?$/.test(followed)) return 'partial';
  }
  const back = unseenSince(text, at, grammar);
  if (back !== undefined) return back;
  return -1;
}

function dataMayEnd(text: string, at: number): -1 | 'partial' {
  return at + 3 > text.length && ']]>'.startsWith(text.slice(at)) ? 'partial' : -1;
}

/** A joint whose first character is no separator, so that the search has already gone past it. */
function unseenSince(text: string, at: number, grammar: TextGrammar): number | 'partial' | undefined {
  const since = text.slice(Math.max(0, at - 8), at);
  const rest = text.slice(at, at + 6);
  if (grammar.quotedPrintable && since.endsWith('=')) {
    const soft = /^[ \t]{0,4}\r?\n/.exec(rest);
    if (soft !== null) return at + soft[0].length;
    if (/^[ \t]{0,4}\r?$/.test(rest)) return 'partial';
  }
  if (grammar.controlWords) return afterControlWord(text, at);
  return grammar.styleEscapes ? afterStyleEscape(since, rest, at) : undefined;
}

function afterControlWord(text: string, at: number): number | undefined {
  if (text[at] === '\r' || text[at] === '\n') return at + 1;
  const isItsBlank =
    text[at] === ' ' && controlWordEnds.test(text.slice(Math.max(0, at - longestControlWord), at));
  return isItsBlank ? at + 1 : undefined;
}

function afterStyleEscape(since: string, rest: string, at: number): number | undefined {
  const joined = since.endsWith('\\') ? /^(?:\r\n|[\n\r\f])/.exec(rest) : null;
  if (joined !== null) return at + joined[0].length;
  return /\\[0-9a-f]{1,6}$/i.test(since) ? at + 1 : undefined;
}

function tagAfter(text: string, at: number, { tags }: TextGrammar): number | 'partial' {
  const stretch = text.slice(at, at + tags.longest);
  if (!mayBeTag(stretch)) return -1;
  const end = tagEnd(stretch);
  if (end < 0) return mayGoOn(stretch, tags) ? 'partial' : -1;
  return isUnseenTag(stretch.slice(0, end)) ? at + end : -1;
}

const emptyComment = /^<!---?>/;
/** Up to the bracket that ends an element: one in a quoted value ends none. */
const wholeTag = /^<[^<>"'\s]*(?:\s(?:[^<>"']|"[^"]*"|'[^']*')*)?>/;
/** The same, as far as it is there. */
const begunTag = /^<[^<>"'\s]*(?:\s(?:[^<>"']|"[^"]*"|'[^']*')*(?:"[^"]*|'[^']*)?)?$/;

/** Where the element ends that begins the stretch; -1 where its end is not there, 0 where it is none. */
function tagEnd(stretch: string): number {
  if (stretch.startsWith(dataBegins)) return dataBegins.length;
  if (dataBegins.startsWith(stretch)) return -1;
  if (stretch.startsWith('<!--')) return commentEnd(stretch);
  if (/^<[!?]/.test(stretch)) return stretch.indexOf('>') + 1 || -1;
  const [whole] = wholeTag.exec(stretch) ?? [];
  if (whole !== undefined) return whole.length;
  return begunTag.test(stretch) ? -1 : 0;
}

function mayBeTag(stretch: string): boolean {
  return /^<(?:$|[a-z!?/\\])/i.test(stretch);
}

function mayGoOn(stretch: string, { longest, lines }: TextGrammar['tags']): boolean {
  return stretch.length < longest && (lines || !/[\r\n]/.test(stretch));
}

function commentEnd(stretch: string): number {
  const [empty] = emptyComment.exec(stretch) ?? [];
  const close = stretch.indexOf('-->', 4);
  return empty?.length ?? (close < 0 ? -1 : close + 3);
}

/** From where a text has to be kept because what follows could belong to its last word. */
export function heldFrom(text: string, least: number, grammar: TextGrammar): number {
  let end = text.length;
  const tag = openTag(text, grammar);
  if (tag >= 0) end = tag;
  else if (grammar.folded) end = Math.min(end, lineStart(text, text.length));
  else end -= unfinishedEnd(grammar).exec(text.slice(-7))?.[0].length ?? 0;
  return end <= least
    ? Math.max(least, 0)
    : wordStart(text, { before: end, least: Math.max(least, 0) }, grammar);
}

/** What may be the beginning of `]]>`, which is not seen in any text, or of a joint of lines. */
function unfinishedEnd({ quotedPrintable, marksAreSyntax }: TextGrammar): RegExp {
  if (quotedPrintable) return /(?:\]{1,2}|(?:=[ \t]{0,4})?\r?\n?)$/;
  return marksAreSyntax ? /(?:\]{1,2}|\\\r?)$/ : /\]{1,2}$/;
}

/** How far back the beginning of a line is looked for; no folded line is half as long. */
export const lineReach = 200;

/** Where the line begins that holds the place before `before`, with the break in front, by which it may be folded. */
export function lineStart(text: string, before: number): number {
  const from = Math.max(0, before - lineReach);
  return from + text.slice(from, before).search(/\r?\n?[^\n]*$/);
}

/** Where an element begins that has not ended, or -1. */
function openTag(text: string, { tags }: TextGrammar): number {
  const from = Math.max(0, text.length - tags.longest);
  const tail = text.slice(from);
  const comment = tail.lastIndexOf('<!--');
  if (comment >= 0 && !tail.includes('-->', comment)) return from + comment;
  let open = -1;
  let begin = tail.length;
  for (let tried = 0; tried < bracketLimit && begin > 0; tried++) {
    begin = tail.lastIndexOf('<', begin - 1);
    if (begin < 0) break;
    const stretch = tail.slice(begin);
    if (mayBeTag(stretch) && tagEnd(stretch) < 0 && mayGoOn(stretch, tags)) open = from + begin;
  }
  return open;
}
