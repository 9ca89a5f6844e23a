/**
 * THE list of the files that pass as they are, each by its first bytes: what they hold is packed, or no text. What is readable
 * inside (tar, databases, programs) is not on it. A type tells only which of them a response may be.
 */

/** Files that stand for each other under a type: a sound may come in the container of a film. */
export type FileFamily =
  | 'picture'
  | 'media'
  | 'font'
  | 'pdf'
  | 'zip'
  | 'gzip'
  | 'packed'
  | 'wasm'
  | 'compound';

/** A piece of a signature: bytes in hexadecimal, and where they stand. */
type Piece = readonly [at: number, hex: string];
type Signature = readonly [family: FileFamily, ...pieces: readonly Piece[]];

const ascii = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const riff = (form: string): readonly Piece[] => [
  [0, ascii('RIFF')],
  [8, ascii(form)],
];
/** Boxes of ISO files (ISO 14496-12) begin with their length. */
const box = (name: string): Piece => [4, ascii(name)];
const brand = (name: string): readonly Piece[] => [box('ftyp'), [8, ascii(name)]];

const signatures: readonly Signature[] = [
  ['picture', [0, '89504e470d0a1a0a']],
  ['picture', [0, 'ffd8ff']],
  ['picture', [0, ascii('GIF87a')]],
  ['picture', [0, ascii('GIF89a')]],
  ['picture', ...riff('WEBP')],
  ['picture', [0, ascii('BM')], [6, '00000000']],
  ['picture', [0, '00000100']],
  ['picture', [0, '00000200']],
  ['picture', [0, '49492a00']],
  ['picture', [0, '4d4d002a']],
  ['picture', [0, 'ff0a']],
  ['picture', [0, '0000000c4a584c200d0a870a']],
  ['picture', [0, '0000000c6a5020200d0a870a']],
  ['picture', [0, 'ff4fff51']],
  ['picture', [0, ascii('8BPS')]],
  ...['avif', 'avis', 'heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'].map(
    (name): Signature => ['picture', ...brand(name)],
  ),
  ['media', [0, ascii('ID3')]],
  ...['fffb', 'fffa', 'fff3', 'fff2', 'fff1', 'fff9'].map((sync): Signature => ['media', [0, sync]]),
  ['media', [0, ascii('OggS')]],
  ['media', ...riff('WAVE')],
  ['media', ...riff('AVI ')],
  ['media', [0, ascii('fLaC')]],
  ['media', [0, ascii('MThd')]],
  ['media', [0, ascii('FORM')], [8, ascii('AIF')]],
  ['media', [0, ascii('#!AMR')]],
  ['media', [0, ascii('.snd')]],
  ['media', [0, '1a45dfa3']],
  ['media', [0, '000001ba']],
  ['media', [0, '000001b3']],
  ['media', [0, ascii('FLV\x01')]],
  ['media', [0, '3026b2758e66cf11']],
  ['media', [0, '47'], [188, '47']],
  ...['ftyp', 'styp', 'moov', 'moof', 'mdat', 'sidx', 'wide'].map((name): Signature => ['media', box(name)]),
  ['font', [0, ascii('wOFF')]],
  ['font', [0, ascii('wOF2')]],
  ['font', [0, ascii('OTTO')]],
  ['font', [0, ascii('ttcf')]],
  ['font', [0, ascii('true')]],
  ['font', [0, '00010000']],
  ['font', [34, ascii('LP')]],
  ['pdf', [0, ascii('%PDF-')]],
  ['zip', [0, '504b0304']],
  ['zip', [0, '504b0506']],
  ['zip', [0, '504b0708']],
  ['gzip', [0, '1f8b']],
  ['packed', [0, ascii('BZh')], [4, '314159265359']],
  ['packed', [0, 'fd377a585a00']],
  ['packed', [0, '377abcaf271c']],
  ['packed', [0, ascii('Rar!\x1a\x07')]],
  ['packed', [0, '28b52ffd']],
  ['packed', [0, '04224d18']],
  ['wasm', [0, '0061736d']],
  // [MS-CFB] 2.2: Word, Excel and PowerPoint of the old kind, and encrypted ones of the new.
  ['compound', [0, 'd0cf11e0a1b11ae1']],
];

/** How many bytes decide which of them a file is. */
export const longestSignature = 189;

interface Read {
  readonly family: FileFamily;
  readonly pieces: readonly { readonly at: number; readonly bytes: Buffer }[];
}

const known: readonly Read[] = signatures.map(([family, ...pieces]) => ({
  family,
  pieces: pieces.map(([at, hex]) => ({ at, bytes: Buffer.from(hex, 'hex') })),
}));

/** The file that begins so; undecided while what follows could make it one that comes earlier on the list. */
export function knownFile(head: Buffer, final: boolean): FileFamily | 'undecided' | undefined {
  for (const { family, pieces } of known) {
    const fits = pieces.map(({ at, bytes }) => fit(head, at, bytes));
    if (fits.includes('no')) continue;
    if (!fits.includes('short')) return family;
    if (!final) return 'undecided';
  }
  return undefined;
}

function fit(head: Buffer, at: number, bytes: Buffer): 'yes' | 'no' | 'short' {
  const there = head.subarray(at, at + bytes.length);
  if (!there.equals(bytes.subarray(0, there.length))) return 'no';
  return there.length === bytes.length ? 'yes' : 'short';
}

/** Types of files that pass, each with the families that it may be. A name ending in `/`, `.` or `-` is all that begin so. */
export const fileTypes: readonly (readonly [name: string, families: readonly FileFamily[]])[] = [
  ['image/', ['picture']],
  ['audio/', ['media']],
  ['video/', ['media']],
  ['font/', ['font']],
  ['application/font-', ['font']],
  ['application/x-font-', ['font']],
  ['application/vnd.ms-fontobject', ['font']],
  ['application/pdf', ['pdf']],
  ['application/zip', ['zip']],
  ['application/x-zip-compressed', ['zip']],
  ['application/java-archive', ['zip']],
  ['application/epub+zip', ['zip']],
  ['application/gzip', ['gzip']],
  ['application/x-gzip', ['gzip']],
  ['application/x-7z-compressed', ['packed']],
  ['application/x-bzip2', ['packed']],
  ['application/x-xz', ['packed']],
  ['application/zstd', ['packed']],
  ['application/vnd.rar', ['packed']],
  ['application/wasm', ['wasm']],
  ['application/vnd.openxmlformats-officedocument.', ['zip', 'compound']],
  ['application/vnd.oasis.opendocument.', ['zip']],
];

/** Types that are as often given to texts, and to newer files, as to the files that they name. */
export const doubtfulTypes: readonly string[] = [
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
];
