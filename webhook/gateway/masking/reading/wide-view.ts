/**
 * Characters of two or four bytes in the middle of a text of single bytes, where no mark and no charset tells of them:
 * read from one at-sign to both sides, in each width and order that fits it.
 */

/** What stands around a place, one character for each unit. */
export interface WideView {
  readonly text: string;
  /** Where in it the character stands that was asked about. */
  readonly at: number;
  /** Whether the source ends with it, so that more may follow. */
  readonly open: boolean;
  byteOf(position: number): number;
  /** A plain text in the same units. */
  widened(plain: string): string;
}

interface Width {
  readonly bytes: 2 | 4;
  readonly littleEndian: boolean;
}

/** Four bytes first: two of them are also a character of two and a zero. */
const widths: readonly Width[] = [
  { bytes: 4, littleEndian: true },
  { bytes: 4, littleEndian: false },
  { bytes: 2, littleEndian: true },
  { bytes: 2, littleEndian: false },
];

/** Units on either side of the place; as many as an address has characters, with escapes among them. */
const reach = 512;

/** The views of this place in which an ASCII character stands there. */
export function* wideViews(
  source: string,
  place: number,
  { from }: { readonly from: number },
): Generator<WideView> {
  for (const width of widths) {
    const at = width.littleEndian ? place : place - (width.bytes - 1);
    if (at < 0 || unitAt(source, at, width) !== source.charCodeAt(place)) continue;
    yield viewOf(source, at, { from, width });
  }
}

function viewOf(
  source: string,
  at: number,
  { from, width }: { readonly from: number; readonly width: Width },
): WideView {
  const { bytes } = width;
  const back = Math.min(reach, Math.floor((at - from) / bytes));
  const begin = at - back * bytes;
  const ahead = Math.min(reach, Math.floor((source.length - at) / bytes));
  const units: string[] = [];
  for (let unit = 0; unit < back + ahead; unit++) {
    const code = unitAt(source, begin + unit * bytes, width);
    units.push(code > 0xffff ? '\ufffd' : String.fromCharCode(code));
  }
  return {
    text: units.join(''),
    at: back,
    open: ahead < reach,
    byteOf: (position) => begin + position * bytes,
    widened: (plain) =>
      plain
        .split('')
        .map((character) => widenedUnit(character, width))
        .join(''),
  };
}

function unitAt(source: string, at: number, { bytes, littleEndian }: Width): number {
  let code = 0;
  for (let byte = 0; byte < bytes; byte++)
    code = code * 256 + source.charCodeAt(littleEndian ? at + bytes - 1 - byte : at + byte);

  return code;
}

function widenedUnit(character: string, { bytes, littleEndian }: Width): string {
  const zeros = '\0'.repeat(bytes - 1);
  return littleEndian ? character + zeros : zeros + character;
}
