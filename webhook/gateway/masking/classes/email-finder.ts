/**
 * Finds e-mail addresses in a text, however their characters are written. Linear: it looks only around at-signs, never
 * further than a fixed distance, and never across another at-sign.
 */

import { grammars, type TextGrammar, type TextKind } from '../reading/grammar.ts';
import { plainReading, type Reading, readingOf } from '../reading/reading.ts';
import { type WideView, wideViews } from '../reading/wide-view.ts';
import { heldFrom, isSeparator, lineStart, unseenBefore, wordStart } from '../reading/word-bounds.ts';
import { writtenIn } from '../reading/written.ts';
import { atSignsOf } from './at-signs.ts';
import type { Finder, FindOptions, Found } from './data-class.ts';
import { longestEscape, readDomain } from './email-domain.ts';
import { isPlain, localStart } from './email-parts.ts';
import { longestQuoted, openQuote, quotedStart } from './quoted-local.ts';
import { sealedDomain } from './sealed-domain.ts';

/** What a search says about one at-sign: an address, none, or that the text ends before this can be known. */
export type AtSign = Found | 'none' | { readonly openFrom: number };

/** Furthest look back from an at-sign; 254 characters, each written in sixteen bytes. */
export const lookBack = 4096;

const backslashLimit = 16;

/** `git@host:path` and `ssh://git@host/path` name a repository, by an account that all people share. */
const repositoryAccount = 'git';
const pathBegins = /^[:/][\w~./-]/;

/** An at-sign in the source. */
interface Sign {
  readonly at: number;
  readonly after: number;
  /** Where its own form begins, without backslashes in front. */
  readonly match: number;
  /** Where the next one begins. */
  readonly next: number;
  /** Whether there are zeros in the text, so that its characters may be wide. */
  readonly wide: boolean;
}

interface Limits {
  /** Where the search for a local part ends. */
  readonly from: number;
  /** Where the last value ended that was taken out. */
  readonly taken: number;
  readonly final: boolean;
  readonly grammar: TextGrammar;
}

/** The finder of e-mail addresses, also at hosts without a dot for which `isBareHost` says so. */
export function emailFinder(isBareHost: (name: string) => boolean): Finder {
  return (text, options, onFound) => findIn(text, { ...options, isBareHost }, onFound);
}

function findIn(
  text: string,
  { kind, final, isBareHost }: FindOptions & Pick<TextGrammar, 'isBareHost'>,
  onFound: (found: Found) => void,
): number {
  const grammar = { ...grammars[kind], isBareHost };
  let taken = 0;
  let from = 0;
  let open = text.length;
  const signs = [...signsIn(text, kind)];
  for (const [number, sign] of signs.entries()) {
    if (sign.match < taken) continue;
    const around = outermost(text, { sign, next: number + 1, all: signs }, { from, taken, final, grammar });
    if (around !== 'none' && 'openFrom' in around) {
      open = around.openFrom;
      break;
    }
    // Another at-sign belongs to no local part; without this a row of them would be read again from each of them.
    from = sign.after;
    if (around === 'none') continue;
    onFound(around);
    taken = around.end;
    from = taken;
  }
  return final ? text.length : keptFrom(text, { from, taken, open }, grammar);
}

/** From where on the text has to be searched again. */
function keptFrom(
  text: string,
  { from, taken, open }: { readonly from: number; readonly taken: number; readonly open: number },
  grammar: TextGrammar,
): number {
  const least = Math.max(grammar.folded ? taken : from, text.length - lookBack);
  const until = Math.min(open, heldFrom(text, least, grammar), openQuote(text, taken));
  // How long a line gets can be told only as long as its beginning is there.
  return grammar.folded ? Math.max(taken, lineStart(text, until)) : until;
}

/**
 * The address around this at-sign, or the one in whose quoted local part it stands: of `"ada@x.com at home"@y.com` the end
 * would be left over, were the address inside taken out first.
 */
function outermost(text: string, signs: Signs, limits: Limits): AtSign {
  const around = addressAt(text, signs.sign, limits);
  return around === 'none' || 'openFrom' in around
    ? around
    : (quotedAround(text, around, { signs, limits }) ?? around);
}

interface Signs {
  readonly sign: Sign;
  /** The number of the one after it, among all. */
  readonly next: number;
  readonly all: readonly Sign[];
}

/** The address in whose quoted local part this one stands. */
function quotedAround(
  text: string,
  { start }: Found,
  { signs, limits }: { readonly signs: Signs; readonly limits: Limits },
): AtSign | undefined {
  let { after } = signs.sign;
  for (let number = signs.next; number < signs.all.length; number += 1) {
    const other = signs.all[number];
    if (other === undefined || other.at - start > longestQuoted) return undefined;
    const quoted = quotedStart(text, other.at, limits.taken);
    if (quoted >= 0 && quoted <= start) {
      const outer = addressAt(text, other, { ...limits, from: after });
      if (outer !== 'none') return outer;
    }
    after = other.after;
  }
  // What closes the quotation mark may not be there yet.
  const open = limits.final ? text.length : openQuote(text, limits.taken);
  return open <= start ? { openFrom: open } : undefined;
}

/** Every at-sign of a text, in all its forms. */
function* signsIn(text: string, kind: TextKind): Generator<Sign> {
  const wide = text.includes('\0');
  const matches = [...text.matchAll(patternOf(kind, wide))];
  for (const [number, { index: match, 0: form }] of matches.entries()) {
    const next = matches[number + 1]?.index ?? text.length;
    yield { match, at: beforeBackslashes(text, match), after: match + form.length, next, wide };
  }
}

const patterns = new Map<string, RegExp>();
function patternOf(kind: TextKind, withZeros: boolean): RegExp {
  const key = `${kind} ${withZeros}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const made = atSignsOf(grammars[kind], withZeros);
  patterns.set(key, made);
  return made;
}

/** An escape that is escaped again, and an at-sign that needs none, has backslashes in front: they belong to the sign. */
function beforeBackslashes(text: string, at: number): number {
  let start = at;
  while (text[start - 1] === '\\' && at - start < backslashLimit) start--;
  return start;
}

function addressAt(text: string, sign: Sign, limits: Limits): AtSign {
  return (sign.wide ? wideAddress(text, sign, limits) : undefined) ?? addressAround(text, sign, limits);
}

/** The address around this at-sign. */
function addressAround(text: string, sign: Sign, limits: Limits): AtSign {
  const { grammar, final } = limits;
  if (grammar.marksAreSyntax && !grammar.controlWords && afterSyntax(text, sign.at)) return 'none';
  const local = localBefore(text, sign.at, limits);
  if (local === undefined) return 'none';
  const { start } = local;
  const domain = readDomain(text, { from: sign.after, before: sign.next }, grammar);
  if (domain.open && !final) return { openFrom: start };
  if (!domain.named) return 'none';
  const other = otherAt(text, { start, at: sign.at, after: sign.after, end: domain.end }, final);
  if (other !== undefined) return other;
  const tags = [...local.tags, ...domain.tags];
  return writtenIn(text, { start, end: domain.end, tags, after: limits.taken }, { grammar, final });
}

interface Written {
  readonly start: number;
  readonly at: number;
  readonly after: number;
  readonly end: number;
}

/** What is said of what is written like an address and is none, or that it cannot be told yet. */
function otherAt(text: string, { start, at, after, end }: Written, final: boolean): AtSign | undefined {
  // `load@https://…` is a line of a stack, and what is written in place of an address is none.
  if (isNone(text, after, end)) return 'none';
  if (!final && mayBeScheme(text, end)) return { openFrom: start };
  // `https://x.com/@scope/name` names a package, or a person's page.
  if (text[at - 1] === '/' && !text.slice(after, end).includes('.')) return 'none';
  if (text.slice(start, at) !== repositoryAccount) return undefined;
  if (!final && text.length - end < 2) return { openFrom: start };
  return pathBegins.test(text.slice(end, end + 2)) ? 'none' : undefined;
}

function isNone(text: string, after: number, end: number): boolean {
  return text.startsWith('://', end) || text.startsWith(sealedDomain, after);
}

function mayBeScheme(text: string, end: number): boolean {
  return text.length - end < 3 && '://'.startsWith(text.slice(end));
}

/** Where the local part before an at-sign begins, and the elements in it. */
function localBefore(
  text: string,
  at: number,
  limits: Limits,
): { readonly start: number; readonly tags: Reading['tags'] } | undefined {
  const local = readLocal(text, at, limits);
  const begin = localStart(local, limits.grammar.marksAreSyntax);
  if (begin >= 0) return { start: local.startOf(begin), tags: local.tags };
  const quoted = quotedStart(text, at, limits.taken);
  return quoted < 0 ? undefined : { start: quoted, tags: [] };
}

/** `}@media` and `;@import`: no local part ends so, unless the mark ends an escape. */
function afterSyntax(text: string, at: number): boolean {
  const code = text.charCodeAt(at - 1);
  if (code === 0x7d) return !/\{[0-9a-f]+\}$/i.test(text.slice(Math.max(0, at - 12), at));
  return code === 0x3b && !/[&#][^\s;]*;$/.test(text.slice(Math.max(0, at - longestEscape), at));
}

/** What stands before an at-sign, as far as a word reaches. */
function readLocal(text: string, at: number, { from, grammar }: Limits): Reading {
  const least = Math.max(from, at - lookBack);
  let start = at;
  while (start > least && isPlain(text.charCodeAt(start - 1))) start--;
  // Nearly every local part is written plainly and stands alone, or alone in its elements.
  let before = start;
  while (before > least && isSeparator(text.charCodeAt(before - 1))) {
    const unseen = unseenBefore(text, { before, least }, grammar);
    if (unseen < 0) return plainReading(text.slice(start, at), start);
    // An element has no text of its own; the blank after an escape ends one, and a fold joins.
    if (text[before - 1] !== '>') break;
    before = unseen;
  }
  if (before === least) return plainReading(text.slice(start, at), start);
  const begin = wordStart(text, { before: start, least }, grammar);
  return readingOf(text, { start: begin, end: at }, grammar);
}

/** The address around an at-sign of two or four bytes, or undefined where it is none. */
function wideAddress(text: string, sign: Sign, limits: Limits): AtSign | undefined {
  // No further back than what is held back of a text of single bytes, so that chunks make no difference.
  const least = Math.max(limits.from, sign.at - lookBack);
  const from = wordStart(text, { before: sign.at, least }, limits.grammar);
  let best: Found | undefined;
  let openFrom = text.length;
  for (const view of wideViews(text, sign.at, { from })) {
    const around = addressInView(view, limits);
    if (around === 'none') continue;
    if ('openFrom' in around) openFrom = Math.min(openFrom, around.openFrom);
    else best ??= around;
  }
  return openFrom < text.length ? { openFrom } : best;
}

let signInView: RegExp | undefined;

function addressInView(view: WideView, limits: Limits): AtSign {
  signInView ??= new RegExp(patternOf('markup', false).source, 'y');
  signInView.lastIndex = view.at;
  const found = signInView.exec(view.text);
  if (found === null) return 'none';
  const { at, text } = view;
  const sign = { match: at, at, after: at + found[0].length, next: text.length, wide: false };
  const around = addressAround(text, sign, {
    ...limits,
    from: 0,
    taken: 0,
    final: limits.final || !view.open,
  });
  if (around === 'none') return 'none';
  if ('openFrom' in around) return { openFrom: view.byteOf(around.openFrom) };
  const { start, end } = around;
  return { start: view.byteOf(start), end: view.byteOf(end), written: (by) => view.widened(by) };
}
