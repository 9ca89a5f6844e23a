/** Two real processes and one Lease on a real API server: at no moment do both lead. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { KubeError } from '../../../kube/errors.ts';
import type { Lease } from '../../../kube/lease/lease-record.ts';
import { microTime } from '../../../kube/objects.ts';
import { Leases } from '../../../kube/resources.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import { useControlPlane } from '../../kit/vitest/use-control-plane.ts';

interface Said {
  readonly at: number;
  readonly what: string;
}

let controlPlane: ControlPlane;
let admin: KubeClient;
let namespace: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  controlPlane = await useControlPlane();
  admin = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  namespace = await aNamespace(controlPlane);
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

afterAll(async () => admin.close());

function aCandidate(name: string, identity: string) {
  const script = new URL('./lease-candidate.ts', import.meta.url).pathname;
  const args = [script, controlPlane.kubeconfig, namespace, name, identity];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const said: Said[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line) as Said));
  /** All moments at which it is known to have led. */
  const leading = () => said.filter(({ what }) => what === 'leading' || what === 'begin').map(({ at }) => at);
  const hasSaid = async (what: string) =>
    eventually(() => expect(said.map((one) => one.what)).toContain(what), { within: 20_000 });
  return { child, said, leading, hasSaid };
}

async function leaseSpec(name: string) {
  return (await admin.get<Lease>(Leases, { namespace, name })).spec;
}

describe('two processes', () => {
  it('never lead at once, also when the leader is frozen past its lease and then wakes up', async () => {
    const first = aCandidate('frozen', 'first');
    await first.hasSaid('begin');
    const second = aCandidate('frozen', 'second');
    await second.hasSaid('following');
    first.child.kill('SIGSTOP');
    await second.hasSaid('begin');
    first.child.kill('SIGCONT');
    await first.hasSaid('end: lost');
    await eventually(() => expect(second.leading().length).toBeGreaterThan(20));
    expect(first.said.map(({ what }) => what)).toContain('aborted: LeadLost');
    expect(first.leading().length).toBeGreaterThan(0);
    // On the one clock of this machine: the last moment of the first lies before the first moment of the second.
    expect(Math.max(...first.leading())).toBeLessThan(Math.min(...second.leading()));
    expect(await leaseSpec('frozen')).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
  });

  it('change places when the leader is killed, after its lease', async () => {
    const first = aCandidate('killed', 'first');
    await first.hasSaid('begin');
    const second = aCandidate('killed', 'second');
    await second.hasSaid('following');
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    await second.hasSaid('begin');
    const gap = Math.min(...second.leading()) - Math.max(...first.leading());
    expect(gap).toBeGreaterThan(2000);
    expect(gap).toBeLessThan(8000);
  });

  it('change places at once when the leader ends in good order', async () => {
    const first = aCandidate('released', 'first');
    await first.hasSaid('begin');
    const second = aCandidate('released', 'second');
    await second.hasSaid('following');
    first.child.kill('SIGTERM');
    await first.hasSaid('end: stopped');
    await second.hasSaid('begin');
    const gap = Math.min(...second.leading()) - Math.max(...first.leading());
    expect(gap).toBeGreaterThan(0);
    // Sooner than the lease of 3 s would have run out.
    expect(gap).toBeLessThan(2500);
  });
});

describe('the times in a Lease', () => {
  it('are taken with six digits and refused with three', async () => {
    const now = Date.now();
    const make = async (name: string, renewTime: string) =>
      admin.create(Leases, { metadata: { name, namespace }, spec: { holderIdentity: 'me', renewTime } });
    await make('six-digits', microTime(now));
    const refused: unknown = await make('three-digits', new Date(now).toISOString()).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(KubeError);
    expect(refused).toMatchObject({ status: 400 });
  });
});
