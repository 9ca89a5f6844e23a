/**
 * How a value that is hidden is written at its place in a text: as people read it, or so that it leads back where it may be
 * sent again. Without a session the mask of its class stands for it.
 */
import { decodeHTML } from 'entities/decode';
import type { ClassOfData, ValuePlace } from './classes/data-class.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { TextKind } from './reading/grammar.ts';

/** How much of a text before a value tells what it stands in. */
export const longestContext = 1024;

/** A value at its place in a text of this kind. */
export interface HiddenAt extends ValuePlace {
  readonly kind: TextKind;
  /** What its characters are: text, or the bytes of UTF-8, or those of a charset that is not known. */
  readonly characters: Characters;
}

export type Characters = 'text' | 'utf-8' | 'bytes';

/** Writes what stands in place of a value. */
export type WriteHidden = (of: ClassOfData, place: HiddenAt) => string;

/** The same word for all values of a class. */
export const writeMask: WriteHidden = ({ replacement }) => replacement;

/** Writes pseudonyms; a value that is cut or cannot be read gets the mask of its class. */
export function writeBy(pseudonyms: Pseudonyms): WriteHidden {
  return (of, place) => {
    const value = valueOf(place);
    if (value === undefined) return of.replacement;
    const label = labelOf(of);
    const isKept = place.isKept ?? isSentBack(place);
    const kept = isKept ? pseudonyms.kept(label, value) : undefined;
    return kept ?? shownAs(pseudonyms.shown(label, value), place);
  };
}

/** `[e-mail-hidden]` without what all masks have. */
export function labelOf({ replacement }: Pick<ClassOfData, 'replacement'>): string {
  return replacement.slice(1, -'-hidden]'.length);
}

function shownAs(
  { label, name }: ReturnType<Pseudonyms['shown']>,
  { kind, characters, isKept }: HiddenAt,
): string {
  const words = `${label} ${name}`;
  if (characters === 'text') return `\u2039${words}\u203a`;
  if (characters === 'utf-8') return Buffer.from(`\u2039${words}\u203a`, 'utf8').toString('latin1');
  // In any charset; what is read as code has no references.
  return kind === 'markup' && isKept !== true ? `&#8249;${words}&#8250;` : `[${label}-hidden-${name}]`;
}

const elementBefore = /^<([a-z][^\s/>]*)/i;
/** Elements whose text is code, or the value of a field. */
const keptElements = /^(?:script|style|textarea|option|template)$/i;

/** Whether what stands there may be sent again: an attribute, a header, a text in quotation marks, a script. */
export function isSentBack({ kind, before }: Pick<HiddenAt, 'kind' | 'before'>): boolean {
  if (kind === 'plain') return /["']/.test(before.slice(before.lastIndexOf('\n') + 1));
  return kind === 'style' || (kind === 'markup' && isSentBackInMarkup(before));
}

function isSentBackInMarkup(before: string): boolean {
  const open = before.lastIndexOf('<');
  const close = before.lastIndexOf('>');
  // A text without elements.
  if (open < 0 && close < 0) return /["'=]/.test(before);
  if (open < 0 || close < open) return true;
  const tag = before.slice(open, close + 1);
  // The bracket may stand in an attribute.
  if ((tag.split('"').length - 1) % 2 === 1) return true;
  return !tag.startsWith('</') && keptElements.test(elementBefore.exec(tag)?.[1] ?? 'script');
}

/** What stands before a part of an address. */
const inAddress = /[/?&=]$/;

/** What a text says at a place, with the encodings of that place taken off; undefined where it cannot be told. */
function valueOf({ before, written, characters, kind, isCut = false }: HiddenAt): string | undefined {
  const text = isCut ? undefined : clearText(written, characters);
  const unescaped = text === undefined ? undefined : unquoted(text);
  if (unescaped === undefined) return undefined;
  const decoded = kind === 'markup' && unescaped.includes('&') ? decodeHTML(unescaped) : unescaped;
  return decoded.includes('%') && inAddress.test(before) ? unencoded(decoded) : decoded;
}

/** Elements inside stay where they were, so that the value is not all of what was written. */
function clearText(written: string, characters: Characters): string | undefined {
  const text = characters === 'utf-8' ? Buffer.from(written, 'latin1').toString('utf8') : written;
  const isUnclear = /[<>\0\ufffd]/.test(text) || (characters === 'bytes' && /\P{ASCII}/u.test(text));
  return isUnclear ? undefined : text;
}

function unquoted(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}

function unencoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
