/**
 * A container engine for one test: Debian's podman, with a storage of its own, in namespaces of its own. Whatever it starts
 * ends with them, and they end with this process however it dies; its files are swept by the next run. It can pull nothing.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../clock/eventually.ts';
import {
  createStateDirectory,
  recordProcess,
  removeStaleDirectories,
} from '../control-plane/state-directory.ts';
import { installFromDebian, isThere } from '../machine/debian.ts';

export interface ContainerEngine {
  /** Runs `podman` in its namespaces; rejects with what podman said. */
  podman(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Below it lie the cgroups of all containers, in each hierarchy. */
export const cgroupParent = '/support-access-images';

const packages = ['podman', 'runc', 'netavark', 'aardvark-dns'] as const;

/** What is in the way of an engine here, after trying to install it; undefined when nothing is. */
export function whyNoEngine(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may run containers in namespaces of their own';
  const why = isThere('podman') && isThere('runc') ? undefined : installFromDebian(...packages);
  if (why !== undefined) return `there is no podman, and ${why}`;
  const tried = spawnSync('unshare', ['--mount', '--pid', '--fork', '--mount-proc', 'true'], {
    encoding: 'utf8',
  });
  return tried.status === 0 ? undefined : `no namespaces can be made here: ${tried.stderr?.trim() ?? ''}`;
}

/** Starts the engine, and tells testcontainers of it. */
export async function startContainerEngine(): Promise<ContainerEngine> {
  await removeStaleDirectories();
  removeCgroups();
  const folder = createStateDirectory();
  const socket = join(folder, 'podman.sock');
  const env = settingsIn(folder);
  const child = serve(socket, env);
  recordProcess(folder, child.pid ?? 0);
  const engine: ContainerEngine = {
    podman: (...args) => podman(args, { inside: firstOf(child), env }),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await eventually(() => rmSync(folder, { recursive: true, force: true }));
      removeCgroups();
    },
  };
  try {
    await eventually(() => engine.podman('--remote', '--url', `unix://${socket}`, 'version'), {
      within: 30_000,
    });
  } catch (error) {
    await engine.stop();
    throw error;
  }
  process.env['DOCKER_HOST'] = `unix://${socket}`;
  // Its reaper is an image, which cannot be pulled; the namespaces do that work.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  return engine;
}

/** `vfs` copies where overlays share: it works on every file system, and these images are small. */
function settingsIn(folder: string): NodeJS.ProcessEnv {
  const containers = join(folder, 'containers.conf');
  const storage = join(folder, 'storage.conf');
  const policy = join(folder, 'policy.json');
  mkdirSync(join(folder, 'run'));
  writeFileSync(
    containers,
    [
      '[containers]',
      'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]',
      '[engine]',
      'cgroup_manager = "cgroupfs"',
      'events_logger = "file"',
      'runtime = "runc"',
      `tmp_dir = "${folder}/run/libpod"`,
      '[network]',
      'network_backend = "netavark"',
      '',
    ].join('\n'),
  );
  writeFileSync(
    storage,
    `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/graph"\nrunroot = "${folder}/run/storage"\n`,
  );
  writeFileSync(policy, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  return { ...process.env, CONTAINERS_CONF: containers, CONTAINERS_STORAGE_CONF: storage };
}

/** A shell is the first process in there, because it reaps what podman leaves to it. */
function serve(socket: string, env: NodeJS.ProcessEnv): ChildProcess {
  const script =
    'mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /dev/shm && { podman system service --time=0 "unix://$1" & wait; }';
  const inside = [
    'unshare',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    'sh',
    '-c',
    script,
    'sh',
  ];
  return spawn('setpriv', ['--pdeathsig', 'KILL', ...inside, socket], { env, stdio: 'ignore' });
}

/** The first process in the namespaces: the only child of `unshare`. */
function firstOf({ pid = 0 }: ChildProcess): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
}

async function podman(
  args: readonly string[],
  { inside, env }: { readonly inside: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  const enter = ['--target', inside, '--mount', '--pid', 'podman'];
  const child = spawn('nsenter', [...enter, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`podman ${args.join(' ')} failed:\n${said}`);
  return out;
}

/** Removes cgroups of ours without a process: the kernel refuses the others. */
function removeCgroups(): void {
  const hierarchies = readdirSync('/sys/fs/cgroup').map((name) => join('/sys/fs/cgroup', name, cgroupParent));
  for (const cgroup of [join('/sys/fs/cgroup', cgroupParent), ...hierarchies])
    if (existsSync(cgroup)) removeCgroup(cgroup);
}

function removeCgroup(cgroup: string): void {
  for (const entry of readdirSync(cgroup, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroup(join(cgroup, entry.name));
  try {
    rmdirSync(cgroup);
  } catch {
    // A container of another run is in it.
  }
}
