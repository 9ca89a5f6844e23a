/**
 * What does the leading operator do until it no longer leads? Works off keys, closing before opening, and follows every
 * change. It ends when its signal aborts and nothing is under way any more.
 */
import { type FinishedRun, longestWaitMs, WorkQueue } from '../kube/queue/work-queue.ts';
import type { Log } from '../process/logging.ts';
import { aborted } from '../process/run-until-stopped.ts';
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
export async function lead(around: ControllerContext, log: Log, signal: AbortSignal): Promise<void> {
  const controllers = new Map<string, Controller>();
  const queue = new WorkQueue({
    workers,
    handle: (key, giveUp) => work(key, giveUp),
    onFinished: (run) => logRun(log, run),
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
  log.info({ grants: caches.grants.size }, 'leading');
  await aborted(signal);
  unfollow();
  await queue.drain(drainMs);
  log.info({}, 'no longer leading');
}

/** Every failure once; what went well is quiet, so that a calm cluster has a calm log. */
function logRun(log: Log, { key, lane, result, error, waitedMs, tookMs }: FinishedRun): void {
  const fields = { key, lane, result, waitedMs, tookMs };
  if (result === 'failed' || result === 'stopped') log.warn({ ...fields, error }, 'reconcile failed');
  else log.debug(fields, 'reconciled');
}
