/** The operator: makes the cluster agree with what was consented to. This file only puts the parts together. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { KubeClient } from '../kube/api/client.ts';
import { createKubeClient } from '../kube/api/create-client.ts';
import { createEventRecorder } from '../kube/events/events.ts';
import { createLatestClock } from '../kube/latest-clock.ts';
import { createLeaseElector } from '../kube/lease/lease.ts';
import { createTrail } from '../trail/client.ts';
import { tokenFromFile } from '../trail/token-file.ts';
import { type OperatorConfig, parseConfig } from './config.ts';
import { lead, problemOf } from './controllers.ts';
import { serveHealth } from './health.ts';
import { tellConditions } from './observers/condition-events.ts';
import { type Caches, createCaches } from './watching/caches.ts';
import { createRecordWriter } from './writes/write-records.ts';

const logger = pino({ name: 'support-access-operator' });

/** Runs until SIGTERM or SIGINT; resolves to the exit code. */
async function run(config: OperatorConfig): Promise<number> {
  const stopping = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stopping.abort());
  const onProblem = (problem: unknown) => logger.warn({ problem: problemOf(problem) }, 'a request failed');
  const source =
    config.kubeconfig === undefined ? ({ inCluster: true } as const) : { kubeconfigPath: config.kubeconfig };
  const client = await createKubeClient(source, { userAgent: 'support-access-operator' });
  const { releaseNamespace, identitiesNamespace } = config;
  const caches = createCaches({ client, releaseNamespace, identitiesNamespace, onProblem });
  const all = Object.values(caches);
  const health = await serveHealth(
    { isReady: () => !stopping.signal.aborted && all.every((cache) => cache.isSynced) },
    { port: config.healthPort, ...(config.kubeconfig === undefined ? {} : { host: '127.0.0.1' }) },
  );
  logger.info({ port: health.port }, 'health is served');
  for (const cache of all) cache.start();
  try {
    await firstOf(Promise.all(all.map((cache) => cache.synced)), stopping.signal);
    if (stopping.signal.aborted) return 0;
    return await leadAndStop({ config, client, caches, onProblem, signal: stopping.signal });
  } finally {
    await Promise.all(all.map((cache) => cache.stop()));
    await health.close();
    await client.close();
  }
}

interface Parts {
  readonly config: OperatorConfig;
  readonly client: KubeClient;
  readonly caches: Caches;
  readonly onProblem: (problem: unknown) => void;
  readonly signal: AbortSignal;
}

async function leadAndStop({ config, client, caches, onProblem, signal }: Parts): Promise<number> {
  const { releaseNamespace, identitiesNamespace } = config;
  // An end that was noticed once must not be taken back by a clock that is set back (T-O10).
  const latest = createLatestClock({
    wall: () => Date.now(),
    monotonic: () => performance.now(),
    serverOffset: () => client.clockOffsetMs(),
  });
  const now = () => Math.floor(latest());
  const trail = createTrail({
    url: config.recordsUrl,
    ca: () => caches.authority.get(releaseNamespace, 'support-access-ca')?.data?.['ca.crt'] ?? '',
    token: tokenFromFile(config.recordsTokenFile),
    writer: 'operator',
  });
  const reporter = { controller: 'supportaccess.dev/operator', instance: config.instance };
  const events = createEventRecorder(client, { ...reporter, onProblem });
  const elector = createLeaseElector({
    client,
    namespace: releaseNamespace,
    name: config.leaseName,
    identity: `${config.instance}_${randomUUID()}`,
    onProblem,
  });
  const around = {
    client,
    caches,
    trail: createRecordWriter(trail, now),
    now,
    releaseNamespace,
    identitiesNamespace,
  };
  const end = await elector.run({
    signal,
    lead: async (leading) => {
      const told = [caches.grants, caches.policies, caches.applications, caches.matrices];
      const stops = told.map((cache) => tellConditions(cache, events));
      await lead(around, logger, leading);
      for (const stop of stops) stop();
    },
  });
  await trail.close();
  // Somebody else may lead by now: what this process still knows is old, so it starts anew.
  if (end === 'lost') logger.error('the lead was lost');
  return end === 'lost' ? 1 : 0;
}

async function firstOf(done: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  await Promise.race([done, stopped]);
}

const parsed = parseConfig(process.argv.slice(2), process.env);
if (parsed.ok) {
  logger.info({ config: parsed.config }, 'starting');
  process.exitCode = await run(parsed.config).catch((error: unknown) => {
    logger.fatal({ problem: problemOf(error) }, 'ended by an error');
    return 1;
  });
} else {
  for (const problem of parsed.problems) logger.fatal({ problem }, 'cannot start with these settings');
  process.exitCode = 2;
}
