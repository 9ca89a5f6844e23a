/**
 * Decides by its type how a response is masked: pictures, sound, video, fonts and packed files pass, because nothing in
 * them can be found (docs/masking.md); text is masked; everything else, also a response without a type, is treated as
 * text. What has no single meaning is refused.
 */
import { partsOf } from '../../../crds/rules/request/optional-white-space.ts';
import type { DataClass } from './classes/data-class.ts';
import { type ContentType, contentTypeOf, singleType } from './content-type.ts';
import { beginsWith, FileMasker, type FirstLook, isBinary, isCompoundFile } from './file-masker.ts';
import { maskHeaderValue } from './header-value.ts';
import {
  type ContentHeaders,
  type Masker,
  type MaskingPlan,
  type MaskingStream,
  NotMaskable,
} from './masker.ts';
import { MimeMasker } from './mime-masker.ts';
import type { TextKind } from './reading/grammar.ts';
import { TextMasker } from './text-masker.ts';
import type { Encoding } from './wide-text.ts';

const zip = beginsWith('504b0304', '504b0506', '504b0708');

/**
 * Types that pass as they are, each with what its first bytes have to be. A name ending in `/` or `.` is a whole family.
 */
const passing: readonly (readonly [name: string, look: FirstLook])[] = [
  ['image/', isBinary],
  ['audio/', isBinary],
  ['video/', isBinary],
  ['font/', isBinary],
  ['application/pdf', beginsWith('255044462d')],
  ['application/zip', zip],
  ['application/gzip', beginsWith('1f8b')],
  ['application/wasm', beginsWith('0061736d')],
  ['application/vnd.openxmlformats-officedocument.', zip],
  ['application/vnd.oasis.opendocument.', zip],
];

export const passingTypes: readonly string[] = passing.map(([name]) => name);

/** Types that are as often given to texts as to the files that they name: the content decides. */
export const doubtfulTypes: readonly string[] = [
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
];

/**
 * Texts in a family that passes: every name that says so, and formats that are older than such names. What else is text
 * there its first bytes tell.
 */
export const textsInPassingFamilies: readonly RegExp[] = [
  /[+-](?:xml|json|yaml|text)$/,
  /^image\/svg/,
  /^image\/(?:vnd\.|x-)?(?:dxf|eps|xfig|xbm|xbitmap|xpm|xpixmap|portable-[a-z]+)$/,
  /^(?:audio|video)\/(?:vnd\.|x-)?(?:mpegurl|scpls|ms-asx|ms-w[amv]x|abc|vtt)$/,
];

/** Types without syntax of their own around a word; every other text is taken for markup. */
export const plainTypes: readonly string[] = [
  'application/json',
  'application/x-ndjson',
  'text/plain',
  'text/csv',
  'text/event-stream',
];

/** Types whose lines are folded. */
const foldedTypes =
  /^(?:text|application)\/(?:x-)?(?:vcard|vcalendar|calendar|directory|ical|ics|ldif)(?:\+(?!xml$|json$).*)?$/;

/** Encodings in which every ASCII character is its own byte. In any other nothing would be found. */
const charsets = /^(utf-?8|us-ascii|ascii|iso-8859-\d{1,2}|latin1|windows-125\d)$/;
/** Encodings in which it has two or four. Without an order of bytes the text has to show it. */
const wideCharsets: Readonly<Record<string, Encoding | undefined>> = {
  'utf-16': undefined,
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
  'utf-32': undefined,
  'utf-32le': 'utf-32le',
  'utf-32be': 'utf-32be',
};

/** The masker of these classes. */
export function createMasker(classes: readonly DataClass[]): Masker {
  return {
    plan: (headers) => planOf(classes, headers),
    text: (value) => maskHeaderValue(value, classes),
  };
}

function planOf(classes: readonly DataClass[], headers: ContentHeaders): MaskingPlan {
  const rule = brokenRule(headers);
  if (rule !== undefined) return { kind: 'refuse', rule };
  const type = contentTypeOf(headers.contentType);
  const text = textOf(classes, type);
  const look = lookOf(type.name);
  if (look !== undefined) return { kind: 'pass', open: () => new FileMasker(look, textOrThrow(text)) };
  if (text.kind === 'mask' && doubtfulTypes.includes(type.name))
    return { kind: 'mask', open: () => new FileMasker(isCompoundFile, () => text.open()) };
  return text;
}

/** What the response would have to be, so that it can be read at all. */
function brokenRule({
  contentEncoding,
  transferEncoding,
  contentTypes = 1,
}: ContentHeaders): string | undefined {
  // We asked for identity; what came packed all the same cannot be looked into.
  if (codingsOf(contentEncoding).some((coding) => coding !== 'identity'))
    return 'must come without a Content-Encoding, as it was asked for';
  // Chunks are taken apart before; any other coding of the transfer is still around the bytes.
  if (!/^(?:chunked)?$/.test(codingsOf(transferEncoding).join(' ')))
    return 'must come with no Transfer-Encoding but chunked';
  // One program takes the first line and the next one the last.
  return contentTypes > 1 ? 'must have one Content-Type line' : undefined;
}

function codingsOf(value: string | undefined): string[] {
  return partsOf((value ?? '').toLowerCase(), ',').filter((coding) => coding !== '');
}

/** How a response of this type is masked, where it is a text. */
function textOf(classes: readonly DataClass[], type: ContentType): Exclude<MaskingPlan, { kind: 'pass' }> {
  const { name, charset, boundary } = type;
  if (charset === 'two') return { kind: 'refuse', rule: 'must name one charset' };
  if (charset !== undefined && !charsets.test(charset) && !Object.hasOwn(wideCharsets, charset))
    return { kind: 'refuse', rule: 'must be in a charset in which an address can be seen' };
  if (/^(?:multipart|message)\//.test(name)) {
    if (name.startsWith('multipart/') && boundary === undefined)
      return { kind: 'refuse', rule: 'must name the boundary of its parts' };
    return { kind: 'mask', open: () => new MimeMasker({ classes, type, planOf }) };
  }
  const encoding = charset === undefined ? undefined : wideCharsets[charset];
  return { kind: 'mask', open: () => new TextMasker({ classes, kind: kindOf(name), encoding }) };
}

function textOrThrow(text: ReturnType<typeof textOf>): () => MaskingStream {
  return () => {
    if (text.kind === 'mask') return text.open();
    throw new NotMaskable(text.rule);
  };
}

/** How the first bytes of a type that passes are looked at. */
function lookOf(type: string): FirstLook | undefined {
  if (!singleType.test(type) || textsInPassingFamilies.some((name) => name.test(type))) return undefined;
  return passing.find(([name]) => (/[/.]$/.test(name) ? type.startsWith(name) : type === name))?.[1];
}

function kindOf(type: string): TextKind {
  if (foldedTypes.test(type)) return 'card';
  if (type === 'text/css') return 'style';
  if (/^(?:text|application)\/(?:x-)?(?:rtf|richtext)$/.test(type)) return 'rtf';
  return plainTypes.includes(type) || /[+/]json(?:-seq)?$/.test(type) || type.endsWith('+json')
    ? 'plain'
    : 'markup';
}
