/** Waits for something that others do, and says so when it takes longer than a second. */
import { pause, systemClock } from '../../kube/clock.ts';
import { KubeError } from '../../kube/errors.ts';
import type { Terminal } from '../command.ts';
import { isLost } from './change.ts';

export interface Wait {
  /** "until the operator has closed it". */
  readonly what: string;
  readonly timeoutMs: number;
  readonly terminal: Terminal;
}

const everyMs = 200;
const firstWordMs = 1_000;
const nextWordMs = 10_000;

/**
 * The first answer of `look` that is one; undefined when the time is over. What was written stays written while the API
 * server cannot be reached, is overloaded or fails: that is looked at again.
 */
export async function waitFor<T>(wait: Wait, look: () => Promise<T | undefined>): Promise<T | undefined> {
  const { what, timeoutMs, terminal } = wait;
  const startedAt = performance.now();
  let nextWord = firstWordMs;
  for (;;) {
    const found = await lookOnce(look, { wait, left: timeoutMs - (performance.now() - startedAt) });
    const passed = performance.now() - startedAt;
    if (found !== undefined || passed >= timeoutMs) return found;
    if (passed >= nextWord) {
      const seconds = Math.round(passed / 1000);
      terminal.say(
        `Waiting ${what}${nextWord === firstWordMs ? '' : ` (${seconds} s)`} ... Ctrl-C ends only the waiting.`,
      );
      nextWord += nextWordMs;
    }
    await pause(systemClock, Math.min(everyMs, timeoutMs - passed));
  }
}

interface Looking {
  readonly wait: Wait;
  readonly left: number;
}

const failing = new WeakSet<Wait>();

/** One look, no longer than the wait has left: a server that does not answer must not make it longer than was asked for. */
async function lookOnce<T>(
  look: () => Promise<T | undefined>,
  { wait, left }: Looking,
): Promise<T | undefined> {
  const end = Promise.withResolvers<undefined>();
  // Not a timer of Node's own: of a wait of more than 24 days it would make none at all, and every look would be late.
  const cancel = systemClock.after(left, () => end.resolve(undefined));
  try {
    return await Promise.race([look(), end.promise]);
  } catch (error) {
    if (!mayPass(error)) throw error;
    if (!failing.has(wait))
      wait.terminal.say('It is stored; the API server does not answer now, so it is looked at again.');
    failing.add(wait);
    return undefined;
  } finally {
    cancel();
  }
}

function mayPass(error: unknown): boolean {
  return isLost(error) || (error instanceof KubeError && error.status === 429);
}
