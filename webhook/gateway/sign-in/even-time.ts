/**
 * When may a refusal go out that must not tell by its time what it was refused for? A quarter of a second after the
 * request came, or a whole number of them: what took 4 ms and what took 15 then take the same. The reads are made
 * alike as well; this hides what is left of the difference, and what is stored for which name.
 */
import { type Clock, pause } from '../../../kube/clock.ts';

/** Longer than the reads of one decision take, but for a machine in distress; short enough for a person to wait. */
export const evenMs = 250;

/** From now on; the returned function resolves at the next of the moments, also where it is called at one of them. */
export function evenlyFrom(clock: Pick<Clock, 'monotonic' | 'after'>): () => Promise<void> {
  const came = clock.monotonic();
  return async () => {
    // A timer may be early by a fraction of a millisecond, and the moment after it would then be told at once.
    const due = came + (Math.floor((clock.monotonic() - came) / evenMs) + 1) * evenMs;
    while (clock.monotonic() < due) await pause(clock, due - clock.monotonic());
  };
}
