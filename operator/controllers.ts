/**
 * THE list of controllers, and the process that leads with them: it works off keys, closing before opening, and follows
 * every change until its signal aborts and nothing is under way any more.
 */
import { isAlreadyExists, isConflict } from '../kube/errors.ts';
import { type FinishedRun, longestWaitMs, WorkQueue } from '../kube/queue/work-queue.ts';
import type { Log } from '../process/logging.ts';
import { aborted } from '../process/run-until-stopped.ts';
import { applicationController } from './application/controller.ts';
import { caseController } from './case/controller.ts';
import { grantController } from './grant/controller.ts';
import { lockController } from './lock/controller.ts';
import { matrixController } from './matrix/controller.ts';
import type { QueueObserver } from './observers/queue-metrics.ts';
import { orphansController } from './orphans/controller.ts';
import { policyController } from './policy/controller.ts';
import { releaseController } from './release/controller.ts';
import { sessionController } from './session/controller.ts';
import { userController } from './user/controller.ts';
import { type CacheSettings, createCaches } from './watching/caches.ts';
import type { Caches } from './watching/collections.ts';
import type { Controller, ControllerContext, Enqueue, Handle } from './watching/controller.ts';
import { enqueueEverything, followChanges } from './watching/triggers.ts';

export const workers = 8;
/** Kept free at the end for what is under way; what is not done is found by looking after the next start. */
const drainMs = 5000;

/** What is watched, and what a change leads to, is declared by each of them. At the start they are asked in this order. */
export const controllers: readonly Controller[] = [
  releaseController,
  policyController,
  lockController,
  userController,
  matrixController,
  caseController,
  applicationController,
  grantController,
  sessionController,
  orphansController,
];

/** The caches of everything that the controllers watch. */
export function createControllerCaches(settings: CacheSettings): Caches {
  return createCaches(
    settings,
    controllers.flatMap(({ watches }) => watches),
  );
}

/** The caches of the kinds whose changes of conditions become Kubernetes Events. */
export function cachesWithEvents(caches: Caches) {
  const watches = controllers.flatMap((controller) => controller.watches);
  return watches.flatMap((watch) => (watch.hasEvents === true ? [caches[watch.collection]] : []));
}

/** What the loop is given besides its context. */
export interface ControllerLoop {
  readonly log: Log;
  readonly observer?: QueueObserver;
}

/** Runs the controllers until the signal aborts. The caches are synced. */
export async function runControllers(
  given: Omit<ControllerContext, 'enqueue'>,
  { log, observer }: ControllerLoop,
  signal: AbortSignal,
): Promise<void> {
  const handles = new Map<string, Handle>();
  const queue = new WorkQueue({
    workers,
    handle: (key, giveUp) => work(key, giveUp),
    onAdded: observer?.added,
    onFinished: (run) => {
      logRun(log, run);
      observer?.finished(run);
    },
  });
  const work = async (key: string, giveUp: AbortSignal): Promise<{ again?: number }> => {
    const [name, id] = splitKey(key);
    const next = await handles.get(name)?.(id, giveUp);
    if (next === 'gone') return {};
    const wait = next === undefined ? Number.POSITIVE_INFINITY : next - given.now();
    // What happens at a known moment is mostly an end, so it overtakes; everything is looked at every ten minutes anyway.
    if (wait < longestWaitMs) queue.addAfter(key, Math.max(1, wait), 'revocation');
    return { again: longestWaitMs };
  };
  const enqueue: Enqueue = (name, id, lane) => {
    if (!handles.has(name)) throw new TypeError(`there is no controller "${name}"`);
    queue.add(`${name}:${id}`, lane);
  };
  const context = { ...given, enqueue };
  for (const { name, start } of controllers) handles.set(name, start(context));
  const stopFollowing = followChanges(controllers, context, enqueue);
  enqueueEverything(controllers, context.caches, enqueue);
  observer?.stats(() => queue.stats());
  log.info({ grants: context.caches.grants.size }, 'leading');
  await aborted(signal);
  stopFollowing();
  await queue.drain(drainMs);
  observer?.stats(undefined);
  log.info({}, 'no longer leading');
}

function splitKey(key: string): [name: string, id: string] {
  const colon = key.indexOf(':');
  return [key.slice(0, colon), key.slice(colon + 1)];
}

/** Failures are warnings; what went well, or met a write that came in between, is logged at debug level only. */
function logRun(log: Log, { key, lane, result, error, waitedMs, tookMs }: FinishedRun): void {
  const fields = { key, lane, result, waitedMs, tookMs };
  if (result !== 'failed') log.debug(fields, 'reconciled');
  else if (isConflict(error) || isAlreadyExists(error))
    log.debug({ ...fields, error }, 'another write came in between');
  else log.warn({ ...fields, error }, 'reconcile failed');
}
