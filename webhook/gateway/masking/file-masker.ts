/**
 * Decides by its content what a response is that is not called a text: a file on the list passes whole where its type may be
 * one, a text is masked (a CSV export called `application/vnd.ms-excel`, a drawing in XML among pictures), and everything
 * else is refused whole. A type alone lets nothing pass and has nothing changed.
 */
import { type FileFamily, knownFile, longestSignature } from './known-files.ts';
import { type MaskingStream, NotMaskable } from './masker.ts';
import { inNoText } from './unreadable.ts';
import { codecOf, headOfWideText, wideEncodingOf } from './wide-text.ts';

export interface FileMaskerOptions {
  /** The files that its type may be; undefined where the type names none. */
  readonly families: readonly FileFamily[] | undefined;
  readonly text: () => MaskingStream;
  /** Whether a file passes at all; else only a text does. */
  readonly files: FilesPass;
}

export type FilesPass = 'Passed' | 'Refused';

const fileRule =
  'must be a text: a file passes on a Static route, and where the matrix lists the action in downloadActions';

/** Looks at the first bytes, then passes, masks or refuses everything. */
export class FileMasker implements MaskingStream {
  readonly #options: FileMaskerOptions;
  #head = Buffer.alloc(0);
  #rest: MaskingStream | undefined;

  constructor(options: FileMaskerOptions) {
    this.#options = options;
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
    const seen = contentOf(this.#head, final);
    if (seen === 'undecided') return undefined;
    const { families, text, files } = this.#options;
    if (seen === 'unknown')
      throw new NotMaskable('must be a text, or a file of a kind that its first bytes tell');
    if (seen !== 'text' && families !== undefined && !families.includes(seen))
      throw new NotMaskable('must be the kind of file that its type names');
    if (seen !== 'text' && files === 'Refused') throw new NotMaskable(fileRule);
    this.#rest = seen === 'text' ? text() : new Passing();
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

/** What these first bytes are the beginning of. */
function contentOf(head: Buffer, final: boolean): FileFamily | 'text' | 'unknown' | 'undecided' {
  const file = knownFile(head.subarray(0, longestSignature), final);
  // A PDF may be all text; of every other file the letters of its signature could begin a sentence.
  if (file === 'pdf') return file;
  const seen = looked(head, final);
  if (file === 'undecided' || seen === 'undecided') return 'undecided';
  return seen === 'text' ? 'text' : (file ?? 'unknown');
}

/** How many bytes of text there are before a file without a signature of ours is taken for a text. */
const longestHead = 512;

/** Whether there are bytes that no text has. */
function looked(head: Buffer, final: boolean): 'binary' | 'text' | 'undecided' {
  const seen = head.subarray(0, longestHead);
  const isOdd = inNoText.test(seen.toString('latin1'));
  // Such a byte may be one half of a character: as many are needed as tell how wide characters are.
  if (seen.length < (isOdd ? headOfWideText : longestHead) && !final) return 'undecided';
  return isOdd && !isWideText(seen) ? 'binary' : 'text';
}

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
