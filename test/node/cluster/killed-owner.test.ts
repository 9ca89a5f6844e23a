import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { commandLineOf } from '../../kit/control-plane/process-identity.ts';
import { removeStaleDirectories } from '../../kit/control-plane/state-directory.ts';
import type { NodeAddress, NodeOptions } from '../../kit/node/node.ts';
import { NO_TRACES, tracesOf } from '../../kit/node/traces.ts';

const OWNER = join(import.meta.dirname, '../../kit/node/node-owner.ts');
const GONE = { within: 30_000, every: 100 };

let root: string;
let owner: ChildProcess;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'killed-'));
  // A temporary folder of our own, inherited by the owners: other runs sweep as well, and would be quicker.
  vi.stubEnv('TMPDIR', root);
});

afterEach(() => {
  owner.kill('SIGKILL');
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** A node that belongs to another process, beside the one that this suite shares. */
async function anOwner(options: NodeOptions): Promise<NodeAddress> {
  owner = spawn(process.execPath, [OWNER, JSON.stringify(options), '--until-stdin-ends'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const [line] = (await once(owner.stdout!, 'data')) as [Buffer];
  return JSON.parse(line.toString()) as NodeAddress;
}

it('a node with other ports leaves nothing on the machine when its owner is killed', async () => {
  const address = await anOwner({ apiServerPort: 8443, dnsPort: 5353 });
  expect(address.url).toBe(`https://${address.nodeAddress}:8443`);
  const traces = tracesOf(address);
  expect(traces).toMatchObject({ directory: true, interfaces: [expect.any(String)], mounts: [], rules: [] });
  // The programs of the node and those of the DNS pod; in every tree the groups of the node, of its pods, of each pod.
  expect(traces.processes.length).toBeGreaterThan(10);
  expect(traces.cgroups.length).toBeGreaterThan(5);
  process.kill(-(owner.pid ?? 0), 'SIGKILL');
  await eventually(() => expect(tracesOf(address)).toEqual(NO_TRACES), GONE);
});

it('a dual-stack node ends with its watchdog too, and the next start removes what neither could', async () => {
  const address = await anOwner({ families: existsSync('/proc/net/if_inet6') ? ['IPv6', 'IPv4'] : ['IPv4'] });
  const watchdog = tracesOf(address).processes.filter((pid) =>
    commandLineOf(pid).some((argument) => argument.endsWith('/watchdog.ts')),
  );
  expect(watchdog).toHaveLength(1);
  // The watchdog first: it would clean up if it saw its owner die.
  for (const pid of watchdog) process.kill(pid, 'SIGKILL');
  owner.kill('SIGKILL');
  await eventually(() => expect(tracesOf(address)).toMatchObject({ processes: [], interfaces: [] }), GONE);
  expect(await removeStaleDirectories()).toContain(address.directory);
  expect(tracesOf(address)).toEqual(NO_TRACES);
});
