/** The encodings in which mail carries a body (RFC 2045 6): how a masker for the decoded bytes masks the encoded ones. */
import { type MaskingStream, NotMaskable } from './masker.ts';

/** What leaves a body as it is: its bytes are themselves. */
const identity = new Set(['', '7bit', '8bit', 'binary']);

/** How a body is carried, and how its lines end. */
export interface Carried {
  readonly encoding: string;
  readonly lineBreak: string;
}

/** Whether the bytes of such a body are themselves. */
export function isIdentity(encoding: string): boolean {
  return identity.has(encoding);
}

/** A masker of what is carried so: around one of what it stands for, or one that reads quoted-printable. */
export function inTransferEncoding(
  { encoding, lineBreak }: Carried,
  inner: () => MaskingStream,
  quoted: () => MaskingStream,
): MaskingStream {
  if (identity.has(encoding)) return inner();
  if (encoding === 'quoted-printable') return quoted();
  if (encoding === 'base64') return new Base64Masker(inner(), lineBreak);
  throw new NotMaskable('must have parts in a Content-Transfer-Encoding of RFC 2045');
}

/** Three bytes are four characters; a line has 76 of them at most. */
const bytesOfALine = 57;

class Base64Masker implements MaskingStream {
  readonly #inner: MaskingStream;
  #characters = '';
  #bytes = Buffer.alloc(0);
  readonly #lineBreak: string;

  constructor(inner: MaskingStream, lineBreak: string) {
    this.#inner = inner;
    this.#lineBreak = lineBreak;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#inner.counts;
  }

  push(chunk: Buffer): Buffer {
    const characters = this.#characters + chunk.toString('latin1').replaceAll(/[^A-Za-z0-9+/=]/g, '');
    const whole = characters.length - (characters.length % 4);
    this.#characters = characters.slice(whole);
    return this.#encoded(this.#inner.push(decodedQuads(characters.slice(0, whole))), false);
  }

  end(): Buffer {
    const rest = Buffer.concat([this.#inner.push(decodedQuads(this.#characters)), this.#inner.end()]);
    return this.#encoded(rest, true);
  }

  #encoded(more: Buffer, final: boolean): Buffer {
    this.#bytes = Buffer.concat([this.#bytes, more]);
    const whole = final ? this.#bytes.length : this.#bytes.length - (this.#bytes.length % bytesOfALine);
    const lines: string[] = [];
    for (let at = 0; at < whole; at += bytesOfALine)
      lines.push(this.#bytes.toString('base64', at, Math.min(at + bytesOfALine, whole)) + this.#lineBreak);

    this.#bytes = this.#bytes.subarray(whole);
    return Buffer.from(lines.join(''), 'latin1');
  }
}

/** Padding ends one text and another may follow it. */
function decodedQuads(characters: string): Buffer {
  if (!characters.includes('=')) return Buffer.from(characters, 'base64');
  return Buffer.concat(characters.split(/(?<==)(?!=)/).map((one) => Buffer.from(one, 'base64')));
}
