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
import { aborted, runUntilStopped } from '../process/run-until-stopped.ts';
import { parseWebhookConfig, type WebhookConfig } from './config.ts';
import { startGateway } from './gateway/start.ts';
import { startInCluster } from './in-cluster/start.ts';

const log = createLog(programs.webhook);

interface RunningRole {
  readonly isReady: () => boolean;
  /** False when only a restart of the process helps; without it, never. */
  readonly isAlive?: () => boolean;
  readonly metrics: () => readonly Metric[];
  stop(): Promise<void>;
}

function startRole(client: KubeClient, config: WebhookConfig): Promise<RunningRole> {
  if (config.role === 'gateway') return startGateway({ client, config, log });
  return startInCluster({ client, config, log });
}

/** Runs until the signal aborts; resolves to the exit code. */
async function run(config: WebhookConfig, stopping: AbortSignal): Promise<number> {
  log.level = config.logLevel;
  const source =
    config.kubeconfig === undefined ? ({ inCluster: true } as const) : { kubeconfigPath: config.kubeconfig };
  const client = await createKubeClient(source, { userAgent: `support-access-${config.role}` });
  const current: { role?: RunningRole } = {};
  const health = await serveHealth({
    bind: config.bind,
    port: config.healthPort,
    isReady: () => !stopping.aborted && current.role?.isReady() === true,
    isAlive: () => current.role?.isAlive?.() ?? true,
    metrics: () => current.role?.metrics() ?? [],
  });
  const role = await startRole(client, config);
  current.role = role;
  log.info({ role: config.role }, 'started');
  await aborted(stopping);
  await role.stop();
  await health.close();
  await client.close();
  return 0;
}

await runUntilStopped({
  log,
  parsed: parseWebhookConfig({ args: process.argv.slice(2), env: process.env }),
  run,
});
