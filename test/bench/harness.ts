/**
 * How many times the peer's cost is ours? Paired and interleaved: both sides run in every round, in turns first, and
 * the median of the rounds' ratios counts. Absolute times say something about the machine only.
 */

/** Does some operations and says how many. */
export type Batch = () => number | Promise<number>;

export interface Pair {
  readonly ours: Batch;
  readonly peer: Batch;
}

export interface Measured {
  /** Median of ours/peer over the rounds. */
  readonly ratio: number;
  /** The middle half of the rounds lies between these. */
  readonly low: number;
  readonly high: number;
  /** CPU microseconds per operation, median. */
  readonly oursMicros: number;
  readonly peerMicros: number;
}

export interface Effort {
  readonly rounds: number;
  readonly warmUpMs: number;
  /** CPU time that each side gets in each round, at least. */
  readonly roundMs: number;
}

const effort: Effort = { rounds: 9, warmUpMs: 400, roundMs: 80 };

/** Measures a pair. At least seven rounds, after a warm-up that compiles both sides. */
export async function measurePair(
  pair: Pair,
  { rounds, warmUpMs, roundMs }: Effort = effort,
): Promise<Measured> {
  await cpuPerOperation(pair.ours, warmUpMs);
  await cpuPerOperation(pair.peer, warmUpMs);
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const turns = round % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const);
    for (const side of turns)
      (side === 'ours' ? ours : peer).push(await cpuPerOperation(pair[side], roundMs));
  }
  const ratios = ours.map((micros, round) => micros / (peer[round] ?? Number.NaN));
  return {
    ratio: quantile(ratios, 0.5),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    oursMicros: quantile(ours, 0.5),
    peerMicros: quantile(peer, 0.5),
  };
}

/** CPU microseconds of the whole process, helper threads included, per operation; repeats the batch for `ms` at least. */
async function cpuPerOperation(batch: Batch, ms: number): Promise<number> {
  const start = process.cpuUsage();
  let operations = 0;
  for (;;) {
    const done = batch();
    operations += typeof done === 'number' ? done : await done;
    const { user, system } = process.cpuUsage(start);
    if (user + system >= ms * 1000) return (user + system) / operations;
  }
}

/** The value below which a part of the sorted values lies, interpolated. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** A generator of numbers below a bound that gives the same ones in every run (mulberry32). */
export function seeded(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296) * bound);
  };
}
