/**
 * Passes what is the file that its type names, and masks it where it is a text by that name: a CSV export called
 * `application/vnd.ms-excel`, a flat document called by the name of the packed one, a drawing in XML among pictures.
 */
import { type MaskingStream, NotMaskable } from './masker.ts';
import { codecOf, headOfWideText, wideEncodingOf } from './wide-text.ts';

/** What the first bytes say: a file, a text, or that too few of them are there. */
export type FirstLook = (head: Buffer, final: boolean) => 'file' | 'text' | 'undecided';

/** Looks at the first bytes, then passes or masks everything. */
export class FileMasker implements MaskingStream {
  readonly #look: FirstLook;
  readonly #text: () => MaskingStream;
  #head = Buffer.alloc(0);
  #rest: MaskingStream | undefined;

  constructor(look: FirstLook, text: () => MaskingStream) {
    this.#look = look;
    this.#text = text;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#rest?.counts ?? {};
  }

  push(chunk: Buffer): Buffer {
    if (this.#rest !== undefined) return this.#rest.push(chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    return this.#decided(false)?.push(this.#head) ?? Buffer.alloc(0);
  }

  end(): Buffer {
    if (this.#rest !== undefined) return this.#rest.end();
    const rest = this.#decided(true) ?? new Passing();
    return Buffer.concat([rest.push(this.#head), rest.end()]);
  }

  #decided(final: boolean): MaskingStream | undefined {
    const seen = this.#look(this.#head, final);
    if (seen !== 'undecided') this.#rest = seen === 'file' ? new Passing() : this.#text();
    return this.#rest;
  }
}

class Passing implements MaskingStream {
  readonly counts = {};
  push(chunk: Buffer): Buffer {
    return chunk;
  }
  end(): Buffer {
    return Buffer.alloc(0);
  }
}

/** The first bytes of every compound file ([MS-CFB] 2.2), as Word, Excel and PowerPoint of the old kind are. */
const compound = 'd0cf11e0a1b11ae1';

/** A file that begins with one of these bytes, written in hexadecimal. */
export function beginsWith(...signatures: readonly string[]): FirstLook {
  const known = signatures.map((signature) => Buffer.from(signature, 'hex'));
  return (head, final) => {
    if (known.some((signature) => head.subarray(0, signature.length).equals(signature))) return 'file';
    const mayBe = known.some((signature) => signature.subarray(0, head.length).equals(head));
    return mayBe && !final ? 'undecided' : 'text';
  };
}

export const isCompoundFile = beginsWith(compound);

/** How many bytes of text there are before a file without a signature of ours is taken for one. */
const longestHead = 512;

/** Pictures, sound, films and fonts have as many signatures as formats; all of them hold bytes that no text has. */
export const isBinary: FirstLook = (head, final) => {
  const seen = head.subarray(0, longestHead);
  const isOdd = seen.some((byte) => byte < 0x20 && !whiteSpace.includes(byte));
  // Such a byte may be one half of a character: as many are needed as tell how wide characters are.
  if (seen.length < (isOdd ? headOfWideText : 4) && !final) return 'undecided';
  if (isWideText(seen)) return 'text';
  if (isOdd) return 'file';
  return seen.length < longestHead && !final ? 'undecided' : 'text';
};

/** Tabulator, line feed, form feed, carriage return, and the escape that terminals know. */
const whiteSpace: readonly number[] = [0x09, 0x0a, 0x0c, 0x0d, 0x1b];

/** What a text of any script may hold: no control characters, and none that Unicode has not given out. */
const written = /^[\t\n\f\r\ufeff\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\p{Cf}]+$/u;

/** Whether these are characters of two or four bytes, each of which a text may hold. */
function isWideText(seen: Buffer): boolean {
  const head = seen.subarray(0, headOfWideText);
  const text = head.toString('latin1');
  if (/^(?:\xff\xfe|\xfe\xff)/.test(text)) return true;
  const encoding = head.length < 4 ? undefined : wideEncodingOf(text);
  if (encoding === undefined) return false;
  const width = encoding.startsWith('utf-32') ? 4 : 2;
  try {
    const whole = head.subarray(0, head.length - (head.length % width));
    // The last unit may be one half of a character.
    return written.test(
      codecOf(encoding)
        .decode(whole)
        .replace(/[\ud800-\udbff]$/, ''),
    );
  } catch (error) {
    if (error instanceof NotMaskable) return false;
    throw error;
  }
}
