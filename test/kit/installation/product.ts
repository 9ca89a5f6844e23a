/**
 * The whole product as it runs after `helm install`, on a control plane of the kit: the chart applied, then operator,
 * webhook and gateway as child processes that sign in as their own ServiceAccounts with exactly the chart's rights.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane, ServiceAccountKubeconfig } from '../control-plane/control-plane.ts';
import { freePort } from '../control-plane/free-port.ts';
import { createAuthority } from '../control-plane/pki.ts';
import { installChart } from './install.ts';
import { type ProductProcess, startProductProcess } from './product-process.ts';

export const releaseNamespace = 'support-access';

export interface ProductOptions {
  readonly controlPlane: ControlPlane;
  /** Hosts that the gateway serves, for its certificate: `support.localhost` and the applications'. */
  readonly hosts: readonly string[];
  /** Where Services really listen: `namespace/name:port` to `host:port`. There is no cluster DNS here. */
  readonly services: Readonly<Record<string, string>>;
  /** What is run; the sources unless told otherwise. */
  readonly programs?: Programs;
}

/** Paths of the two programs that the image holds. */
export interface Programs {
  readonly operator: string;
  readonly webhook: string;
}

const sources: Programs = { operator: 'operator/main.ts', webhook: 'webhook/main.ts' };

/** One of the product's processes, which can be ended and started again as a Deployment would. */
export interface ProductPart {
  readonly process: () => ProductProcess;
  /** Starts it again after it was stopped or killed, with the same arguments. `env` is added to its environment. */
  start(env?: ProcessEnvironment): Promise<void>;
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
  /** Starts one more gateway beside the first, as a second replica. `env` is added to its environment. */
  startSecondGateway(
    env?: ProcessEnvironment,
  ): Promise<{ readonly port: number; readonly process: ProductProcess }>;
  stop(): Promise<void>;
}

type ProcessEnvironment = Readonly<Record<string, string>>;

interface Grounds {
  readonly options: ProductOptions;
  readonly directory: string;
  readonly accounts: Readonly<Record<'operator' | 'webhook' | 'gateway', ServiceAccountKubeconfig>>;
  readonly recordTokens: Readonly<Record<'operator' | 'gateway', ServiceAccountKubeconfig>>;
  readonly ports: Readonly<Record<'admission' | 'records' | 'gateway', number>>;
  readonly admissionUrl: string;
}

/** Installs the chart and starts the three processes; resolves when all are ready. */
export async function startProduct(options: ProductOptions): Promise<RunningProduct> {
  const { controlPlane, hosts, services } = options;
  // Below the control plane's own folder, which is swept even after a kill -9.
  const directory = await mkdtemp(join(controlPlane.directory, 'product-'));
  const ports = { admission: await freePort(), records: await freePort(), gateway: await freePort() };
  const admissionUrl = `https://127.0.0.1:${ports.admission}/${randomBytes(16).toString('hex')}`;
  await installChart(controlPlane, { webhook: { url: admissionUrl } });
  const { ca, certificate } = await giveGatewayCertificate(controlPlane, hosts);
  await writeFile(join(directory, 'services.json'), JSON.stringify(services));
  const account = (name: string, audience?: string): Promise<ServiceAccountKubeconfig> =>
    controlPlane.serviceAccountKubeconfig(
      releaseNamespace,
      `support-access-${name}`,
      audience ? { audience } : {},
    );
  const grounds: Grounds = {
    options,
    directory,
    ports,
    admissionUrl,
    accounts: {
      operator: await account('operator'),
      webhook: await account('webhook'),
      gateway: await account('gateway'),
    },
    recordTokens: {
      operator: await account('operator', 'support-access'),
      gateway: await account('gateway', 'support-access'),
    },
  };
  const webhook = await startPart((env) => webhookProcess(grounds, env));
  const [operator, gateway] = await Promise.all([
    startPart((env) => operatorProcess(grounds, env)),
    startPart((env) => gatewayProcess(grounds, ports.gateway, env)),
  ]);
  const extras: ProductProcess[] = [];
  return {
    gateway: { ...gateway, port: ports.gateway },
    webhook,
    operator,
    ca,
    certificate,
    dataDirectory: join(directory, 'records'),
    recordsUrl: recordsUrlOf(grounds),
    startSecondGateway: async (env = {}) => {
      const port = await freePort();
      const process = await gatewayProcess(grounds, port, env);
      extras.push(process);
      return { port, process };
    },
    stop: async () => {
      await Promise.all([...extras, gateway.process(), operator.process()].map((process) => process.stop()));
      await webhook.process().stop();
      for (const one of [...Object.values(grounds.accounts), ...Object.values(grounds.recordTokens)])
        one.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startPart(start: (env: ProcessEnvironment) => Promise<ProductProcess>): Promise<ProductPart> {
  let current = await start({});
  return {
    process: () => current,
    start: async (env = {}) => {
      current = await start(env);
    },
  };
}

const recordsUrlOf = ({ ports }: Grounds): string => `https://127.0.0.1:${ports.records}`;

async function webhookProcess(
  { options, accounts, ports, admissionUrl, directory }: Grounds,
  env: ProcessEnvironment,
): Promise<ProductProcess> {
  const health = await freePort();
  return startProductProcess({
    name: 'webhook',
    env,
    args: [
      (options.programs ?? sources).webhook,
      '--roles=admission,records',
      `--release-namespace=${releaseNamespace}`,
      `--data-dir=${join(directory, 'records')}`,
      `--admission-port=${ports.admission}`,
      `--admission-url=${admissionUrl}`,
      `--records-port=${ports.records}`,
      '--service-name=support-access-webhook',
      '--bind=127.0.0.1',
      `--health-port=${health}`,
      `--kubeconfig=${accounts.webhook.kubeconfig}`,
    ],
    readyUrl: `http://127.0.0.1:${health}/readyz`,
  });
}

async function operatorProcess(grounds: Grounds, env: ProcessEnvironment): Promise<ProductProcess> {
  const health = await freePort();
  return startProductProcess({
    name: 'operator',
    env,
    args: [
      (grounds.options.programs ?? sources).operator,
      `--release-namespace=${releaseNamespace}`,
      '--identities-namespace=support-access-identities',
      `--records-url=${recordsUrlOf(grounds)}`,
      `--records-token-file=${grounds.recordTokens.operator.tokenFile}`,
      `--health-port=${health}`,
      `--kubeconfig=${grounds.accounts.operator.kubeconfig}`,
    ],
    readyUrl: `http://127.0.0.1:${health}/readyz`,
  });
}

async function gatewayProcess(
  grounds: Grounds,
  port: number,
  env: ProcessEnvironment = {},
): Promise<ProductProcess> {
  const health = await freePort();
  return startProductProcess({
    name: 'gateway',
    env,
    args: [
      (grounds.options.programs ?? sources).webhook,
      '--roles=gateway',
      `--release-namespace=${releaseNamespace}`,
      `--support-port=${port}`,
      '--bind=127.0.0.1',
      `--records-url=${recordsUrlOf(grounds)}`,
      `--records-token-file=${grounds.recordTokens.gateway.tokenFile}`,
      `--resolve-map=${join(grounds.directory, 'services.json')}`,
      `--health-port=${health}`,
      `--kubeconfig=${grounds.accounts.gateway.kubeconfig}`,
    ],
    readyUrl: `http://127.0.0.1:${health}/readyz`,
  });
}

/** The customer's own step: a certificate for the gateway's hosts, in the Secret that the policy names. */
async function giveGatewayCertificate(
  controlPlane: ControlPlane,
  hosts: readonly string[],
): Promise<{ ca: string; certificate: string }> {
  const authority = await createAuthority('the customer’s authority');
  const pair = await authority.issueLoopbackServer(hosts);
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: 'support-access-gateway-tls', namespace: releaseNamespace },
    stringData: { 'tls.crt': pair.certificate, 'tls.key': pair.key },
  };
  await controlPlane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(secret) });
  return { ca: authority.certificate, certificate: pair.certificate };
}
