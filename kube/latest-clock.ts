/**
 * The latest moment that any clock here has reached: ours, the API server's, and the time that has passed since the
 * last call. It never goes back, so that setting a clock back reopens nothing that has ended (T-O10).
 */

export interface ClockSources {
  /** Wall clock, epoch milliseconds. */
  readonly wall: () => number;
  /** Milliseconds since an arbitrary moment; never goes back. */
  readonly monotonic: () => number;
  /** By how much the server's clock is ahead of the wall clock at least; undefined before the first response. */
  readonly serverOffset: () => number | undefined;
}

export type LatestClock = () => number;

/** The latest moment by this machine's clocks and by the answers of one API server, as far as they are certain. */
export function latestClockOf(client: { clockAheadMs(): number | undefined }): LatestClock {
  return createLatestClock({
    wall: () => Date.now(),
    monotonic: () => performance.now(),
    serverOffset: () => client.clockAheadMs(),
  });
}

/**
 * Epoch milliseconds. A clock that jumped ahead keeps this one ahead until the process ends:
 * that shortens access, never lengthens it.
 */
export function createLatestClock(sources: ClockSources): LatestClock {
  let reached = Number.NEGATIVE_INFINITY;
  let reachedAt = sources.monotonic();
  return () => {
    const wall = sources.wall();
    const elapsed = sources.monotonic();
    // Without the time that has passed since, a clock set back by an hour would stand still for an hour.
    const carried = reached + (elapsed - reachedAt);
    reached = Math.max(carried, wall, wall + (sources.serverOffset() ?? 0));
    reachedAt = elapsed;
    return reached;
  };
}
