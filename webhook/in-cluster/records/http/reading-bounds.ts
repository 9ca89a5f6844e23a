/**
 * How much of the records a person may have read, settled before anything is read: reading takes the thread that appends, and a
 * page on its way is held in memory. What a page costs more, a record, comes out of what a person may read at all.
 */
import type { Clock } from '../../../../kube/clock.ts';
import { createBuckets } from '../../../../process/buckets.ts';

/** How many pages a person may read at once, and how soon one more: a million records, then 14,400 pages a day. */
export const readingRate = { pages: 1000, everySeconds: 6 } as const;

/** Of what leaves no record of its own (the head, a page without a line, one that is counted) there may be more. */
export const repeatRate = { times: 1000, everySeconds: 1 } as const;

/** How many pages may be on their way to one person, and to all. */
export const underWay = { each: 2, all: 8 } as const;

/** What a person may read now. End it always. */
export interface ReadingTurn {
  /** It left no record of its own: it costs less, as long as the person has not had too much of such. */
  leftNoRecord(): void;
  /** The page is on its way no longer. */
  end(): void;
}

export type TooMuch = 'too many' | 'too many at once';

export interface ReadingBounds {
  /** Lets a person read a page, or says why not; then nothing may be read. */
  begin(person: string): ReadingTurn | TooMuch;
  /** Whether a person may have the head. */
  mayHaveHead(person: string): boolean;
}

export function createReadingBounds(clock: Pick<Clock, 'monotonic'>): ReadingBounds {
  const bucketsOf = (size: number, everySeconds: number) =>
    createBuckets({ size, everyMs: everySeconds * 1000, clock: () => clock.monotonic() });
  const pages = bucketsOf(readingRate.pages, readingRate.everySeconds);
  const repeats = bucketsOf(repeatRate.times, repeatRate.everySeconds);
  const turns = new Map<string, number>();
  let all = 0;

  const begun = (person: string): ReadingTurn => {
    turns.set(person, (turns.get(person) ?? 0) + 1);
    all += 1;
    let isEnded = false;
    return {
      leftNoRecord() {
        if (repeats.take(person)) pages.give(person);
      },
      end() {
        if (isEnded) return;
        isEnded = true;
        all -= 1;
        const left = (turns.get(person) ?? 0) - 1;
        if (left > 0) turns.set(person, left);
        else turns.delete(person);
      },
    };
  };
  return {
    begin(person) {
      if (all >= underWay.all || (turns.get(person) ?? 0) >= underWay.each) return 'too many at once';
      return pages.take(person) ? begun(person) : 'too many';
    },
    mayHaveHead: (person) => repeats.take(person),
  };
}
