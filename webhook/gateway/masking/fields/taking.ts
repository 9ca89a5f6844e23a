/** What hides one value that may be longer than any chunk: it takes the text from a place on until the value has ended. */

/** What was taken, and what is written for it. */
export interface Taken {
  readonly out: string;
  /** From where on the text is not taken yet. */
  readonly at: number;
  /** Whether the value has ended. */
  readonly done: boolean;
}

export interface Taking {
  take(text: string, from: number, final: boolean): Taken;
}

/** Writes what stands in place of a value, and counts it; an empty value stays. */
export type Hide = (value: string, place?: HiddenPlace) => string;

/** A value is sent back, and whole, unless it says otherwise. */
export interface HiddenPlace {
  readonly isKept?: boolean;
  readonly isCut?: boolean;
  /** What stands before it, where it is a part of an address. */
  readonly before?: string;
}

/** Values up to this length are read whole; of a longer one the rest is dropped as it comes. */
export const longestValue = 4096;

/** Takes everything up to a character that ends it. */
export class TakingUntil implements Taking {
  readonly #ends: RegExp;
  readonly #hide: Hide;
  #dropping = false;

  /** The pattern is sought without a flag. */
  constructor(ends: RegExp, hide: Hide) {
    this.#ends = ends;
    this.#hide = hide;
  }

  take(text: string, from: number, final: boolean): Taken {
    const found = text.slice(from).search(this.#ends);
    const end = found < 0 ? text.length : from + found;
    const done = found >= 0 || final;
    if (this.#dropping) return { out: '', at: end, done };
    if (!done && end - from < longestValue) return { out: '', at: from, done };
    this.#dropping = true;
    return { out: this.#hide(text.slice(from, end), { isCut: !done, before: '=' }), at: end, done };
  }
}
