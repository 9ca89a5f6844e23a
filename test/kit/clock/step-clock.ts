/** A clock that stands still until a test steps it, so that hours pass in no time and nothing depends on the machine. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../../kube/clock.ts';

export interface StepClock extends Clock {
  /** Lets `ms` pass: every wait that falls due ends in its order, and what follows from it gets to run. */
  step(ms: number): Promise<void>;
  /** Sets the wall clock without any time passing. */
  setWall(epochMs: number): void;
  /** How many waits are under way. */
  readonly waiting: number;
}

interface Wait {
  readonly at: number;
  readonly run: () => void;
}

/** Stands at `start` (epoch milliseconds or anything that Date can read). */
export function aStepClock(start: number | string = '2026-11-22T12:00:00Z'): StepClock {
  const waits = new Set<Wait>();
  let passed = 0;
  let wall = new Date(start).getTime();

  function earliest(until: number): Wait | undefined {
    let found: Wait | undefined;
    for (const wait of waits) if (wait.at <= until && (!found || wait.at < found.at)) found = wait;
    return found;
  }

  function advanceTo(moment: number): void {
    wall += moment - passed;
    passed = moment;
  }

  return {
    now: () => wall,
    monotonic: () => passed,
    after(ms, run) {
      // Whole milliseconds, as the machine's timers count: a fraction could be too small to move the clock at all.
      const wait = { at: passed + Math.max(0, Math.ceil(ms)), run };
      waits.add(wait);
      return () => waits.delete(wait);
    },
    async step(ms) {
      const until = passed + ms;
      await settle();
      for (let wait = earliest(until); wait; wait = earliest(until)) {
        waits.delete(wait);
        advanceTo(wait.at);
        wait.run();
        await settle();
      }
      advanceTo(until);
    },
    setWall: (epochMs) => {
      wall = epochMs;
    },
    get waiting() {
      return waits.size;
    },
  };
}

/** Everything that can go on without time passing has gone on. */
async function settle(): Promise<void> {
  for (let round = 0; round < 5; round += 1) await turn();
}
