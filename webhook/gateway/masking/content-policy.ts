/**
 * Decides by its type how a response is masked: pictures, sound, video, fonts and packed files pass, because nothing in
 * them can be found (docs/masking.md); text is masked; everything else, also a response without a type, is treated as
 * text.
 */
import { partsOf, withoutOptionalSpace } from '../../../crds/rules/request/optional-white-space.ts';
import type { DataClass, TextKind } from './classes/data-class.ts';
import type { ContentHeaders, Masker, MaskingPlan } from './masker.ts';
import { OfficeMasker } from './office-masker.ts';
import { maskText, TextMasker } from './text-masker.ts';

/** Types that pass as they are. A name ending in `/` is a whole family. */
export const passingTypes: readonly string[] = [
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
export const doubtfulTypes: readonly string[] = [
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
];

/** Texts in a family that passes. */
export const textsInPassingFamilies: readonly string[] = ['image/svg+xml'];

/** Types without syntax of their own around a word; every other text is taken for markup. */
export const plainTypes: readonly string[] = [
  'application/json',
  'application/x-ndjson',
  'text/plain',
  'text/csv',
  'text/event-stream',
];

/** Encodings in which every ASCII character is its own byte. In any other nothing would be found. */
const charsets = /^(utf-?8|us-ascii|ascii|iso-8859-\d{1,2}|latin1|windows-125\d)$/;

/** The masker of these classes. */
export function createMasker(classes: readonly DataClass[]): Masker {
  return {
    plan: (headers) => planOf(classes, headers),
    text: (value) => maskText(value, { classes, kind: 'markup' }),
  };
}

function planOf(
  classes: readonly DataClass[],
  { contentType, contentEncoding }: ContentHeaders,
): MaskingPlan {
  // We asked for identity; what came packed all the same cannot be looked into.
  const encoding = withoutOptionalSpace(contentEncoding ?? 'identity').toLowerCase();
  if (encoding !== 'identity' && encoding !== '') return { kind: 'refuse' };
  const [name = '', ...parameters] = partsOf((contentType ?? '').toLowerCase(), ';');
  if (passes(name)) return { kind: 'pass' };
  const charset = charsetOf(parameters);
  if (charset !== undefined && !charsets.test(charset)) return { kind: 'refuse' };
  if (doubtfulTypes.includes(name)) return { kind: 'mask', open: () => new OfficeMasker(classes) };
  const kind = kindOf(name);
  return { kind: 'mask', open: () => new TextMasker({ classes, kind }) };
}

/** One type and nothing more: of `image/png, text/html` browsers take the last (WHATWG Fetch). */
const singleType = /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/;

function passes(type: string): boolean {
  if (textsInPassingFamilies.includes(type) || !singleType.test(type)) return false;
  return passingTypes.some((name) => (/[/.]$/.test(name) ? type.startsWith(name) : type === name));
}

function kindOf(type: string): TextKind {
  return plainTypes.includes(type) || type.endsWith('+json') ? 'plain' : 'markup';
}

function charsetOf(parameters: readonly string[]): string | undefined {
  const parameter = parameters.find((text) => text.startsWith('charset='));
  return parameter === undefined
    ? undefined
    : withoutOptionalSpace(parameter.slice('charset='.length).replaceAll('"', ''));
}
