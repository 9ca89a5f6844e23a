/** What a row of the bench is, and when it fails. Knows nothing about how its numbers are got. */
import type { Measured } from './harness.ts';

/** One line of the printed table. */
export interface Result {
  readonly what: string;
  readonly value: number;
  readonly unit: 'x' | 'ms' | 'writes' | 'requests' | 'us' | 'MB' | 'm';
  /** The best that the spread of the rounds allows to validateResponse; equal to the value where it was counted. */
  readonly low: number;
  readonly high: number;
  /** The value must not be more than this. */
  readonly limit: number;
  /** What else a reader wants to know, such as both sides' absolute cost. */
  readonly detail: string;
}

export interface Row {
  /** As in the list of goals, in lower case: `b5`. */
  readonly id: string;
  readonly title: string;
  /** Throws when the answers of the sides differ: nothing that answers wrongly is fast. */
  readonly run: (progress: (sentence: string) => void) => Promise<Result[]>;
}

/** A target is missed when even the low end of the spread lies above it. */
export function isMissed({ low, limit }: Result): boolean {
  return !(low <= limit);
}

/** A result from a measured pair. */
export function ratioResult(what: string, limit: number, measured: Measured): Result {
  const { ratio, low, high, oursMicros, peerMicros } = measured;
  const detail = `ours ${micros(oursMicros)}, peer ${micros(peerMicros)}`;
  return { what, value: ratio, unit: 'x', low, high, limit, detail };
}

/** A result that was counted or timed once, and so has no spread. */
export function countedResult(
  what: string,
  {
    value,
    unit,
    limit,
    detail = '',
  }: Pick<Result, 'value' | 'unit' | 'limit'> & { readonly detail?: string },
): Result {
  return { what, value, unit, low: value, high: value, limit, detail };
}

function micros(value: number): string {
  return value >= 100 ? `${value.toFixed(0)} us` : `${value.toPrecision(3)} us`;
}
