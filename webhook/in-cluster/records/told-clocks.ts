/**
 * How far the clock of each instance is from the API server's, as it says when it renews its lease. The records keep it for
 * the operator, which has no other way to the gateways and tells it in a condition.
 */
import type { ProgramClock } from '../../../trail/wire.ts';

/** Three missed renewals of a gateway: what an instance said is not told for longer than it lives. */
const keepMs = 30_000;
/** Far more than replicas there are; a gateway that was taken over cannot fill the memory with names. */
const maxInstances = 1000;

export interface ToldClocks {
  /** Notes what an instance says of its clock. */
  note(instance: string, clock: ProgramClock): void;
  /** What each instance said last, as far as it is still alive. */
  all(): readonly ProgramClock[];
}

/** `monotonic` counts milliseconds: a clock that is set must not change for how long something is kept. */
export function createToldClocks(monotonic: () => number): ToldClocks {
  const told = new Map<string, { readonly clock: ProgramClock; readonly at: number }>();
  return {
    note(instance, clock) {
      told.delete(instance);
      told.set(instance, { clock, at: monotonic() });
      const [oldest] = told.keys();
      if (told.size > maxInstances && oldest !== undefined) told.delete(oldest);
    },
    all() {
      const since = monotonic() - keepMs;
      for (const [instance, { at }] of told) if (at < since) told.delete(instance);
      return [...told.values()].map(({ clock }) => clock);
    },
  };
}
