/**
 * The entry of the webhook's image: `--roles=gateway` faces the internet, `--roles=admission,records` faces the cluster.
 * This file only starts the role that the settings name, and ends with it.
 */
import { programs } from '../crds/names.ts';
import type { KubeClient } from '../kube/api/client.ts';
import { createKubeClient } from '../kube/api/create-client.ts';
import { serveHealth } from '../process/health.ts';
import { createLog } from '../process/logging.ts';
import type { Metric } from '../process/metrics.ts';
import { aborted, isStopping, runUntilStopped } from '../process/run-until-stopped.ts';
import { createWaiting, type Waiting } from '../process/waiting.ts';
import { parseWebhookConfig, type WebhookConfig } from './config.ts';
import { startGateway } from './gateway/start.ts';
import { startInCluster } from './in-cluster/start.ts';

const log = createLog(programs.webhook);

interface RunningRole {
  readonly isReady: () => boolean;
  /** What it is not ready for, in words. */
  readonly missing: () => readonly string[];
  readonly metrics: () => readonly Metric[];
  stop(): Promise<void>;
}

interface Start {
  readonly client: KubeClient;
  readonly config: WebhookConfig;
  readonly waiting: Waiting;
}

function startRole({ client, config, waiting }: Start): Promise<RunningRole> {
  if (config.role === 'gateway') return startGateway({ client, config, log, waiting });
  return startInCluster({ client, config, log, waiting });
}

/** Runs until the signal aborts; resolves to the exit code. */
async function run(config: WebhookConfig, stopping: AbortSignal): Promise<number> {
  log.level = config.logLevel;
  const waiting = createWaiting({ log, stopping });
  const current: { role?: RunningRole } = {};
  const health = await serveHealth({
    bind: config.bind,
    port: config.healthPort,
    isReady: () => !stopping.aborted && current.role?.isReady() === true,
    missing: () => (stopping.aborted ? [isStopping] : (current.role ?? waiting).missing()),
    isAlive: () => true,
    metrics: () => current.role?.metrics() ?? [],
  });
  const started = await startUnlessStopped(config, { waiting, stopping });
  if (started !== undefined) {
    current.role = started.role;
    log.info({ role: config.role }, 'started');
    await aborted(stopping);
    await started.role.stop();
    await started.client.close();
  }
  await health.close();
  return 0;
}

async function startUnlessStopped(
  config: WebhookConfig,
  { waiting, stopping }: { readonly waiting: Waiting; readonly stopping: AbortSignal },
): Promise<{ readonly role: RunningRole; readonly client: KubeClient } | undefined> {
  const source =
    config.kubeconfig === undefined ? ({ inCluster: true } as const) : { kubeconfigPath: config.kubeconfig };
  try {
    const client = await waiting.until('the account at the API server', () =>
      createKubeClient(source, { userAgent: `support-access-${config.role}` }),
    );
    return { role: await startRole({ client, config, waiting }), client };
  } catch (error) {
    // Told to stop before it had started: nothing of it serves yet, and what it holds ends with the process.
    if (stopping.aborted) return undefined;
    throw error;
  }
}

await runUntilStopped({
  log,
  parsed: parseWebhookConfig({ args: process.argv.slice(2), env: process.env }),
  run,
});
