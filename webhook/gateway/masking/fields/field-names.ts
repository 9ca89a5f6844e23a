/** The names of fields that a matrix lists, as texts write them: in any case, and in UTF-8 one character for each byte. */
import { begunQuote, openingQuote } from './quotes.ts';

/** How many characters before the end of a text can be the beginning of what names a field. */
export const longestBegun = 400;

/** What may stand between the name of a form, an object or a list and that of its field. */
const owner = String.raw`(?:[\w.-]{1,40}(?:%5B|\[|\.))?`;
const question = String.raw`[?&](?:amp;|#38;)?`;

export class FieldNames {
  readonly #names: ReadonlySet<string>;
  readonly #any: string;
  readonly #beginning: string;

  constructor(names: readonly string[]) {
    const written = names.flatMap((name) => [name, Buffer.from(name, 'utf8').toString('latin1')]);
    this.#names = new Set(written.map((name) => name.toLowerCase()));
    const longestFirst = [...this.#names].toSorted((one, other) => other.length - one.length);
    this.#any = `(?:${longestFirst.map(escaped).join('|')})`;
    this.#beginning = `(?:${longestFirst.map(beginningOf).join('|')})`;
  }

  has(name: string): boolean {
    return this.#names.has(name.toLowerCase());
  }

  /** What comes before a value that is to be hidden, each as a group of its own; elements where a text has them. */
  places(hasElements: boolean): RegExp {
    const any = this.#any;
    const places = [
      String.raw`(?<member>(?<mark>${openingQuote})${any}\k<mark>\s{0,64}:\s{0,64})`,
      String.raw`(?<parameter>(?:^|${question})${owner}${any}(?:%5D|\])?(?:%5B%5D|\[\])?=)`,
      ...(hasElements
        ? [String.raw`(?<property>(?<=[{,]\s{0,32})${any}\s{0,8}:\s{0,32}(?=["']))`, '(?<tag><(?=[a-z]))']
        : []),
    ];
    return new RegExp(places.join('|'), 'gi');
  }

  /** What may become one of them, at the end of a text. */
  begun(): RegExp {
    const [any, some] = [this.#any, this.#beginning];
    const colon = String.raw`\s{0,64}:?\s{0,64}`;
    return new RegExp(
      `(?:${begunQuote}|(?:${openingQuote})(?:${some}|${any}(?:\\\\{0,15}["']?|&[#\\w]{0,5};?|%2{0,2})${colon})?` +
        `|[{,]\\s{0,32}(?:${some}|${any}${colon})?|${question}[\\w.%[\\]-]{0,160}=?|[?&](?:a|am|amp|#|#3|#38)?|<)$`,
      'i',
    );
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}

/** A pattern of every beginning of a name, from its first character on. */
function beginningOf(name: string): string {
  const [first = '', ...rest] = Array.from(name, escaped);
  return first + rest.reduceRight((inner, character) => `(?:${character}${inner})?`, '');
}
