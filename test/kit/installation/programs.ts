/** How each of the product's programs is started as a process of its own, with the flags that its Deployment gives it. */
import { defaultNamespaces, installed } from '../../../crds/names.ts';
import { freePort } from '../control-plane/free-port.ts';
import { type ProductProcess, type ProductProcessOptions, startProductProcess } from './product-process.ts';

/** Paths of the two programs that the image holds. */
export interface Programs {
  readonly operator: string;
  readonly webhook: string;
  /** How one is started; as a child process unless told otherwise. */
  readonly start?: Starter;
}

type Starter = (options: ProductProcessOptions) => Promise<ProductProcess>;

/** What is run unless a caller says otherwise. */
export const sources: Programs = { operator: 'operator/main.ts', webhook: 'webhook/main.ts' };

export type ProcessEnvironment = Readonly<Record<string, string>>;

interface Launch {
  /** Path of the program; its source by default. */
  readonly program?: string;
  readonly starter?: Starter | undefined;
  readonly kubeconfig: string;
  readonly env?: ProcessEnvironment;
  /** Told of the process before it is ready. */
  readonly onSpawned?: ((spawned: ProductProcess) => void) | undefined;
}

interface RecordsFlags {
  readonly recordsUrl: string;
  readonly recordsTokenFile: string;
}

/** The operator; several may run. */
export async function startOperator({
  program = sources.operator,
  starter,
  kubeconfig,
  env = {},
  onSpawned,
  recordsUrl,
  recordsTokenFile,
}: Launch & RecordsFlags): Promise<ProductProcess> {
  return start({ name: 'operator', env, onSpawned }, starter, [
    program,
    `--release-namespace=${defaultNamespaces.release}`,
    `--identities-namespace=${defaultNamespaces.identities}`,
    `--records-url=${recordsUrl}`,
    `--records-token-file=${recordsTokenFile}`,
    `--kubeconfig=${kubeconfig}`,
  ]);
}

/** Admission and records. */
export async function startWebhook({
  program = sources.webhook,
  starter,
  kubeconfig,
  env = {},
  onSpawned,
  dataDirectory,
  admissionUrl,
  recordsPort,
}: Launch & {
  readonly dataDirectory: string;
  readonly admissionUrl: string;
  readonly recordsPort: number;
}): Promise<ProductProcess> {
  return start({ name: 'webhook', env, onSpawned }, starter, [
    program,
    '--roles=admission,records',
    `--release-namespace=${defaultNamespaces.release}`,
    `--data-dir=${dataDirectory}`,
    `--admission-port=${new URL(admissionUrl).port}`,
    `--admission-url=${admissionUrl}`,
    `--records-port=${recordsPort}`,
    `--service-name=${installed.webhookService}`,
    '--bind=127.0.0.1',
    `--kubeconfig=${kubeconfig}`,
  ]);
}

/** The gateway; several may run. */
export async function startGateway({
  program = sources.webhook,
  starter,
  kubeconfig,
  env = {},
  onSpawned,
  port,
  resolveMap,
  recordsUrl,
  recordsTokenFile,
}: Launch & RecordsFlags & { readonly port: number; readonly resolveMap: string }): Promise<ProductProcess> {
  // There is no balancer in front, unless a test puts one there and says so.
  return start({ name: 'gateway', env: { SUPPORT_ACCESS_DRAIN_SECONDS: '0', ...env }, onSpawned }, starter, [
    program,
    '--roles=gateway',
    `--release-namespace=${defaultNamespaces.release}`,
    `--support-port=${port}`,
    '--inner-port=0',
    '--bind=127.0.0.1',
    `--records-url=${recordsUrl}`,
    `--records-token-file=${recordsTokenFile}`,
    `--resolve-map=${resolveMap}`,
    `--kubeconfig=${kubeconfig}`,
  ]);
}

async function start(
  options: Pick<ProductProcessOptions, 'name' | 'env' | 'onSpawned'>,
  starter: Starter | undefined,
  args: readonly string[],
): Promise<ProductProcess> {
  const health = await freePort();
  const readyUrl = `http://127.0.0.1:${health}/readyz`;
  return (starter ?? startProductProcess)({
    ...options,
    args: [...args, `--health-port=${health}`],
    readyUrl,
  });
}
