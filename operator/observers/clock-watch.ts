/**
 * Does the clock of this machine agree with the API server's? Each response tells the server's time to within a second, so a
 * clock that was set is noticed at the next look, and one that is right again too.
 */
import type { Clock } from '../../kube/clock.ts';
import type { ClockAgreement } from '../watching/controller.ts';

const lookEveryMs = 4000;
/** Responses tell whole seconds, and one that took long tells no more than that it took long. */
const tolerableMs = 5000;
/** A clock that drifts is not told anew each second. */
const newsMs = 2000;

export interface FollowedClock extends ClockAgreement {
  stop(): void;
}

/** Looks until it is stopped; makes no request of its own. `offsetMs` is the server's clock minus ours. */
export function followClock(
  client: { clockOffsetMs(): number | undefined },
  clock: Pick<Clock, 'after'>,
  onOff: (problem: string) => void,
): FollowedClock {
  const listeners: (() => void)[] = [];
  let told: number | undefined;
  let cancel = (): void => undefined;
  const note = (next: number | undefined): void => {
    const isNews =
      (told === undefined) !== (next === undefined) || Math.abs((next ?? 0) - (told ?? 0)) > newsMs;
    if (!isNews) return;
    if (told === undefined && next !== undefined) onOff(wordsFor(next));
    told = next;
    for (const listener of listeners) listener();
  };
  const look = (): void => {
    const offset = client.clockOffsetMs() ?? 0;
    note(Math.abs(offset) > tolerableMs ? offset : undefined);
    cancel = clock.after(lookEveryMs, look);
  };
  look();
  return {
    problem: () => (told === undefined ? undefined : wordsFor(told)),
    onChange: (listener) => listeners.push(listener),
    stop: () => cancel(),
  };
}

function wordsFor(offsetMs: number): string {
  const side = offsetMs > 0 ? 'behind' : 'ahead of';
  return `the clock of the operator is ${Math.round(Math.abs(offsetMs) / 1000)} s ${side} the clock of the API server`;
}
