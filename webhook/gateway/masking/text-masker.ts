/**
 * Takes the values of some classes out of a stream of bytes, in any chunks: what could be the beginning of a value
 * is held back until more comes, and never more than a few kilobytes. It does not know where the bytes go.
 */
import {
  type ClassStage,
  type DataClass,
  longestBefore,
  type MaskedClass,
  type WriteValue,
} from './classes/data-class.ts';
import type { Masker, MaskingStream } from './masker.ts';
import type { TextKind } from './reading/grammar.ts';
import { inNoText, UnreadableWatch } from './unreadable.ts';
import {
  byteCodec,
  type Codec,
  codecOf,
  type Encoding,
  headOfWideText,
  wideEncodingOf,
} from './wide-text.ts';
import { longestContext, type WriteHidden, writeMask } from './writing.ts';

/** How many bytes have to be there before the width of a text's characters can be told. */
const widestMark = 4;
/** What a text of any type may say first: vCard and iCalendar, LDIF, Rich Text Format. */
const beginnings: readonly (readonly [begins: string, kind: TextKind])[] = [
  ['BEGIN:V', 'card'],
  ['DN:', 'card'],
  ['VERSION: 1', 'card'],
  ['# EXTENDED LDIF', 'card'],
  ['{\\RTF', 'rtf'],
];
/** White space in front of it; with more of it a stream is not held back any longer. */
const longestBlank = 64;

export interface TextMaskerOptions {
  readonly classes: readonly MaskedClass[];
  readonly kind: TextKind;
  /** As the type declares it; a mark in the text overrules it. Undefined means single bytes unless the text shows other. */
  readonly encoding?: Encoding | undefined;
  /** Writes what stands in place of a value; the mask of its class without it. */
  readonly write?: WriteHidden | undefined;
  /** Whether all of it may be sent back, as a header is; else each place tells. */
  readonly isKept?: boolean;
  /** Whether its bytes are known to be UTF-8. */
  readonly isUtf8?: boolean | undefined;
  /** How many of its first characters have to be such as a text has; none without it. */
  readonly textFor?: number;
}

/** Masks one text, in the encoding in which it comes. */
export class TextMasker implements MaskingStream {
  readonly #options: TextMaskerOptions;
  readonly #watch: UnreadableWatch;
  #stages: readonly ClassStage[] = [];
  #codec: Codec | undefined;
  #head = Buffer.alloc(0);

  constructor(options: TextMaskerOptions) {
    this.#options = options;
    this.#watch = new UnreadableWatch(options.textFor ?? 0);
  }

  get counts(): Readonly<Record<string, number>> {
    const found = this.#stages.filter(({ count }) => count > 0);
    return Object.fromEntries(found.map(({ name, count }) => [name, count]));
  }

  push(chunk: Buffer): Buffer {
    if (this.#codec !== undefined) return this.#mask(this.#codec, chunk, false);
    this.#head = Buffer.concat([this.#head, chunk]);
    return isUndecided(this.#head) ? Buffer.alloc(0) : this.#mask(this.#begin(), this.#head, false);
  }

  end(): Buffer {
    const unread = this.#codec === undefined ? this.#head : Buffer.alloc(0);
    const codec = this.#codec ?? this.#begin();
    return Buffer.concat([this.#mask(codec, unread, true), codec.rest()]);
  }

  #begin(): Codec {
    const { classes, encoding: declared } = this.#options;
    const told = mayBeWide(this.#head) ? headOfWideText : widestMark;
    const encoding = wideEncodingOf(this.#head.toString('latin1', 0, told)) ?? declared;
    this.#codec = encoding === undefined ? byteCodec() : codecOf(encoding);
    const begun = begunText(this.#head);
    const [, kind = this.#options.kind] = beginnings.find(([begins]) => begun.startsWith(begins)) ?? [];
    this.#stages = classes.map((each) => this.#stage(each, kind, encoding !== undefined));
    return this.#codec;
  }

  #stage(each: MaskedClass, kind: TextKind, isWide: boolean): ClassStage {
    const { write = writeMask, isUtf8 = false, isKept } = this.#options;
    const characters = isWide ? 'text' : isUtf8 ? 'utf-8' : 'bytes';
    const usual = isKept === undefined ? {} : { isKept };
    const writeOne: WriteValue = (value) => write(each, { ...usual, ...value, kind, characters });
    return 'follow' in each ? each.follow(kind, writeOne) : new Stage(each, kind, writeOne);
  }

  #mask(codec: Codec, bytes: Buffer, final: boolean): Buffer {
    const text = codec.decode(bytes);
    this.#watch.look(text, final);
    return codec.encode(this.#stages.reduce((rest, stage) => stage.mask(rest, final), text));
  }
}

/** Whether too little is there to tell the width of the characters, or what begins. */
function isUndecided(head: Buffer): boolean {
  if (head.length < widestMark) return true;
  if (head.length < headOfWideText && mayBeWide(head)) return true;
  const begun = begunText(head);
  if (begun === '') return head.length < longestBlank;
  return beginnings.some(([begins]) => begun.length < begins.length && begins.startsWith(begun));
}

/** Zeros and the like among the first characters: more of them tell how wide they are. */
function mayBeWide(head: Buffer): boolean {
  return inNoText.test(head.toString('latin1', 0, widestMark));
}

/** The first characters in capitals, without a mark, zeros and white space in front. */
function begunText(head: Buffer): string {
  return head
    .toString('latin1', 0, 4 * longestBlank)
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .replaceAll('\0', '')
    .trimStart()
    .toUpperCase();
}

/**
 * One class of one text. The stages stand in a row, each seeing what the one before lets through, so that each holds
 * back for itself and no two can claim the same bytes.
 */
class Stage implements ClassStage {
  count = 0;
  readonly #dataClass: DataClass;
  readonly #kind: TextKind;
  readonly #write: WriteValue;
  #held = '';
  /** What stood before that in the source. */
  #before = '';

  constructor(dataClass: DataClass, kind: TextKind, write: WriteValue) {
    this.#dataClass = dataClass;
    this.#kind = kind;
    this.#write = write;
  }

  get name(): string {
    return this.#dataClass.name;
  }

  mask(more: string, final: boolean): string {
    const text = this.#held + more;
    const { find } = this.#dataClass;
    const context = this.#before;
    const parts: string[] = [];
    let copied = 0;
    const open = find(
      text,
      { kind: this.#kind, final, before: context.slice(-longestBefore) },
      ({ start, end, written }) => {
        const near = text.slice(Math.max(0, start - longestContext), start);
        const before = near.length < longestContext ? (context + near).slice(-longestContext) : near;
        const by = this.#write({ before, written: text.slice(start, end) });
        parts.push(text.slice(copied, start), written?.(by) ?? by);
        copied = end;
        this.count += 1;
      },
    );
    parts.push(text.slice(copied, open));
    this.#held = text.slice(open);
    this.#before = (context + text.slice(Math.max(0, open - longestContext), open)).slice(-longestContext);
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
