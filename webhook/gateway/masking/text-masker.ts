/**
 * Takes e-mail addresses out of a stream of bytes, whatever its chunks: what could be the beginning of an address is
 * held back until more comes, and never more than a few kilobytes. It does not know where the bytes go.
 */
import { findEmails, type LocalPart } from './email-finder.ts';
import type { MaskingStream } from './masker.ts';

/** What stands in place of an address: plain in every format, quoted or not. */
export const replacement = '[e-mail-hidden]';

/** The class under which masked addresses are counted in the records. */
export const emailClass = 'EmailAddress';

/** What the first bytes of a text in another width than one byte look like: nothing would be found in it. */
const wideMarks = /^(?:\xff\xfe|\xfe\xff|\0\0\xfe\xff)/;
/** And without a mark: a printable character beside its zero bytes. */
const wideCharacters =
  /^(?:[\t\n\r -~]\0[\t\n\r -~]\0|\0[\t\n\r -~]\0[\t\n\r -~]|[\t\n\r -~]\0\0\0|\0\0\0[\t\n\r -~])/;

export interface TextMaskerOptions {
  readonly local: LocalPart;
}

/** Masks one text. Throws when it turns out to be UTF-16 or UTF-32: the caller must then send nothing of it. */
export class TextMasker implements MaskingStream {
  readonly #local: LocalPart;
  #held = '';
  #count = 0;
  #begun = false;

  constructor({ local }: TextMaskerOptions) {
    this.#local = local;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#count === 0 ? {} : { [emailClass]: this.#count };
  }

  push(chunk: Buffer): Buffer {
    const text = this.#held + chunk.toString('latin1');
    if (!this.#begun && text.length < 4) {
      this.#held = text;
      return Buffer.alloc(0);
    }
    return this.#mask(text, false);
  }

  end(): Buffer {
    return this.#mask(this.#held, true);
  }

  #mask(text: string, final: boolean): Buffer {
    if (!this.#begun && (wideMarks.test(text) || wideCharacters.test(text)))
      throw new Error('the answer is UTF-16 or UTF-32, which cannot be masked');

    this.#begun = true;
    const parts: string[] = [];
    let copied = 0;
    const open = findEmails(text, { local: this.#local, final }, ({ start, end }) => {
      parts.push(text.slice(copied, start), replacement);
      copied = end;
      this.#count += 1;
    });
    parts.push(text.slice(copied, open));
    this.#held = text.slice(open);
    return Buffer.from(parts.join(''), 'latin1');
  }
}

/** A short text without addresses, and how many there were. */
export function maskText(text: string, local: LocalPart = 'whole'): { text: string; count: number } {
  const masker = new TextMasker({ local });
  // Through bytes: characters beyond ASCII count as letters in both forms.
  const bytes = Buffer.concat([masker.push(Buffer.from(text, 'utf8')), masker.end()]);
  return { text: bytes.toString('utf8'), count: masker.counts[emailClass] ?? 0 };
}
