/**
 * The product's programs as containers of its image, started by testcontainers as the chart's pods are: the image's own
 * numeric user, a root that cannot be written, no capabilities, no new privileges. They stand on the machine's network, where
 * the kit's API server listens.
 */
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';
import type { ProductProcess, ProductProcessOptions } from '../installation/product-process.ts';
import { untilReady } from '../installation/product-process.ts';
import type { Programs } from '../installation/programs.ts';
import { cgroupParent } from './container-engine.ts';

type Mount = { readonly source: string; readonly target: string; readonly mode: 'ro' | 'rw' };

const uid = 65532;

/** A container with nothing that a pod under the `restricted` standard would not have. */
export class ConfinedContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
    this.hostConfig.CgroupParent = cgroupParent;
    this.withNetworkMode('host').withDroppedCapabilities('ALL').withSecurityOpt('no-new-privileges');
  }
}

/** What `startProduct` needs to run the programs of this image. */
export function containerPrograms(image: string): Programs {
  return {
    operator: '/app/operator.js',
    webhook: '/app/webhook.js',
    start: (options) => startInContainer(image, options),
  };
}

async function startInContainer(image: string, options: ProductProcessOptions): Promise<ProductProcess> {
  const parts: string[] = [];
  const { args, env = {} } = options;
  const container = await new ConfinedContainer(image)
    .withCommand(['node', ...args])
    .withEnvironment({ ...env })
    .withBindMounts(mountsOf(args))
    // The chart gives the webhook such a volume.
    .withTmpFs({ '/tmp': 'rw,mode=1777' })
    .withLogConsumer((stream) => stream.on('data', (chunk: Buffer) => parts.push(chunk.toString('utf8'))))
    .start();
  const started = await processOf(container, parts, options.readyUrl);
  options.onSpawned?.(started);
  try {
    await untilReady(options);
    return started;
  } catch (error) {
    await started.kill();
    throw new Error(`${options.name} did not become ready; it said:\n${parts.join('').slice(-4000)}`, {
      cause: error,
    });
  }
}

/** The files and folders that the flags name, at their own paths, and readable for the program's user. */
function mountsOf(args: readonly string[]): Mount[] {
  const mounts = args.flatMap((arg): Mount[] => {
    const [, flag = '', path = ''] = /^(--[a-z-]+)=(\/.+)$/.exec(arg) ?? [];
    if (path === '') return [];
    if (flag === '--data-dir') {
      mkdirSync(path, { recursive: true });
      return [{ source: path, target: path, mode: 'rw' }];
    }
    // A kubeconfig of the kit names a file with the token beside it.
    const files = flag === '--kubeconfig' ? [path, path.replace(/kubeconfig$/, 'token')] : [path];
    return files
      .filter((file) => existsSync(file))
      .map((file) => ({ source: file, target: file, mode: 'ro' }));
  });
  for (const { source } of mounts) chownSync(source, uid, uid);
  return mounts;
}

async function processOf(
  container: StartedTestContainer,
  parts: readonly string[],
  readyUrl: string,
): Promise<ProductProcess> {
  const { container: containers } = await getContainerRuntimeClient();
  const handle = containers.getById(container.getId());
  const { State } = await handle.inspect();
  let isRunning = true;
  const ended = handle.wait().then(({ StatusCode }: { StatusCode: number }) => {
    isRunning = false;
    return { code: StatusCode, signal: null };
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (isRunning) await handle.kill({ signal });
    await ended;
    await handle.remove({ force: true });
  };
  return {
    pid: State.Pid,
    readyUrl,
    output: () => parts.join(''),
    ended,
    isRunning: () => isRunning,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}
