/**
 * Takes the values of some classes out of a stream of bytes, whatever its chunks: what could be the beginning of a value
 * is held back until more comes, and never more than a few kilobytes. It does not know where the bytes go.
 */
import type { DataClass, TextKind } from './classes/data-class.ts';
import type { Masker, MaskingStream } from './masker.ts';

/** What the first bytes of a text in another width than one byte look like: nothing would be found in it. */
const wideMarks = /^(?:\xff\xfe|\xfe\xff|\0\0\xfe\xff)/;
/** And without a mark: a printable character beside its zero bytes. */
const wideCharacters =
  /^(?:[\t\n\r -~]\0[\t\n\r -~]\0|\0[\t\n\r -~]\0[\t\n\r -~]|[\t\n\r -~]\0\0\0|\0\0\0[\t\n\r -~])/;
/** How many bytes have to be there before a wide text can be told. */
const widestMark = 4;

export interface TextMaskerOptions {
  readonly classes: readonly DataClass[];
  readonly kind: TextKind;
}

/** Masks one text. Throws when it turns out to be UTF-16 or UTF-32: the caller must then send nothing of it. */
export class TextMasker implements MaskingStream {
  readonly #stages: readonly Stage[];
  #head = '';
  #begun = false;

  constructor({ classes, kind }: TextMaskerOptions) {
    this.#stages = classes.map((dataClass) => new Stage(dataClass, kind));
  }

  get counts(): Readonly<Record<string, number>> {
    const found = this.#stages.filter(({ count }) => count > 0);
    return Object.fromEntries(found.map(({ name, count }) => [name, count]));
  }

  push(chunk: Buffer): Buffer {
    // As Latin-1 each byte is one character, so that bytes of any encoding come out as they went in.
    const text = this.#head + chunk.toString('latin1');
    if (!this.#begun && text.length < widestMark) {
      this.#head = text;
      return Buffer.alloc(0);
    }
    return this.#mask(text, false);
  }

  end(): Buffer {
    return this.#mask(this.#head, true);
  }

  #mask(text: string, final: boolean): Buffer {
    if (!this.#begun && (wideMarks.test(text) || wideCharacters.test(text)))
      throw new Error('the response is UTF-16 or UTF-32, which cannot be masked');

    this.#begun = true;
    this.#head = '';
    const masked = this.#stages.reduce((rest, stage) => stage.mask(rest, final), text);
    return Buffer.from(masked, 'latin1');
  }
}

/**
 * One class of one text. The stages stand in a row, each seeing what the one before lets through, so that each holds
 * back for itself and no two can claim the same bytes.
 */
class Stage {
  count = 0;
  readonly #dataClass: DataClass;
  readonly #kind: TextKind;
  #held = '';

  constructor(dataClass: DataClass, kind: TextKind) {
    this.#dataClass = dataClass;
    this.#kind = kind;
  }

  get name(): string {
    return this.#dataClass.name;
  }

  mask(more: string, final: boolean): string {
    const text = this.#held + more;
    const { find, replacement } = this.#dataClass;
    const parts: string[] = [];
    let copied = 0;
    const open = find(text, { kind: this.#kind, final }, ({ start, end }) => {
      parts.push(text.slice(copied, start), replacement);
      copied = end;
      this.count += 1;
    });
    parts.push(text.slice(copied, open));
    this.#held = text.slice(open);
    return parts.join('');
  }
}

/** A short text without the values of these classes, and how many there were of each. */
export function maskText(text: string, options: TextMaskerOptions): ReturnType<Masker['text']> {
  const masker = new TextMasker(options);
  // Through bytes: characters beyond ASCII count as letters in both forms.
  const bytes = Buffer.concat([masker.push(Buffer.from(text, 'utf8')), masker.end()]);
  return { value: bytes.toString('utf8'), counts: masker.counts };
}
