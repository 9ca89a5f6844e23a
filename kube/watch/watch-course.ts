/**
 * Decides after a watch has ended: go on from where it was or from a new list, and after how long a wait. Pure. Each known
 * way to miss changes, or to flood the server, is one line here.
 */
import { isExpired, KubeError, ServerWentBack } from '../errors.ts';

export interface EndedWatch {
  /** What broke it; undefined when the server ended it in good order. */
  readonly error?: unknown;
  /** It was open, and we gave it up because it said nothing. */
  readonly wasSilent?: boolean;
  /** Events and bookmarks that came. */
  readonly events: number;
  readonly lastedMs: number;
}

export interface Course {
  readonly relist: boolean;
  readonly waitMs: number;
}

export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** client-go's reflector waits up to 30 s; nothing is ready here before its copies are, so that an API server is found within 4 s. */
export const reflectorBackoff: Backoff = { firstMs: 800, mostMs: 4_000 };
/** What a server may ask for at most. */
const longestRetryAfterMs = 30_000;

/** So many watches in a row that end at once and empty mean that the server no longer serves our version. */
const emptyWatchesBeforeRelist = 5;
const shortMs = 1_000;

/** Decides from what happened since the last success. `random` is in [0, 1). */
export class WatchCourse {
  readonly #backoff: Backoff;
  readonly #random: () => number;
  #failures = 0;
  #emptyWatches = 0;

  constructor(backoff: Backoff = reflectorBackoff, random: () => number = Math.random) {
    this.#backoff = backoff;
    this.#random = random;
  }

  /** After a list that failed. */
  afterFailedList(error: unknown): Course {
    return { relist: true, waitMs: this.#wait(error) };
  }

  afterWatch(ended: EndedWatch): Course {
    const wasAlive = ended.events > 0 || ended.lastedMs >= shortMs;
    if (wasAlive) {
      this.#failures = 0;
      this.#emptyWatches = 0;
    }
    if (ended.wasSilent === true) return { relist: false, waitMs: 0 };
    if (ended.error !== undefined) return this.#afterBroken(ended.error, wasAlive);
    if (wasAlive) return { relist: false, waitMs: 0 };
    // kubernetes/kubernetes#137089: a version that is too old may get an empty watch instead of 410.
    this.#emptyWatches += 1;
    const relist = this.#emptyWatches >= emptyWatchesBeforeRelist;
    if (relist) this.#emptyWatches = 0;
    return { relist, waitMs: this.#wait(undefined) };
  }

  #afterBroken(error: unknown, wasAlive: boolean): Course {
    const relist = mayBeAnother(error);
    const isKnownBy = isExpired(error) || error instanceof ServerWentBack;
    // A connection that worked and broke is replaced at once, and a first 410 leads to a list at once.
    if (wasAlive || (isKnownBy && this.#failures === 0)) {
      this.#failures += wasAlive ? 0 : 1;
      return { relist, waitMs: 0 };
    }
    return { relist, waitMs: this.#wait(error) };
  }

  #wait(error: unknown): number {
    this.#failures += 1;
    const { firstMs, mostMs } = this.#backoff;
    const doubled = firstMs * 2 ** Math.min(this.#failures - 1, 30);
    const asked = error instanceof KubeError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    return Math.max(Math.min(asked, longestRetryAfterMs), Math.min(mostMs, doubled * (1 + this.#random())));
  }
}

/**
 * Whether what comes next may be a server with other data. One that broke off, could not be reached or refuses may be on its way
 * down, or up again with the data of a backup: it refuses everybody (403) until it has read its roles. A watch from a version
 * that it does not have yet is opened and silent, and one from a version that it has again misses what is between, so where
 * the copy stands is asked by a list. A server that has too much to do is the one that it was.
 */
function mayBeAnother(error: unknown): boolean {
  return !(error instanceof KubeError && error.status === 429);
}
