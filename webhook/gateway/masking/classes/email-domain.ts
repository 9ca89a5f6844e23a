/** The domain after an at-sign in the source: where it ends, and whether that can be known yet. */
import type { TextGrammar } from '../reading/grammar.ts';
import { readingOf, type SourceSpan } from '../reading/reading.ts';
import { isSeparator, unseenAfter, wordEnd } from '../reading/word-bounds.ts';
import { domainIn, hostNameLength, isPlain } from './email-parts.ts';

/** Furthest look ahead from an at-sign; 254 characters, each written in sixteen bytes. */
export const lookAhead = 4096;
/** Looks ahead, each further than the one before it: most domains end within the first. */
const looks = [32, 256, lookAhead] as const;
/** Longest written form of one character, a number with forty zeros, with room to spare. */
export const longestEscape = 64;

/** What follows an at-sign. */
export interface DomainRead {
  readonly end: number;
  /** Whether it is a name with a dot, or an address literal. */
  readonly named: boolean;
  /** Whether what follows the text could be more of it. */
  readonly open: boolean;
  readonly tags: readonly SourceSpan[];
}

/** Where a domain begins, and before which place it ends: where the next at-sign is. */
export interface After {
  readonly from: number;
  readonly before: number;
}

/** The domain that begins there. */
export function readDomain(text: string, after: After, grammar: TextGrammar): DomainRead {
  if (text.charCodeAt(after.from) === 0x5b) return readLiteral(text, after.from);
  return plainDomain(text, after.from, grammar) ?? decodedDomain(text, after, grammar);
}

/** `[192.0.2.1]`, `[IPv6:2001:db8::1]` (RFC 5321). */
function readLiteral(text: string, from: number): DomainRead {
  const rest = text.slice(from, from + 64);
  const literal = /^\[[0-9A-Za-z.:]+\]/.exec(rest);
  if (literal !== null) return { end: from + literal[0].length, named: true, open: false, tags: [] };
  const unfinished = /^\[[0-9A-Za-z.:]*$/.test(rest) && from + rest.length === text.length;
  return { end: from, named: false, open: unfinished, tags: [] };
}

/** A domain written plainly, whose end is seen at once; undefined where it takes a closer look. */
function plainDomain(text: string, from: number, grammar: TextGrammar): DomainRead | undefined {
  let at = from;
  while (isPlain(text.charCodeAt(at))) at++;
  if (at >= text.length || at - from > lookAhead || !isSeparator(text.charCodeAt(at))) return undefined;
  const name = text.slice(from, at);
  const length = hostNameLength(name, grammar.isBareHost);
  const named = length > 0;
  if (name.includes('+') || mayGoOn(text, at, { grammar, named: isWhole(name, length) })) return undefined;
  let end = named ? from + length : at;
  while (text[end - 1] === '.' || text[end - 1] === '-') end--;
  return { end, named, open: false, tags: [] };
}

/** The name of a host without a dot may be the beginning of a longer one, whose rest another element writes. */
function isWhole(name: string, length: number): boolean {
  return length > 0 && name.includes('.');
}

/** What can make more of a name that is whole: its own marks, another element, an escape, a letter beyond ASCII. */
const goesOn = /^[.<&%\\=\]-]|^\P{ASCII}/u;

/** Whether more of a name can follow behind what is not seen. */
function mayGoOn(
  text: string,
  at: number,
  { grammar, named }: { readonly grammar: TextGrammar; readonly named: boolean },
): boolean {
  const unseen = unseenAfter(text, at, grammar);
  if (unseen === 'partial') return true;
  if (unseen < 0) return false;
  // At the end of the text nothing is there yet that could go on.
  return (
    !named ||
    grammar.folded ||
    grammar.controlWords ||
    unseen >= text.length ||
    goesOn.test(text.slice(unseen, unseen + 1))
  );
}

function decodedDomain(text: string, { from, before }: After, grammar: TextGrammar): DomainRead {
  // No domain has an at-sign in it, so that a row of them is not read again from each of them.
  const limit = Math.min(from + lookAhead, before);
  for (const look of looks) {
    const read = domainWithin(text, { from, most: Math.min(from + look, limit), limit }, grammar);
    if (read !== undefined) return read;
  }
  return { end: from, named: false, open: false, tags: [] };
}

/** The domain as far as this look goes; undefined where the look ends in the middle of it. */
function domainWithin(
  text: string,
  { from, most, limit }: { readonly from: number; readonly most: number; readonly limit: number },
  grammar: TextGrammar,
): DomainRead | undefined {
  const bound = wordEnd(text, { from, most }, grammar);
  const reading = readingOf(text, { start: from, end: bound.end }, grammar);
  const { length, named, whole } = domainIn(reading, grammar.isBareHost);
  const end = length === 0 ? from : reading.endOf(length - 1);
  // Near the end of the look an escape may be cut, or a name go on.
  if (most < limit && bound.end >= most && (whole || most - end < longestEscape)) return undefined;
  // Elements without a text of their own can be longer than any escape.
  const atEnd = bound.partial || whole || text.length - end < longestEscape;
  return { end, named, open: bound.open && text.length - from < lookAhead && atEnd, tags: reading.tags };
}
