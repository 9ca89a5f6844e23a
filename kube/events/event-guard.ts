/**
 * Limits the Events about one object, against a controller in a loop, with client-go's numbers: 25 at once, then one in
 * five minutes. Bounded memory.
 */
import type { Clock } from '../clock.ts';

const burst = 25;
const refillMs = 5 * 60_000;
const mostObjects = 4096;

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export class EventGuard {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one of the object's tokens, if it has any left. */
  admits(object: string): boolean {
    const now = this.#clock.monotonic();
    const known = this.#buckets.get(object) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, known.tokens + (now - known.at) / refillMs);
    this.#remember(object, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1;
  }

  /** The object whose last Event is oldest is forgotten first. */
  #remember(object: string, bucket: Bucket): void {
    this.#buckets.delete(object);
    this.#buckets.set(object, bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= mostObjects) return;
      this.#buckets.delete(oldest);
    }
  }
}
