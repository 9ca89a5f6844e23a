/**
 * The doors' process: `--roles=gateway` faces the internet, `--roles=admission,records` faces the cluster. This file
 * only reads the configuration, starts the role and ends with it.
 */
import { pino } from 'pino';
import type { KubeClient } from '../kube/api/client.ts';
import { createKubeClient } from '../kube/api/create-client.ts';
import { serveHealth } from '../process/health.ts';
import { parseConfig, type WebhookConfig } from './config.ts';
import { startGateway } from './gateway/start.ts';
import { startInside } from './in-cluster/start.ts';

const log = pino({ name: 'support-access-webhook' });

interface RunningRole {
  readonly isReady: () => boolean;
  /** False when only a restart of the process helps; without it, never. */
  readonly isAlive?: () => boolean;
  readonly figures?: () => Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

/** THE list of what a process can be. */
const roles = {
  gateway: (client: KubeClient, config: WebhookConfig & { role: 'gateway' }) =>
    startGateway({ client, config, log }),
  inside: (client: KubeClient, config: WebhookConfig & { role: 'inside' }) =>
    startInside({ ...config, client, namespace: config.releaseNamespace, log }),
} as const;

async function run(config: WebhookConfig): Promise<void> {
  const stopping = Promise.withResolvers<void>();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stopping.resolve());
  const source =
    config.kubeconfig === undefined ? ({ inCluster: true } as const) : { kubeconfigPath: config.kubeconfig };
  const client = await createKubeClient(source, { userAgent: `support-access-${config.role}` });
  const now: { role?: RunningRole; stopping?: true } = {};
  const health = await serveHealth({
    bind: config.bind,
    port: config.healthPort,
    isReady: () => !now.stopping && now.role?.isReady() === true,
    isAlive: () => now.role?.isAlive?.() ?? true,
    figures: () => now.role?.figures?.() ?? {},
  });
  const role: RunningRole =
    config.role === 'gateway' ? await roles.gateway(client, config) : await roles.inside(client, config);
  now.role = role;
  log.info({ role: config.role }, 'started');
  await stopping.promise;
  now.stopping = true;
  log.info('stopping');
  await role.stop();
  await health.close();
  await client.close();
}

/** Whatever nobody expected: an orderly restart is safer than a process in an unknown state. */
function fail(error: unknown): never {
  log.fatal({ err: error }, 'ended by an error');
  process.exit(1);
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
const parsed = parseConfig(process.argv.slice(2), process.env);
if (parsed.ok) {
  log.info({ config: parsed.config }, 'configuration');
  run(parsed.config).then(() => process.exit(0), fail);
} else {
  for (const problem of parsed.problems) log.fatal({ problem }, 'the configuration is not usable');
  process.exit(2);
}
