/** A work queue on a clock that steps, and a handler that the test holds in its hand. */
import { type FinishedRun, WorkQueue, type WorkQueueSettings } from '../../../../kube/queue/work-queue.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';

/** A handler whose runs wait until the test lets them go. */
export function aHeldHandler() {
  const started: string[] = [];
  const signals = new Map<string, AbortSignal>();
  const gates = new Map<string, PromiseWithResolvers<{ again?: number }>>();
  return {
    started,
    signals,
    handle: async (key: string, signal: AbortSignal) => {
      started.push(key);
      signals.set(key, signal);
      const gate = Promise.withResolvers<{ again?: number }>();
      gates.set(key, gate);
      signal.addEventListener('abort', () => gate.reject(signal.reason));
      return gate.promise;
    },
    finish: (key: string, handled: { again?: number } = {}) => gates.get(key)?.resolve(handled),
  };
}

export function aQueue(settings: Partial<WorkQueueSettings> & Pick<WorkQueueSettings, 'handle'>) {
  const clock = aStepClock();
  const outcomes: FinishedRun[] = [];
  const onFinished = (run: FinishedRun) => outcomes.push(run);
  const queue = new WorkQueue({ workers: 1, clock, onFinished, ...settings });
  return { clock, queue, outcomes };
}

export const minutes = 60_000;
