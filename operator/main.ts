/** The operator: makes the cluster agree with what was consented to. This file only puts the parts together. */

import { randomUUID } from 'node:crypto';
import { installed, programs } from '../crds/names.ts';
import type { KubeClient } from '../kube/api/client.ts';
import { createKubeClient } from '../kube/api/create-client.ts';
import { createEventRecorder } from '../kube/events/events.ts';
import { latestClockOf } from '../kube/latest-clock.ts';
import { createLeaseElector } from '../kube/lease/lease.ts';
import type { QueueStats } from '../kube/queue/work-queue.ts';
import { serveHealth } from '../process/health.ts';
import { createLog } from '../process/logging.ts';
import { aborted, runUntilStopped } from '../process/run-until-stopped.ts';
import { createTrail } from '../trail/client.ts';
import { tokenFromFile } from '../trail/connection.ts';
import { trailMetrics } from '../trail/metrics.ts';
import type { RequesterSource, Trail } from '../trail/trail.ts';
import { type OperatorConfig, parseOperatorConfig } from './config.ts';
import { cachesWithEvents, createControllerCaches, runControllers } from './controllers.ts';
import { publishConditionEvents } from './observers/condition-events.ts';
import { queueMetrics } from './observers/queue-metrics.ts';
import type { Caches } from './watching/collections.ts';
import { createRecordWriter } from './writes/write-records.ts';

const log = createLog(programs.operator);

/** Runs until the signal aborts; resolves to the exit code. */
async function run(config: OperatorConfig, stopping: AbortSignal): Promise<number> {
  log.level = config.logLevel;
  const onProblem = (error: unknown) => log.warn({ error }, 'a request failed');
  const source =
    config.kubeconfig === undefined ? ({ inCluster: true } as const) : { kubeconfigPath: config.kubeconfig };
  const client = await createKubeClient(source, { userAgent: programs.operator });
  const { releaseNamespace, identitiesNamespace } = config;
  const caches = createControllerCaches({ client, releaseNamespace, identitiesNamespace, onProblem });
  const all = Object.values(caches);
  const trail = createTrail({
    url: config.recordsUrl,
    ca: () => caches.authority.get(releaseNamespace, installed.authority)?.data?.['ca.crt'] ?? '',
    token: tokenFromFile(config.recordsTokenFile),
    writer: 'operator',
  });
  let queueStats: (() => QueueStats) | undefined;
  const health = await serveHealth({
    // The kubelet probes the pod's address; on a developer's machine nothing else should reach it.
    bind: config.bind ?? (config.kubeconfig === undefined ? undefined : '127.0.0.1'),
    port: config.healthPort,
    // No traffic depends on this: an operator that cannot record opens nothing, and shows it here.
    isReady: () => !stopping.aborted && all.every((cache) => cache.isSynced) && trail.health().reachable,
    isAlive: () => true,
    metrics: () => [...trailMetrics(trail.health()), ...queueMetrics(queueStats?.())],
  });
  log.info({ port: health.port }, 'health is served');
  for (const cache of all) cache.start();
  try {
    await Promise.race([Promise.all(all.map((cache) => cache.synced)), aborted(stopping)]);
    if (stopping.aborted) return 0;
    return await leadAndStop({
      config,
      client,
      caches,
      trail,
      onProblem,
      onStats: (stats) => {
        queueStats = stats;
      },
      stopping,
    });
  } finally {
    await trail.close();
    await Promise.all(all.map((cache) => cache.stop()));
    await health.close();
    await client.close();
  }
}

interface Parts {
  readonly config: OperatorConfig;
  readonly client: KubeClient;
  readonly caches: Caches;
  readonly trail: Trail & RequesterSource;
  readonly onProblem: (error: unknown) => void;
  readonly onStats: (stats: (() => QueueStats) | undefined) => void;
  readonly stopping: AbortSignal;
}

async function leadAndStop(parts: Parts): Promise<number> {
  const { config, client, caches, trail, onProblem, onStats, stopping } = parts;
  const { releaseNamespace, identitiesNamespace } = config;
  // An end that was noticed once must not be taken back by a clock that is set back (T-O10).
  const latest = latestClockOf(client);
  const now = () => Math.floor(latest());
  const reporter = { controller: 'supportaccess.dev/operator', instance: config.instance };
  const events = createEventRecorder(client, { ...reporter, onProblem });
  const elector = createLeaseElector({
    client,
    namespace: releaseNamespace,
    name: config.leaseName,
    identity: `${config.instance}_${randomUUID()}`,
    onProblem,
  });
  const context = {
    client,
    caches,
    records: createRecordWriter(trail, now),
    now,
    releaseNamespace,
    identitiesNamespace,
  };
  const end = await elector.run({
    signal: stopping,
    lead: async (leading) => {
      const stops = cachesWithEvents(caches).map((cache) => publishConditionEvents(cache, events));
      await runControllers(context, { log, onStats }, leading);
      for (const stop of stops) stop();
    },
  });
  // Another replica may lead by now: what this process still knows is old, so it starts anew.
  if (end === 'lost') log.error({}, 'the lease was lost');
  return end === 'lost' ? 1 : 0;
}

await runUntilStopped({
  log,
  parsed: parseOperatorConfig({ args: process.argv.slice(2), env: process.env }),
  run,
});
