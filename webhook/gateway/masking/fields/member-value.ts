/**
 * Hides the value of a member of JSON or of an object in a script: a text, a number, or all that an object or a list
 * holds. Its shape stays, so that what reads it goes on working.
 */
import { numberMask } from '../classes/number-finder.ts';
import { NotMaskable } from '../masker.ts';
import { begunQuote, closingQuote, openingQuote, safeCut } from './quotes.ts';
import { type Hide, longestValue, type Taken, type Taking } from './taking.ts';

const quote = new RegExp(openingQuote, 'y');
const partialQuote = new RegExp(`^(?:${begunQuote})$`);
const scalar = /[-+\w.]+/y;
/** Deeper lists than these no application makes. */
const deepest = 1000;

export class TakingMember implements Taking {
  readonly #hide: Hide;
  /** The objects and lists that are open, and whether the next text is a name. */
  readonly #open: ('{' | '[')[] = [];
  #isName = false;
  /** The mark that opened a text whose rest is dropped. */
  #dropped: string | undefined;

  constructor(hide: Hide) {
    this.#hide = hide;
  }

  take(text: string, from: number, final: boolean): Taken {
    let out = '';
    let at = from;
    while (at < text.length) {
      const step = this.#step(text, at, final);
      out += step.out;
      if (step.at === at && !step.done) return { out, at, done: final };
      at = step.at;
      if (step.done) return { out, at, done: true };
    }
    return { out, at, done: final };
  }

  #step(text: string, at: number, final: boolean): Taken {
    if (this.#dropped !== undefined) return this.#drop(text, at, { opening: this.#dropped, final });
    quote.lastIndex = at;
    const [opening] = quote.exec(text) ?? [];
    if (opening !== undefined) return this.#text(text, at, { opening, final });
    scalar.lastIndex = at;
    const [word = ''] = scalar.exec(text) ?? [];
    if (!final && mayGoOn(text, at, word)) return { out: '', at, done: false };
    if (word === '') return this.#mark(text[at] ?? '', at);
    return { out: this.#scalar(word), at: at + word.length, done: this.#open.length === 0 };
  }

  /** A name stays, a value goes. */
  #text(text: string, at: number, { opening, final }: Opened): Taken {
    const start = at + opening.length;
    const close = closingQuote(text, start, opening);
    if (close < 0 && !final) {
      if (text.length - start < longestValue) return { out: '', at, done: false };
      this.#dropped = opening;
      return {
        out: opening + this.#hide(text.slice(start), { isCut: true }),
        at: safeCut(text, start),
        done: false,
      };
    }
    const end = close < 0 ? text.length : close;
    const value = text.slice(start, end);
    const written = this.#isName ? value : this.#hide(value);
    return this.#closed(text, { at: end, opening, before: opening + written });
  }

  #drop(text: string, at: number, { opening, final }: Opened): Taken {
    const close = closingQuote(text, at, opening);
    if (close < 0 && !final) return { out: '', at: safeCut(text, at), done: false };
    this.#dropped = undefined;
    return this.#closed(text, { at: close < 0 ? text.length : close, opening, before: '' });
  }

  #closed(
    text: string,
    { at, opening, before }: { readonly at: number; readonly opening: string; readonly before: string },
  ): Taken {
    const closing = text.startsWith(opening, at) ? opening : '';
    return { out: before + closing, at: at + closing.length, done: this.#open.length === 0 };
  }

  #scalar(word: string): string {
    if (this.#isName) return word;
    if (/^[-+.]?\d/.test(word)) return this.#hide(word) === '' ? '' : numberMask;
    if (word !== 'true' && word !== 'false') return word;
    this.#hide(word);
    return 'null';
  }

  #mark(mark: string, at: number): Taken {
    const closes = mark === '}' || mark === ']';
    if (mark === '{' || mark === '[') this.#enter(mark);
    if (closes) this.#open.pop();
    this.#isName = this.#namesAfter(mark);
    const ended = this.#open.length === 0;
    // What belongs to the text around is not ours.
    const isOurs = !ended || closes;
    return { out: isOurs ? mark : '', at: isOurs ? at + 1 : at, done: ended };
  }

  #namesAfter(mark: string): boolean {
    if (/[:}\]]/.test(mark)) return false;
    return /[,{[]/.test(mark) ? this.#open.at(-1) === '{' : this.#isName;
  }

  #enter(mark: '{' | '['): void {
    if (this.#open.length >= deepest)
      throw new NotMaskable(`must have fields with at most ${deepest} lists in one another`);
    this.#open.push(mark);
  }
}

/** Whether the text ends in the middle of a number, a word or a quotation mark. */
function mayGoOn(text: string, at: number, word: string): boolean {
  if (word !== '') return at + word.length === text.length && word.length < longestValue;
  const follows = text.slice(at, at + 20);
  return at + follows.length === text.length && partialQuote.test(follows);
}

interface Opened {
  readonly opening: string;
  readonly final: boolean;
}
