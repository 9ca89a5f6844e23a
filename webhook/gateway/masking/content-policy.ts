/**
 * Decides how a response is masked: what is called a text is read as one, and of everything else, also of a response
 * without a type, the content decides (`file-masker.ts`). What has no single meaning is refused.
 */
import { partsOf } from '../../../crds/rules/request/optional-white-space.ts';
import type { MaskedClass } from './classes/data-class.ts';
import { type ContentType, contentTypeOf, singleType } from './content-type.ts';
import { FileMasker, type FilesPass } from './file-masker.ts';
import { maskHeaderValue } from './header-value.ts';
import { doubtfulTypes, type FileFamily, fileTypes } from './known-files.ts';
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
import { textHead } from './unreadable.ts';
import type { Encoding } from './wide-text.ts';
import type { WriteHidden } from './writing.ts';

/** Types that say that they are texts. Of any other the content decides. */
export const textTypes =
  /^(?:text|message)\/|[/+.-](?:json|json5|jsonl|ndjson|json-seq|xml|yaml|text|javascript|ecmascript|rtf|sql|ldif|graphql)(?:\+.*)?$|^application\/x-www-form-urlencoded$/;

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

/** Types whose lines are rows of columns. */
const csvTypes = /^(?:text|application)\/(?:x-)?(?:csv|tab-separated-values|comma-separated-values)$/;

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
export function createMasker(
  classes: readonly MaskedClass[],
  write?: WriteHidden,
  files: FilesPass = 'Passed',
): Masker {
  const by = { classes, write, files };
  return {
    plan: (headers) => planOf(by, headers),
    text: (value) => maskHeaderValue(value, classes, write),
  };
}

/** By what a response is masked. */
interface MaskedBy {
  readonly classes: readonly MaskedClass[];
  readonly write: WriteHidden | undefined;
  readonly files: FilesPass;
}

function planOf(by: MaskedBy, headers: ContentHeaders): MaskingPlan {
  const { files } = by;
  const rule = brokenRule(headers);
  if (rule !== undefined) return { kind: 'refuse', rule };
  const type = contentTypeOf(headers.contentType);
  const text = textOf(by, type, headers);
  const families = familiesOf(type.name);
  if (families !== undefined)
    return { kind: 'pass', open: () => new FileMasker({ families, text: textOrThrow(text), files }) };
  if (text.kind === 'refuse' || isCalledText(type.name)) return text;
  const named = doubtfulTypes.includes(type.name) ? officeFamilies : anyFamily(type.name);
  return { kind: 'mask', open: () => new FileMasker({ families: named, text: () => text.open(), files }) };
}

const officeFamilies: readonly FileFamily[] = ['compound', 'zip'];

/** A type that says nothing may be any file; two types in one line may be none, because one of them could be a text. */
function anyFamily(type: string): readonly FileFamily[] | undefined {
  return type === '' || singleType.test(type) ? undefined : [];
}

/** Parts and messages are taken apart before anything in them is looked at. */
function isCalledText(type: string): boolean {
  return singleType.test(type) && (textTypes.test(type) || type.startsWith('multipart/'));
}

/** What the response would have to be, so that it can be read at all. */
export function brokenRule({
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
function textOf(
  by: MaskedBy,
  type: ContentType,
  headersSay: Pick<ContentHeaders, 'isUtf8'>,
): Exclude<MaskingPlan, { kind: 'pass' }> {
  const { name, charset, boundary } = type;
  if (charset === 'two') return { kind: 'refuse', rule: 'must name one charset' };
  if (charset !== undefined && !charsets.test(charset) && !Object.hasOwn(wideCharsets, charset))
    return { kind: 'refuse', rule: 'must be in a charset in which an address can be seen' };
  if (/^(?:multipart|message)\//.test(name)) {
    if (name.startsWith('multipart/') && boundary === undefined)
      return { kind: 'refuse', rule: 'must name the boundary of its parts' };
    return {
      kind: 'mask',
      open: () => new MimeMasker({ ...by, type, planOf: (headers) => planOf(by, headers) }),
    };
  }
  const encoding = charset === undefined ? undefined : wideCharsets[charset];
  const textFor = isCalledText(name) ? textHead : Number.POSITIVE_INFINITY;
  return {
    kind: 'mask',
    open: () =>
      new TextMasker({
        ...by,
        kind: kindOf(name),
        encoding,
        textFor,
        isUtf8: isUtf8(type, headersSay),
      }),
  };
}

/** JSON and streams of events are always UTF-8. */
function isUtf8(
  { name, charset }: ContentType,
  { isUtf8: isKnown = false }: Pick<ContentHeaders, 'isUtf8'>,
): boolean {
  if (isKnown) return true;
  return charset === undefined
    ? /[/+-](?:nd)?json$|^text\/event-stream$/.test(name)
    : /^utf-?8$/.test(charset);
}

function textOrThrow(text: ReturnType<typeof textOf>): () => MaskingStream {
  return () => {
    if (text.kind === 'mask') return text.open();
    throw new NotMaskable(text.rule);
  };
}

/** What a response of this type may be, where the type names files that pass. */
function familiesOf(type: string): readonly FileFamily[] | undefined {
  if (!singleType.test(type) || textsInPassingFamilies.some((name) => name.test(type))) return undefined;
  return fileTypes.find(([name]) => (/[/.-]$/.test(name) ? type.startsWith(name) : type === name))?.[1];
}

function kindOf(type: string): TextKind {
  if (foldedTypes.test(type)) return 'card';
  if (type === 'text/css') return 'style';
  if (/^(?:text|application)\/(?:x-)?(?:rtf|richtext)$/.test(type)) return 'rtf';
  if (csvTypes.test(type)) return 'csv';
  return plainTypes.includes(type) || /[+/]json(?:-seq)?$/.test(type) || type.endsWith('+json')
    ? 'plain'
    : 'markup';
}
