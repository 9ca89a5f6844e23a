/**
 * Masks what is called a Word, Excel or PowerPoint file, unless it really is one. Many applications call a CSV or HTML
 * export `application/vnd.ms-excel`, so only what begins as a compound file passes; anything else is a text.
 */
import type { DataClass } from './classes/data-class.ts';
import type { MaskingStream } from './masker.ts';
import { TextMasker } from './text-masker.ts';

/** The first bytes of every compound file ([MS-CFB] 2.2). */
const signature = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** Passes a compound file as it is and masks everything else. */
export class OfficeMasker implements MaskingStream {
  readonly #classes: readonly DataClass[];
  #head = Buffer.alloc(0);
  #rest: MaskingStream | undefined;

  constructor(classes: readonly DataClass[]) {
    this.#classes = classes;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#rest?.counts ?? {};
  }

  push(chunk: Buffer): Buffer {
    if (this.#rest !== undefined) return this.#rest.push(chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    const seen = this.#head.subarray(0, signature.length);
    const fits = seen.equals(signature.subarray(0, seen.length));
    if (fits && seen.length < signature.length) return Buffer.alloc(0);
    this.#rest = fits ? new Passing() : this.#text();
    return this.#rest.push(this.#head);
  }

  end(): Buffer {
    if (this.#rest !== undefined) return this.#rest.end();
    // Too short to be a file.
    const text = this.#text();
    return Buffer.concat([text.push(this.#head), text.end()]);
  }

  #text(): TextMasker {
    return new TextMasker({ classes: this.#classes, kind: 'markup' });
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
