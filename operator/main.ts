/** The operator: makes the cluster agree with what was consented to. This file only puts the parts together. */

import { randomUUID } from 'node:crypto';
import { installed, programs } from '../crds/names.ts';
import type { KubeClient } from '../kube/api/client.ts';
import { createKubeClient } from '../kube/api/create-client.ts';
import { systemClock } from '../kube/clock.ts';
import { createEventRecorder } from '../kube/events/events.ts';
import { earliestClockOf, type HealingClock, latestClockOf } from '../kube/latest-clock.ts';
import { createLeaseElector } from '../kube/lease/lease.ts';
import { ownAccount } from '../kube/lease/own-account.ts';
import { serveHealth } from '../process/health.ts';
import { createLog } from '../process/logging.ts';
import { createMetrics } from '../process/metrics.ts';
import { measureCalls, measureProcess } from '../process/process-metrics.ts';
import { aborted, isStopping, runUntilStopped } from '../process/run-until-stopped.ts';
import { accountAt, createWaiting, type Waiting } from '../process/waiting.ts';
import { createNoticeQueue, createTrail } from '../trail/client.ts';
import { tokenFromFile } from '../trail/connection.ts';
import { createInstanceLease } from '../trail/instance-lease.ts';
import { measureTrail } from '../trail/metrics.ts';
import type { NoticeQueue } from '../trail/notice-queue.ts';
import type { RequesterSource, Trail, WitnessSource } from '../trail/trail.ts';
import { type OperatorConfig, parseOperatorConfig } from './config.ts';
import { cachesWithEvents, createControllerCaches, runControllers, workers } from './controllers.ts';
import { controllerNames, type OperatorMetrics, operatorMetrics } from './metrics.ts';
import { type FollowedNotices, followNotices } from './notices/follow.ts';
import { measureNotices } from './notices/metrics.ts';
import { followClocks } from './observers/clock-watch.ts';
import { type Comparing, compareWithRecords } from './observers/compared-objects.ts';
import { publishConditionEvents } from './observers/condition-events.ts';
import { measureObjects } from './observers/object-metrics.ts';
import { observeQueue, type QueueObserver } from './observers/queue-metrics.ts';
import { followRecords } from './observers/records-reach.ts';
import { type CacheSettings, missingCopies, untilCopied } from './watching/caches.ts';
import type { Caches } from './watching/collections.ts';
import type { ClockAgreement, NearMissWatch, RecordsReach } from './watching/controller.ts';
import { createRecordWriter, type RecordWriter } from './writes/write-records.ts';

const log = createLog(programs.operator);

/** A successor sees the last renewal up to 1.8 s late and looks up to 1.8 s late: it leads within 14 s of a kill -9. */
const leaseDurations = { leaseMs: 10_000, renewMs: 7000, retryMs: 1500 };

/** What the probes and scrapers are told, as far as this run has come. */
interface Progress {
  caches?: Caches;
  trail?: Trail;
  reach?: RecordsReach;
  client?: KubeClient;
  isLeading?: boolean;
  /** A backup of the cluster was put back while this process ran. */
  isAfterRestore?: boolean;
  latest?: HealingClock;
  notices?: FollowedNotices;
}

/** What a run tells of itself while it goes on. */
interface Told {
  readonly calls: ReturnType<typeof measureCalls>;
  readonly queue: QueueObserver;
}

/** Runs until the signal aborts; resolves to the exit code. */
async function run(config: OperatorConfig, stopping: AbortSignal): Promise<number> {
  log.level = config.logLevel;
  const progress: Progress = {};
  const waiting = createWaiting({ log, stopping });
  const missing = (): string[] => (stopping.aborted ? [isStopping] : missingOf(progress, waiting));
  const isReady = (): boolean => missing().length === 0;
  const { metrics, page } = createMetrics(operatorMetrics);
  const told = measure(metrics, progress, isReady);
  const health = await serveHealth({
    // The kubelet probes the pod's address; on a developer's machine nothing else should reach it.
    bind: config.bind ?? (config.kubeconfig === undefined ? undefined : '127.0.0.1'),
    port: config.healthPort,
    isReady,
    missing,
    isAlive: () => true,
    metrics: page,
  });
  log.info({ port: health.port }, 'health is served');
  try {
    // After a lost lease another replica may lead, and after a backup was put back nothing is as it was: what this run knows is
    // old, and the next begins with new copies. The process stays, as each end of it would have the kubelet wait twice as long before the next start.
    while (!stopping.aborted) await candidacy({ config, progress, told, waiting, stopping });
  } catch (error) {
    if (!stopping.aborted) throw error;
  } finally {
    await health.close();
  }
  return 0;
}

/** No traffic depends on this: an operator that cannot record opens nothing, and shows it here. */
function missingOf({ caches, reach }: Progress, waiting: Waiting): string[] {
  if (caches === undefined || reach === undefined) return [...waiting.missing()];
  const problem = reach.problem();
  return [
    ...missingCopies(caches).map((name) => `a copy of ${name} from the API server`),
    ...(problem === undefined ? [] : [`the records: ${problem}`]),
  ];
}

/** Has everything measured for as long as the process lives. */
function measure(metrics: OperatorMetrics, progress: Progress, isReady: () => boolean): Told {
  measureProcess(metrics, {
    isReady,
    clockOffsetMs: () => progress.client?.clockOffsetMs(),
    heldAheadMs: () => progress.latest?.heldAheadMs(),
  });
  measureTrail(metrics, () => {
    const { trail, reach } = progress;
    return trail && { ...trail.health(), reachable: reach?.problem() === undefined };
  });
  measureObjects(metrics, () => progress.caches, Date.now);
  measureNotices(metrics, () => progress.notices?.state());
  metrics.leading.read(() => [
    { labels: { name: installed.operatorLease }, value: Number(progress.isLeading === true) },
  ]);
  return { calls: measureCalls(metrics), queue: observeQueue(metrics, controllerNames, workers) };
}

interface Candidacy {
  readonly config: OperatorConfig;
  readonly progress: Progress;
  readonly told: Told;
  readonly waiting: Pick<Waiting, 'until'>;
  readonly stopping: AbortSignal;
}

/** One run, with copies of its own, until it is told to stop or has lost the lease. */
async function candidacy({ config, progress, told, waiting, stopping }: Candidacy): Promise<void> {
  const onProblem = (error: unknown) => log.warn({ error }, 'a request failed');
  const source =
    config.kubeconfig === undefined ? ({ inCluster: true } as const) : { kubeconfigPath: config.kubeconfig };
  const client = await waiting.until(accountAt(config.kubeconfig), () =>
    createKubeClient(source, { userAgent: programs.operator, onTried: told.calls }),
  );
  const { releaseNamespace, identitiesNamespace } = config;
  const following = { client, releaseNamespace, identitiesNamespace, onProblem };
  const onRestore = () => void Object.assign(progress, { isAfterRestore: true });
  const { caches, all, ending } = copiesUntil(stopping, { ...following, onWentBack: onRestore });
  const connection = {
    url: config.recordsUrl,
    ca: () => caches.authority.get(releaseNamespace, installed.authority)?.data?.['ca.crt'] ?? '',
    token: tokenFromFile(config.recordsTokenFile),
  };
  const trail = createTrail({ ...connection, writer: 'operator' });
  const queue = createNoticeQueue(connection);
  const clockOffsetMs = () => client.clockOffsetMs();
  const lease = createInstanceLease({ ...connection, instance: randomUUID(), clockOffsetMs });
  const onLost = (error: unknown) => log.warn({ error }, 'the records take nothing');
  const reach = followRecords(lease, systemClock, onLost);
  const clockAgreement = followClocks({
    client,
    clock: systemClock,
    others: reach.clocks,
    onOff: (problem) => log.warn({ problem }, 'a clock is off'),
  });
  Object.assign(progress, { client, caches, trail, reach });
  for (const cache of all) cache.start();
  try {
    await Promise.race([untilCopied(caches, systemClock), aborted(ending)]).catch((error: unknown) => {
      // A copy that is stopped before its first list says so.
      if (!ending.aborted) throw error;
    });
    const parts = {
      config,
      progress,
      told,
      client,
      caches,
      trail,
      queue,
      reach,
      clockAgreement,
      nearMisses: reach.nearMisses,
      onProblem,
      stopping: ending,
    };
    if (!ending.aborted) await leadOnce(parts);
  } finally {
    reach.stop();
    clockAgreement.stop();
    await Promise.all([trail.close(), queue.close(), lease.close()]);
    await Promise.all(all.map((cache) => cache.stop()));
    await client.close();
  }
}

type Copy = Pick<Caches['policies'], 'start' | 'stop'>;

/**
 * The copies, and a signal that aborts also where the API server has the data of a backup. What one copy says of the earlier moment does
 * not go together with what others say of the later one, nor with what was remembered: all of it ends before anything is concluded
 * from it.
 */
function copiesUntil(stopping: AbortSignal, following: CacheSettings) {
  const overtaken = new AbortController();
  const onWentBack = () => {
    if (overtaken.signal.aborted) return;
    log.warn({}, 'the API server has the data of a backup; the operator starts again');
    following.onWentBack?.();
    overtaken.abort(new Error('the API server has the data of a backup'));
    for (const copy of all) void copy.stop();
  };
  const caches = createControllerCaches({ ...following, onWentBack });
  const all: readonly Copy[] = Object.values(caches);
  return { caches, all, ending: AbortSignal.any([stopping, overtaken.signal]) };
}

interface Parts extends Pick<Candidacy, 'config' | 'progress' | 'told' | 'stopping'> {
  readonly client: KubeClient;
  readonly caches: Caches;
  readonly trail: Trail & RequesterSource & WitnessSource;
  readonly queue: NoticeQueue;
  readonly reach: RecordsReach;
  readonly clockAgreement: ClockAgreement;
  readonly nearMisses: NearMissWatch;
  readonly onProblem: (error: unknown) => void;
}

async function leadOnce(parts: Parts): Promise<void> {
  const { config, progress, told, client, caches, trail, onProblem, stopping } = parts;
  const { releaseNamespace, identitiesNamespace } = config;
  // An end that was noticed once must not be taken back by a clock that is set back (T-O10).
  const latest = latestClockOf(client);
  progress.latest = latest;
  const now = () => Math.floor(latest());
  const reporter = { controller: 'supportaccess.dev/operator', instance: config.instance };
  const events = createEventRecorder(client, { ...reporter, onProblem });
  const elector = createLeaseElector({
    client,
    namespace: releaseNamespace,
    name: config.leaseName,
    owner: ownAccount(client, releaseNamespace),
    identity: `${config.instance}_${randomUUID()}`,
    durations: leaseDurations,
    onProblem,
  });
  const records = createRecordWriter(trail, now);
  const notices = followNotices({
    client,
    caches,
    queue: parts.queue,
    records,
    releaseNamespace,
    clock: systemClock,
    now,
    onProblem: (error) => log.warn({ error }, 'the queue of notices could not be asked'),
  });
  progress.notices = notices;
  const context = {
    client,
    caches,
    records,
    notices,
    reach: parts.reach,
    isAfterRestore: progress.isAfterRestore === true,
    clockAgreement: parts.clockAgreement,
    nearMisses: parts.nearMisses,
    now,
    surely: earliestClockOf(client),
    releaseNamespace,
    identitiesNamespace,
    gatewayNetwork: config.gatewayNetwork,
  };
  const end = await elector.run({
    signal: stopping,
    lead: async (leading) => {
      const stops = cachesWithEvents(caches).map((cache) => publishConditionEvents(cache, events));
      progress.isLeading = true;
      const compared = compareWithRecords(caches, comparingBy(context.records), leading);
      const telling = notices.run(leading);
      await runControllers(context, { log, observer: told.queue }, leading);
      await Promise.all([compared, telling]);
      progress.isLeading = false;
      for (const stop of stops) stop();
    },
  });
  if (end === 'lost') log.error({}, 'the lease was lost; the operator starts again');
}

function comparingBy(records: RecordWriter): Comparing {
  const onRestored = (what: string): void =>
    log.warn({ problem: what }, 'something is from a backup of the cluster');
  return { restoredIn: (world, signal) => records.restoredIn(world, signal), clock: systemClock, onRestored };
}

await runUntilStopped({
  log,
  parsed: parseOperatorConfig({ args: process.argv.slice(2), env: process.env }),
  run,
});
