/** Waits for something that others do; the frame says so at a terminal when it takes longer than a second. */
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

/**
 * The first answer of `look` that is one; undefined when the time is over. What was written stays written while the API
 * server cannot be reached, is overloaded or fails: that is looked at again.
 */
export async function waitFor<T>(wait: Wait, look: () => Promise<T | undefined>): Promise<T | undefined> {
  const { progress } = wait.terminal;
  const found = async (): Promise<T | undefined> => untilFound(wait, look);
  return progress === undefined ? found() : progress.waiting(wait.what, found);
}

async function untilFound<T>(wait: Wait, look: () => Promise<T | undefined>): Promise<T | undefined> {
  const { timeoutMs } = wait;
  const startedAt = performance.now();
  for (;;) {
    const found = await lookOnce(look, { wait, left: timeoutMs - (performance.now() - startedAt) });
    const passed = performance.now() - startedAt;
    if (found !== undefined || passed >= timeoutMs) return found;
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
