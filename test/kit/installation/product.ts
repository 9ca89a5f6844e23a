/**
 * The whole product as it runs after `helm install`: an installation with operator, webhook and gateway as child processes
 * that sign in as their own ServiceAccounts with exactly the chart's rights.
 */

import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { freePort } from '../control-plane/free-port.ts';
import { expectRecordLaws } from '../records/log-at-the-end.ts';
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
  /** What people of the run know and the product must never tell: it is looked for at the end. */
  readonly secrets?: readonly string[];
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
  { services, programs = sources, secrets = [], ...wished }: ProductOptions,
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
  // When all parts have ended, and before their folder goes.
  const witness = aWitness();
  installation.teardown.add(() =>
    expectRecordLaws({ file: join(dataDirectory, 'records.db'), said: witness.said(), secrets }),
  );
  const webhook = await startPart({ installation, witness }, (env, onSpawned) =>
    startWebhook({ ...asWebhook, env, onSpawned, dataDirectory, admissionUrl, recordsPort }),
  );
  const [operator, gateway] = await Promise.all([
    startPart({ installation, witness }, (env, onSpawned) =>
      startOperator({ ...asOperator, env, onSpawned }),
    ),
    startPart({ installation, witness }, (env, onSpawned) =>
      startGateway({ ...asGateway, env, onSpawned, port }),
    ),
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
      const start = (_env: ProcessEnvironment, seen?: OnSpawned) =>
        startGateway({ ...asGateway, env: wanted, onSpawned: inTurn(seen, onSpawned), port: second });
      const { process } = await startPart({ installation, witness }, start);
      return { port: second, process: process() };
    },
    stop: () => installation.stop(),
  };
}

/** Keeps what all processes of a run say, those among them that were killed. */
interface Witness {
  readonly see: OnSpawned;
  /** Of a process that runs; what it counts is asked for once, at its end. */
  readMetrics(running: ProductProcess): Promise<void>;
  said(): ReadonlyMap<string, string>;
}

function aWitness(): Witness {
  const seen = new Set<ProductProcess>();
  const metrics = new Map<string, string>();
  return {
    see: (spawned) => void seen.add(spawned),
    async readMetrics({ readyUrl, pid, isRunning }) {
      if (!isRunning()) return;
      const answer = await fetch(new URL('/metrics', readyUrl)).catch(() => undefined);
      if (answer?.ok) metrics.set(`the metrics of process ${pid}`, await answer.text());
    },
    said: () =>
      new Map([
        ...[...seen].map(({ pid, output }) => [`the log of process ${pid}`, output()] as const),
        ...metrics,
      ]),
  };
}

function inTurn(...told: readonly (OnSpawned | undefined)[]): OnSpawned {
  return (spawned) => {
    for (const tell of told) tell?.(spawned);
  };
}

/** Starts a part now, and stops whatever is running of it at the end. */
async function startPart(
  { installation: { teardown }, witness }: { readonly installation: Installation; readonly witness: Witness },
  start: (env: ProcessEnvironment, onSpawned?: OnSpawned) => Promise<ProductProcess>,
): Promise<ProductPart> {
  let current = await start({}, witness.see);
  teardown.add(async () => {
    await witness.readMetrics(current);
    await current.stop();
  });
  return {
    process: () => current,
    start: async (env = {}, onSpawned) => {
      current = await start(env, inTurn(witness.see, onSpawned));
    },
  };
}
