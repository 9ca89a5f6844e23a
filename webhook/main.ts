/**
 * The entry of the webhook's image: `--roles=gateway` faces the internet, `--roles=admission,records` faces the cluster.
 * This file only starts the role that the settings name, and ends with it.
 */
import { programs } from '../crds/names.ts';
import type { KubeClient } from '../kube/api/client.ts';
import { createKubeClient } from '../kube/api/create-client.ts';
import { serveHealth } from '../process/health.ts';
import { createLog } from '../process/logging.ts';
import { createMetrics, type MetricsOf, type MetricsPage } from '../process/metrics.ts';
import { measureCalls, measureProcess, type processMetrics } from '../process/process-metrics.ts';
import { aborted, isStopping, runUntilStopped } from '../process/run-until-stopped.ts';
import { accountAt, createWaiting, type Waiting } from '../process/waiting.ts';
import { parseWebhookConfig, type WebhookConfig } from './config.ts';
import { gatewayMetrics } from './gateway/metrics.ts';
import { startGateway } from './gateway/start.ts';
import { inClusterMetrics } from './in-cluster/metrics.ts';
import { startInCluster } from './in-cluster/start.ts';

const parsed = parseWebhookConfig({ args: process.argv.slice(2), env: process.env });
const log = createLog(parsed.ok && parsed.config.role === 'gateway' ? programs.gateway : programs.webhook);

interface RunningRole {
  readonly isReady: () => boolean;
  /** What it is not ready for, in words. */
  readonly missing: () => readonly string[];
  stop(): Promise<void>;
}

interface Start {
  readonly client: KubeClient;
  readonly waiting: Waiting;
}

/** The part of the program that the settings name, with what it measures. */
interface Role {
  readonly metrics: MetricsOf<typeof processMetrics>;
  readonly page: MetricsPage;
  readonly start: (start: Start) => Promise<RunningRole>;
}

function roleOf(config: WebhookConfig): Role {
  if (config.role === 'gateway') {
    const { metrics, page } = createMetrics(gatewayMetrics);
    return { metrics, page, start: (given) => startGateway({ ...given, config, log, metrics }) };
  }
  const { metrics, page } = createMetrics(inClusterMetrics);
  return { metrics, page, start: (given) => startInCluster({ ...given, config, log, metrics }) };
}

/** Runs until the signal aborts; resolves to the exit code. */
async function run(config: WebhookConfig, stopping: AbortSignal): Promise<number> {
  log.level = config.logLevel;
  const waiting = createWaiting({ log, stopping });
  const role = roleOf(config);
  const current: { role?: RunningRole; client?: KubeClient } = {};
  const isReady = (): boolean => !stopping.aborted && current.role?.isReady() === true;
  measureProcess(role.metrics, { isReady, clockOffsetMs: () => current.client?.clockOffsetMs() });
  const health = await serveHealth({
    bind: config.bind,
    port: config.healthPort,
    isReady,
    missing: () => (stopping.aborted ? [isStopping] : (current.role ?? waiting).missing()),
    isAlive: () => true,
    metrics: role.page,
  });
  const started = await startUnlessStopped(config, { role, waiting, stopping });
  if (started !== undefined) {
    Object.assign(current, started);
    log.info({ role: config.role }, 'started');
    await aborted(stopping);
    await started.role.stop();
    await started.client.close();
  }
  await health.close();
  return 0;
}

interface Starting {
  readonly role: Role;
  readonly waiting: Waiting;
  readonly stopping: AbortSignal;
}

async function startUnlessStopped(
  config: WebhookConfig,
  { role, waiting, stopping }: Starting,
): Promise<{ readonly role: RunningRole; readonly client: KubeClient } | undefined> {
  const source =
    config.kubeconfig === undefined ? ({ inCluster: true } as const) : { kubeconfigPath: config.kubeconfig };
  try {
    const client = await waiting.until(accountAt(config.kubeconfig), () =>
      createKubeClient(source, {
        userAgent: `support-access-${config.role}`,
        onTried: measureCalls(role.metrics),
      }),
    );
    return { role: await role.start({ client, waiting }), client };
  } catch (error) {
    // Told to stop before it had started: nothing of it serves yet, and what it holds ends with the process.
    if (stopping.aborted) return undefined;
    throw error;
  }
}

await runUntilStopped({
  log,
  parsed,
  run,
});
