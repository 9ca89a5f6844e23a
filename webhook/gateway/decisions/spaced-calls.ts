/**
 * Calls at once, and then at most so often: of a burst of changes the first is obeyed immediately and the last is never
 * lost, but the burst costs no more than its length allows.
 */
import type { Clock } from '../../../kube/clock.ts';

/** `run` behind a function that may be called as often as one likes. */
export function spacedCalls(clock: Pick<Clock, 'after'>, leastApartMs: number, run: () => void): () => void {
  let resting = false;
  let called = false;
  const call = (): void => {
    if (resting) {
      called = true;
      return;
    }
    resting = true;
    clock.after(leastApartMs, () => {
      resting = false;
      if (!called) return;
      called = false;
      call();
    });
    run();
  };
  return call;
}
