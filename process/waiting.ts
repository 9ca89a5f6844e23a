/**
 * Takes the steps of a start that need something outside, such as the API server, a volume or a file, again and again until
 * it is there. A process that ended instead would be started by the kubelet with waits that double up to five minutes, and
 * would say nothing of why meanwhile; this one says it in its readiness and its log.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from './logging.ts';
import { errorWithCauses } from './redaction.ts';

export interface Waiting {
  /** Resolves to what the step did once it succeeds; rejects when the process is told to stop. `what` is told to people. */
  until<T>(what: string, step: () => Promise<T>): Promise<T>;
  /** What is waited for, and why it is not there. */
  missing(): readonly string[];
}

/** What every program waits for first, in the words of `what`. */
export function accountAt(kubeconfig: string | undefined): string {
  return `the account at the API server, ${kubeconfig === undefined ? "the pod's own" : `by --kubeconfig=${kubeconfig}`}`;
}

const againMs = 1000;
/** The same cause is logged once in so many tries. */
const loggedEvery = 30;

/** The waits of one process. */
export function createWaiting({
  log,
  stopping,
}: {
  readonly log: Pick<Log, 'warn'>;
  readonly stopping: AbortSignal;
}): Waiting {
  const waits = new Map<string, string>();
  return {
    async until(what, step) {
      waits.set(what, what);
      let last = '';
      for (let tries = 0; ; tries += 1) {
        stopping.throwIfAborted();
        try {
          const done = await step();
          waits.delete(what);
          return done;
        } catch (error) {
          const why = errorWithCauses(error);
          waits.set(what, `${what}: ${why}`);
          const problem = `${what}: ${why}`;
          if (why !== last || tries % loggedEvery === 0)
            log.warn({ problem, error }, 'the start waits for something that is not there');
          last = why;
          await pause(againMs, undefined, { signal: stopping });
        }
      }
    },
    missing: () => [...waits.values()],
  };
}
