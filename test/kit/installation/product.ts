/**
 * The whole product as it runs after `helm install`: an installation with operator, webhook and gateway as child processes
 * that sign in as their own ServiceAccounts with exactly the chart's rights.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { freePort } from '../control-plane/free-port.ts';
import { anInstallation, type Installation, type ProgramName } from './installation.ts';
import type { ProductProcess } from './product-process.ts';
import {
  type ProcessEnvironment,
  type Programs,
  sources,
  startGateway,
  startOperator,
  startWebhook,
} from './programs.ts';

export interface ProductOptions {
  readonly controlPlane: ControlPlane;
  /** Hosts that the gateway serves, for its certificate: `support.localhost` and the applications'. */
  readonly hosts: readonly string[];
  /** Where Services really listen: `namespace/name:port` to `host:port`. There is no cluster DNS here. */
  readonly services: Readonly<Record<string, string>>;
  /** What is run; the sources unless told otherwise. */
  readonly programs?: Programs;
  /** Where the records lie, instead of a folder of the installation. */
  readonly dataDirectory?: string;
}

/** Told of a process before it is ready. */
type OnSpawned = (spawned: ProductProcess) => void;

/** One of the product's processes, which can be ended and started again as a Deployment would. */
export interface ProductPart {
  readonly process: () => ProductProcess;
  /** Starts it again after it was stopped or killed, with the same arguments. `env` is added to its environment. */
  start(env?: ProcessEnvironment, onSpawned?: OnSpawned): Promise<void>;
}

export interface RunningProduct {
  readonly gateway: ProductPart & { readonly port: number };
  readonly webhook: ProductPart;
  readonly operator: ProductPart;
  /** PEM of the authority that signed the gateway's certificate. */
  readonly ca: string;
  /** PEM of the gateway's own certificate. */
  readonly certificate: string;
  /** The folder of the records; the log itself is a SQLite file in it. */
  readonly dataDirectory: string;
  readonly recordsUrl: string;
  /** The file that says where Services listen; read anew when it changes. */
  readonly resolveMap: string;
  /** Starts one more gateway beside the first, as a second replica. `env` is added to its environment. */
  startSecondGateway(
    env?: ProcessEnvironment,
    onSpawned?: OnSpawned,
  ): Promise<{ readonly port: number; readonly process: ProductProcess }>;
  stop(): Promise<void>;
}

/** Installs the chart and starts the three processes; resolves when all are ready. */
export async function startProduct(options: ProductOptions): Promise<RunningProduct> {
  const { controlPlane, hosts } = options;
  const admissionUrl = `https://127.0.0.1:${await freePort()}/${randomBytes(16).toString('hex')}`;
  const values = { webhook: { url: admissionUrl } };
  const installation = await anInstallation(controlPlane, { values, hosts });
  try {
    return await startParts(installation, options, admissionUrl);
  } catch (error) {
    await installation.stop();
    throw error;
  }
}

async function startParts(
  installation: Installation,
  { services, programs = sources, ...wished }: ProductOptions,
  admissionUrl: string,
): Promise<RunningProduct> {
  const { directory } = installation;
  const { dataDirectory = join(directory, 'records') } = wished;
  const resolveMap = join(directory, 'services.json');
  await writeFile(resolveMap, JSON.stringify(services));
  const [port, recordsPort] = [await freePort(), await freePort()];
  const recordsUrl = `https://127.0.0.1:${recordsPort}`;
  const kubeconfigOf = async (name: ProgramName) => (await installation.account(name)).kubeconfig;
  const recordingAs = async (name: 'operator' | 'gateway', program: string) => ({
    program,
    starter: programs.start,
    kubeconfig: await kubeconfigOf(name),
    recordsUrl,
    recordsTokenFile: (await installation.recordsToken(name)).tokenFile,
  });
  const asWebhook = {
    program: programs.webhook,
    starter: programs.start,
    kubeconfig: await kubeconfigOf('webhook'),
  };
  const asOperator = await recordingAs('operator', programs.operator);
  const asGateway = { ...(await recordingAs('gateway', programs.webhook)), resolveMap };
  const webhook = await startPart(installation, (env, onSpawned) =>
    startWebhook({ ...asWebhook, env, onSpawned, dataDirectory, admissionUrl, recordsPort }),
  );
  const [operator, gateway] = await Promise.all([
    startPart(installation, (env, onSpawned) => startOperator({ ...asOperator, env, onSpawned })),
    startPart(installation, (env, onSpawned) => startGateway({ ...asGateway, env, onSpawned, port })),
  ]);
  return {
    gateway: { ...gateway, port },
    webhook,
    operator,
    ca: installation.ca,
    certificate: installation.gatewayCertificate.certificate,
    dataDirectory,
    recordsUrl,
    resolveMap,
    startSecondGateway: async (wanted = {}, onSpawned) => {
      const second = await freePort();
      const start = () => startGateway({ ...asGateway, env: wanted, onSpawned, port: second });
      const { process } = await startPart(installation, start);
      return { port: second, process: process() };
    },
    stop: () => installation.stop(),
  };
}

/** Starts a part now, and stops whatever is running of it at the end. */
async function startPart(
  { teardown }: Installation,
  start: (env: ProcessEnvironment, onSpawned?: OnSpawned) => Promise<ProductProcess>,
): Promise<ProductPart> {
  let current = await start({});
  teardown.add(() => current.stop());
  return {
    process: () => current,
    start: async (env = {}, onSpawned) => {
      current = await start(env, onSpawned);
    },
  };
}
