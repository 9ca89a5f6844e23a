/**
 * How far the clock of each instance is from the API server's, as it says when it renews its lease. The records keep it for
 * the operator, which has no other way to the gateways and tells it in a condition.
 */
import { mostNearMisses, type ProgramClock } from '../../../trail/wire.ts';

/** Three missed renewals of a gateway: what an instance said is not told for longer than it lives. */
const keepMs = 30_000;
/** Far more than replicas there are; a gateway that was taken over cannot fill the memory with names. */
const maxInstances = 1000;

export interface ToldClocks {
  /** Notes what an instance says of its clock. */
  note(instance: string, clock: ProgramClock, nearMisses?: readonly string[]): void;
  /** What each instance said last, as far as it is still alive. */
  all(): readonly ProgramClock[];
  /** Whom an identity provider named almost as they are on file, by those that are still alive. */
  nearMisses(): readonly string[];
}

/** What an instance said last. */
interface Said {
  readonly clock: ProgramClock;
  readonly nearMisses: readonly string[];
  readonly at: number;
}

/** `monotonic` counts milliseconds: a clock that is set must not change for how long something is kept. */
export function createToldClocks(monotonic: () => number): ToldClocks {
  const told = new Map<string, Said>();
  const living = (): readonly Said[] => {
    const since = monotonic() - keepMs;
    for (const [instance, { at }] of told) if (at < since) told.delete(instance);
    return [...told.values()];
  };
  return {
    note(instance, clock, nearMisses = []) {
      told.delete(instance);
      told.set(instance, { clock, nearMisses, at: monotonic() });
      const [oldest] = told.keys();
      if (told.size > maxInstances && oldest !== undefined) told.delete(oldest);
    },
    all: () => living().map(({ clock }) => clock),
    nearMisses() {
      const names = new Set(living().flatMap(({ nearMisses }) => nearMisses));
      return [...names].toSorted().slice(0, mostNearMisses);
    },
  };
}
