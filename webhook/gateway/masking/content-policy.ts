/**
 * What is done with an answer of this type? THE list: pictures, sound, video, fonts and packed files pass, since
 * nothing in them can be found (docs/masking.md); text is masked; everything else, also an answer without a type, is
 * treated as text.
 */
import type { LocalPart } from './email-finder.ts';
import type { ContentHeaders, Masker, MaskingPlan } from './masker.ts';
import { OfficeMasker } from './office-masker.ts';
import { emailClass, maskText, TextMasker } from './text-masker.ts';

/** Types that pass as they are. A name ending in `/` is a whole family. */
const passing: readonly string[] = [
  'image/',
  'audio/',
  'video/',
  'font/',
  'application/pdf',
  'application/zip',
  'application/gzip',
  'application/wasm',
  'application/vnd.openxmlformats-officedocument.',
  'application/vnd.oasis.opendocument.',
];

/** Types that are as often given to texts as to the files that they name: the content decides. */
const doubtful: readonly string[] = [
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
];

/** Texts whatever family they are in. */
const masked: readonly string[] = ['image/svg+xml'];

/** Types without syntax of their own around a word, where a local part may have every character of RFC 5322. */
const plain: readonly string[] = [
  'application/json',
  'application/x-ndjson',
  'text/plain',
  'text/csv',
  'text/event-stream',
];

/** Encodings in which every ASCII character is its own byte. In any other an address would not be seen. */
const charsets = /^(utf-?8|us-ascii|ascii|iso-8859-\d{1,2}|latin1|windows-125\d)$/;

/** Masks e-mail addresses as the list says. */
export const emailMasker: Masker = { plan, text: maskedHeader };

function plan({ contentType, contentEncoding }: ContentHeaders): MaskingPlan {
  // We asked for identity; what came packed all the same cannot be looked into.
  const encoding = (contentEncoding ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity' && encoding !== '') return { kind: 'refuse', reason: 'encoded answer' };
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const name = type.trim();
  if (passes(name)) return { kind: 'pass' };
  const charset = charsetOf(parameters);
  if (charset !== undefined && !charsets.test(charset)) return { kind: 'refuse', reason: 'unknown charset' };
  if (doubtful.includes(name)) return { kind: 'mask', open: () => new OfficeMasker() };
  const local = localPartIn(name);
  return { kind: 'mask', open: () => new TextMasker({ local }) };
}

/** One type and nothing more: of `image/png, text/html` browsers take the last (WHATWG Fetch). */
const singleType = /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/;

function passes(type: string): boolean {
  if (masked.includes(type) || !singleType.test(type)) return false;
  return passing.some((name) => (/[/.]$/.test(name) ? type.startsWith(name) : type === name));
}

function localPartIn(type: string): LocalPart {
  return plain.includes(type) || type.endsWith('+json') ? 'whole' : 'cautious';
}

function charsetOf(parameters: readonly string[]): string | undefined {
  const parameter = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='));
  return parameter?.slice('charset='.length).replaceAll('"', '').trim();
}

function maskedHeader(value: string): ReturnType<Masker['text']> {
  const { text, count } = maskText(value, 'cautious');
  return { value: text, counts: count === 0 ? {} : { [emailClass]: count } };
}
