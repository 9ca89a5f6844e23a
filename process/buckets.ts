/**
 * How often may one client cause what costs us more than it costs the client? A token bucket for each key, in bounded
 * memory. It does not know what a key stands for.
 */

export interface Buckets {
  /** Takes `cost` tokens (one) of this key; false when there are not so many left, and then none is taken. */
  take(key: string, cost?: number): boolean;
  /** Gives back one token of this key that was taken and not needed; a bucket never holds more than its size. */
  give(key: string): void;
}

export interface BucketsOptions {
  /** Tokens of a full bucket. */
  readonly size: number;
  /** A token comes back after so many milliseconds. */
  readonly everyMs: number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

/** Keys that have a bucket of their own at one time; those beyond share one. */
const maxBuckets = 10_000;
const shared = 'shared';

interface Bucket {
  left: number;
  at: number;
}

export function createBuckets({ size, everyMs, clock }: BucketsOptions): Buckets {
  // Two generations, each as long as an empty bucket takes to fill: what was not touched in a whole one is full again
  // and may be forgotten, without ever walking over all of them.
  const generationMs = size * everyMs;
  let current = new Map<string, Bucket>();
  let previous = new Map<string, Bucket>();
  let turnsAt = clock() + generationMs;

  const turn = (now: number): void => {
    if (now < turnsAt) return;
    previous = now < turnsAt + generationMs ? current : new Map();
    current = new Map();
    turnsAt = now + generationMs;
  };
  const bucketOf = (key: string, now: number): Bucket => {
    const known = current.get(key) ?? previous.get(key);
    if (known === undefined && current.size >= maxBuckets && key !== shared) return bucketOf(shared, now);
    const bucket = known ?? { left: size, at: now };
    current.set(key, bucket);
    return bucket;
  };
  const filled = (key: string): Bucket => {
    const now = clock();
    turn(now);
    const bucket = bucketOf(key, now);
    bucket.left = Math.min(size, bucket.left + (now - bucket.at) / everyMs);
    bucket.at = now;
    return bucket;
  };
  return {
    take(key, cost = 1) {
      const bucket = filled(key);
      if (bucket.left < cost) return false;
      bucket.left -= cost;
      return true;
    },
    give(key) {
      const bucket = filled(key);
      bucket.left = Math.min(size, bucket.left + 1);
    },
  };
}
