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
  let back = Math.min(reach, Math.floor((at - from) / bytes));
  let ahead = Math.min(reach, Math.floor((source.length - at) / bytes));
  const open = ahead < reach;
  const units: string[] = [];
  // From the place to both sides, up to what is in no address: a row of such places is not read again from each.
  for (let unit = 1; unit <= back; unit++) {
    const code = unitAt(source, at - unit * bytes, width);
    if (isEnd(code)) back = unit - 1;
    else units.push(characterOf(code));
  }
  units.reverse();
  for (let unit = 0; unit < ahead; unit++) {
    const code = unitAt(source, at + unit * bytes, width);
    if (unit > 0 && isEnd(code)) ahead = unit;
    else units.push(characterOf(code));
  }
  const begin = at - back * bytes;
  return {
    text: units.join(''),
    at: back,
    open: open && at + ahead * bytes + bytes > source.length,
    byteOf: (position) => begin + position * bytes,
    widened: (plain) =>
      plain
        .split('')
        .map((character) => widenedUnit(character, width))
        .join(''),
  };
}

/** Zero, another at-sign, and what is no character. */
function isEnd(code: number): boolean {
  return code === 0 || code === 0x40 || code > 0x10ffff;
}

function characterOf(code: number): string {
  return code > 0xffff ? '\ufffd' : String.fromCharCode(code);
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
