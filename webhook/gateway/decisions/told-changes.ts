/**
 * What did watches tell while a decision was being read? A reading may take seconds where the API server is busy, and
 * what was taken away meanwhile must not count as it was read at its beginning. For taking access away only.
 */
import type { SeenChange } from './world-after.ts';

/** Gives what was told since a moment. */
export type ToldSince = () => readonly SeenChange[];

export interface ToldOptions {
  /** Never goes back, milliseconds. */
  readonly monotonic: () => number;
  /** Longer than a decision may take; what is older is dropped. */
  readonly keepMs: number;
}

/** The changes of the last seconds, in order. */
export class ToldChanges {
  readonly #options: ToldOptions;
  readonly #kept: { readonly at: number; readonly change: SeenChange }[] = [];
  #added = 0;

  constructor(options: ToldOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#kept.length;
  }

  add(change: SeenChange): void {
    const at = this.#options.monotonic();
    const kept = this.#kept.findIndex((older) => older.at >= at - this.#options.keepMs);
    this.#kept.splice(0, kept === -1 ? this.#kept.length : kept);
    this.#kept.push({ at, change });
    this.#added += 1;
  }

  /** From now on; the returned function gives what was told by the moment of its call. Throws when that is not known any more. */
  fromNow(): ToldSince {
    const before = this.#added;
    return () => {
      const told = this.#added - before;
      if (told > this.#kept.length)
        throw new Error('the changes since the request came are not kept any more');
      return told === 0 ? [] : this.#kept.slice(-told).map(({ change }) => change);
    };
  }
}
