/**
 * What does the leading operator do until it no longer leads? Works off keys, closing before opening, and follows every
 * change. It ends when its signal aborts and nothing is under way any more.
 */
import type { Logger } from 'pino';
import { type FinishedRun, longestWaitMs, WorkQueue } from '../kube/queue/work-queue.ts';
import { createApplicationController } from './application/controller.ts';
import { createGrantController } from './grant/controller.ts';
import { createLockController } from './lock/controller.ts';
import { createMatrixController } from './matrix/controller.ts';
import { createSweepController } from './orphans/controller.ts';
import { createPolicyController } from './policy/controller.ts';
import { createUserController } from './user/controller.ts';
import type { Controller, ControllerContext } from './watching/controller.ts';
import { type Enqueue, enqueueEverything, followChanges } from './watching/triggers.ts';

const workers = 8;
/** Kept free at the end for what is under way; what is not done is found by looking after the next start. */
const drainMs = 5000;

/** THE list of controllers. */
function controllersOf(around: ControllerContext, grantLeft: (uid: string) => void): readonly Controller[] {
  return [
    createLockController(around),
    createPolicyController(around),
    createGrantController(around),
    createUserController(around),
    createMatrixController(around),
    createApplicationController(around),
    createSweepController(around, grantLeft),
  ];
}

/** Leads until the signal aborts. */
export async function lead(around: ControllerContext, logger: Logger, signal: AbortSignal): Promise<void> {
  const controllers = new Map<string, Controller>();
  const queue = new WorkQueue({
    workers,
    handle: (key, giveUp) => work(key, giveUp),
    onFinished: (run) => logRun(logger, run),
  });
  const work = async (key: string, giveUp: AbortSignal): Promise<{ again?: number }> => {
    const colon = key.indexOf(':');
    const controller = controllers.get(key.slice(0, colon));
    const next = await controller?.handle(key.slice(colon + 1), giveUp);
    if (next === 'gone' || controller === undefined) return {};
    const wait = next === undefined ? Number.POSITIVE_INFINITY : next - around.now();
    // What happens at a known moment is mostly an end, so it overtakes; everything is looked at every ten minutes anyway.
    if (wait < longestWaitMs) queue.addAfter(key, Math.max(1, wait), 'revocation');
    return { again: longestWaitMs };
  };
  for (const one of controllersOf(around, (uid) => queue.add(`grant:${uid}`, 'revocation')))
    controllers.set(one.name, one);

  const enqueue: Enqueue = (name, id, lane) => queue.add(`${name}:${id}`, lane);
  const { caches, identitiesNamespace } = around;
  const unfollow = followChanges({ caches, enqueue, identitiesNamespace });
  enqueueEverything(caches, enqueue);
  logger.info({ grants: caches.grants.size }, 'leading');
  await untilAborted(signal);
  unfollow();
  await queue.drain(drainMs);
  logger.info('no longer leading');
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Every failure once; what went well is quiet, so that a calm cluster has a calm log. */
function logRun(logger: Logger, { key, lane, result, error, waitedMs, tookMs }: FinishedRun): void {
  const fields = { key, lane, result, waitedMs: Math.round(waitedMs), tookMs: Math.round(tookMs) };
  if (result === 'failed' || result === 'stopped')
    logger.warn({ ...fields, problem: problemOf(error) }, 'reconcile failed');
  else logger.debug(fields, 'reconciled');
}

/** Name and message only: a cause may carry an answer of the API server, and with it what must not be logged. */
export function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return 'something that is no error was thrown';
  return `${error.name}: ${error.message}`.slice(0, 500);
}
