/**
 * The latest moment that any clock here has reached: ours, the API server's, and the time that has passed since the
 * last call. It does not go back because one clock does, so that setting a clock back reopens nothing that has ended (T-O10);
 * where both clocks have long said that it was ahead, a clock was ahead once, and it follows them again.
 */

export interface ClockSources {
  /** Wall clock, epoch milliseconds. */
  readonly wall: () => number;
  /** Milliseconds since an arbitrary moment; never goes back. */
  readonly monotonic: () => number;
  /** By how much the server's clock is ahead of the wall clock; undefined before the first response. */
  readonly serverOffset: () => number | undefined;
}

/** Epoch milliseconds. */
export type LatestClock = () => number;

/** Epoch milliseconds; before all time where it is not known. */
export type EarliestClock = () => number;

export interface HealingClock extends LatestClock {
  /** By how much it is later than both clocks say, milliseconds: what a clock that was ahead has left. */
  heldAheadMs(): number;
}

/** The latest moment by this machine's clocks and by the answers of one API server, as far as they are certain. */
export function latestClockOf(client: { clockAheadMs(): number | undefined }): HealingClock {
  return createLatestClock({
    wall: () => Date.now(),
    monotonic: () => performance.now(),
    serverOffset: () => client.clockAheadMs(),
  });
}

/** So far may two clocks that agree be apart: responses tell whole seconds. */
const agreeWithinMs = 5000;
/** So long both must have said so, without a break, before they are followed back. */
export const followBackAfterMs = 30_000;

/**
 * While it is ahead of both clocks access is shorter, never longer. One clock alone never takes it back: it could be the one
 * that was set. Who sets both back can lengthen what is open, and reopens nothing that was reported or deleted as ended.
 */
export function createLatestClock({ wall, monotonic, serverOffset }: ClockSources): HealingClock {
  let reached = Number.NEGATIVE_INFINITY;
  let reachedAt = monotonic();
  let contradictedSince: number | undefined;
  let heldAhead = 0;
  const clock = (): number => {
    const own = wall();
    const elapsed = monotonic();
    const offset = serverOffset();
    const told = Math.max(own, own + (offset ?? 0));
    // Without the time that has passed since, a clock set back by an hour would stand still for an hour.
    const carried = reached + (elapsed - reachedAt);
    const bothSayLess =
      offset !== undefined && Math.abs(offset) <= agreeWithinMs && carried - told > agreeWithinMs;
    contradictedSince = bothSayLess ? (contradictedSince ?? elapsed) : undefined;
    const isAheadNoMore = contradictedSince !== undefined && elapsed - contradictedSince >= followBackAfterMs;
    reached = isAheadNoMore ? told : Math.max(carried, told);
    reachedAt = elapsed;
    heldAhead = reached - told;
    return reached;
  };
  return Object.assign(clock, {
    heldAheadMs: () => {
      clock();
      return heldAhead;
    },
  });
}

/** The earliest moment by these clocks and by the answers of one API server: for what nothing takes back. */
export function earliestClockOf(client: { clockOffsetMs(): number | undefined }): EarliestClock {
  return createEarliestClock({
    wall: () => Date.now(),
    monotonic: () => performance.now(),
    serverOffset: () => client.clockOffsetMs(),
  });
}

/**
 * The earlier of the two clocks, and no moment at all while the API server's is not known. One that is set ahead is not followed before
 * half a minute has passed, in which the API server has long answered: its last answer was about the clock as it was before.
 */
export function createEarliestClock({ wall, monotonic, serverOffset }: ClockSources): EarliestClock {
  let reached: number | undefined;
  let reachedAt = 0;
  let aheadSince: number | undefined;
  return () => {
    const offset = serverOffset();
    if (offset === undefined) return Number.NEGATIVE_INFINITY;
    const elapsed = monotonic();
    const told = Math.floor(wall() + Math.min(0, offset));
    const carried = Math.floor((reached ?? told) + (elapsed - reachedAt));
    aheadSince =
      reached !== undefined && told - carried > agreeWithinMs ? (aheadSince ?? elapsed) : undefined;
    const isFollowed = aheadSince === undefined || elapsed - aheadSince >= followBackAfterMs;
    reached = isFollowed ? told : carried;
    reachedAt = elapsed;
    return reached;
  };
}
