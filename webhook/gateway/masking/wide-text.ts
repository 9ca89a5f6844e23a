/**
 * Texts in characters of two or four bytes: which bytes are one, told by a mark, by the charset or by the zeros of
 * their first characters, and how they become text and bytes again. What no Unicode text can hold is kept as it is.
 */
import { NotMaskable } from './masker.ts';

/** The bytes of a text as characters, and back; a character that is not complete waits for the next chunk. */
export interface Codec {
  decode(chunk: Buffer): string;
  encode(text: string): Buffer;
  /** The bytes of a character that never became complete. */
  rest(): Buffer;
}

export type Encoding = 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

/** How many bytes tell the width of the characters where there is no mark. */
export const headOfWideText = 16;

/** The mark of each encoding; the longer ones first, because one begins like a shorter one. */
const marks: readonly (readonly [mark: string, encoding: Encoding])[] = [
  ['\xff\xfe\0\0', 'utf-32le'],
  ['\0\0\xfe\xff', 'utf-32be'],
  ['\xff\xfe', 'utf-16le'],
  ['\xfe\xff', 'utf-16be'],
];

/** The encoding whose mark or first characters these are; at least four bytes. */
export function wideEncodingOf(head: string): Encoding | undefined {
  const marked = marks.find(([mark]) => head.startsWith(mark));
  if (marked !== undefined) return marked[1];
  if (head.includes('\0\0\0')) return characters(head, 'utf-32le') ?? characters(head, 'utf-32be');
  if (head.length < 4) return undefined;
  const [even, odd] = [zerosAt(head, 0), zerosAt(head, 1)];
  const few = Math.floor(head.length / 8) + 1;
  if (even === 0 && odd >= few) return 'utf-16le';
  return odd === 0 && even >= few ? 'utf-16be' : undefined;
}

/** Whether all of these are characters of four bytes. A film begins with its length, `\0\0\0 ftyp`, which is none. */
function characters(head: string, encoding: 'utf-32le' | 'utf-32be'): Encoding | undefined {
  const bytes = Buffer.from(head, 'latin1');
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = encoding === 'utf-32le' ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    if (code > 0x10ffff || code === 0) return undefined;
  }
  return encoding;
}

function zerosAt(head: string, parity: 0 | 1): number {
  return head.split('').filter((character, at) => at % 2 === parity && character === '\0').length;
}

/** The codec of an encoding. */
export function codecOf(encoding: Encoding): Codec {
  const littleEndian = encoding.endsWith('le');
  return encoding.startsWith('utf-16') ? new WideCodec(2, littleEndian) : new WideCodec(4, littleEndian);
}

/** Every byte one character: nothing is lost whatever the encoding, and ASCII is itself. */
export function byteCodec(): Codec {
  return {
    decode: (chunk) => chunk.toString('latin1'),
    encode: (text) => Buffer.from(text, 'latin1'),
    rest: () => Buffer.alloc(0),
  };
}

class WideCodec implements Codec {
  readonly #bytes: 2 | 4;
  readonly #littleEndian: boolean;
  #rest = Buffer.alloc(0);

  constructor(bytes: 2 | 4, littleEndian: boolean) {
    this.#bytes = bytes;
    this.#littleEndian = littleEndian;
  }

  decode(chunk: Buffer): string {
    const all = Buffer.concat([this.#rest, chunk]);
    const whole = all.length - (all.length % this.#bytes);
    this.#rest = all.subarray(whole);
    const units = this.#ordered(all.subarray(0, whole));
    return this.#bytes === 2 ? units.toString('utf16le') : textOf(units);
  }

  encode(text: string): Buffer {
    if (this.#bytes === 2) return this.#ordered(Buffer.from(text, 'utf16le'));
    const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
    const units = Buffer.alloc(codes.length * 4);
    codes.forEach((code, at) => units.writeUInt32LE(code, at * 4));
    return this.#ordered(units);
  }

  rest(): Buffer {
    return this.#rest;
  }

  /** Little-endian, as Node reads and writes. */
  #ordered(units: Buffer): Buffer {
    if (this.#littleEndian) return units;
    return this.#bytes === 2 ? Buffer.from(units).swap16() : Buffer.from(units).swap32();
  }
}

function textOf(units: Buffer): string {
  const text: string[] = [];
  for (let at = 0; at < units.length; at += 4) {
    const code = units.readUInt32LE(at);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
      throw new NotMaskable('must be UTF-32 where it is called so');
    text.push(String.fromCodePoint(code));
  }
  return text.join('');
}
