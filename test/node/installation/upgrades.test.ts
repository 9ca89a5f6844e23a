/**
 * What clusters do to pods on an ordinary day, under a load of requests: rollouts of each part, a pod deleted, a container
 * killed, a node drained. Nothing may pass that should not, and little may fail.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { applyGrant, signedIn, untilActive } from '../../kit/people/acts.ts';
import { patchSpec } from '../../kit/people/customer.ts';
import type { Person } from '../../kit/people/http-person.ts';
import { type PodInstallation, useInstalled } from '../../kit/pods/installed.ts';
import { kindOf, type Load, startLoad, type Tally } from '../../kit/pods/load.ts';
import { headInPod, verifyInPod } from '../../kit/pods/records.ts';
import { useNode } from '../../kit/vitest/use-node.ts';

let installation: PodInstallation;
let ada: Person;
/** Access was taken back from her session: nothing of hers may ever pass again. */
let refused: Person;
let never: Load;
let head: string;

beforeAll(async () => {
  installation = await useInstalled(await useNode());
  for (const name of ['upgraded', 'taken-back']) {
    await applyGrant(installation, { name });
    await untilActive(installation, name);
  }
  [ada, refused] = await Promise.all([
    signedIn(installation, 'upgraded'),
    signedIn(installation, 'taken-back'),
  ]);
  never = startLoad(installation, refused, { kept: 1, fresh: 1 });
  await patchSpec(installation, ['-n', 'ecase', 'sag/taken-back'], { access: 'Disabled' });
  await untilActive(installation, 'taken-back', false);
  await never.end();
  never = startLoad(installation, refused, { kept: 1, fresh: 1 });
  head = await headInPod(installation);
});

afterAll(async () => {
  await never?.end();
  ada?.leave();
  refused?.leave();
  await installation?.kubectl([
    'delete',
    '-n',
    'ecase',
    'sag',
    'upgraded',
    'taken-back',
    '--ignore-not-found',
  ]);
});

interface Read {
  readonly began: number;
  readonly ended: number;
}

interface Seen extends Tally {
  /** Plain reads of the API server from this process, one after the other all the while. */
  readonly reads: readonly Read[];
}

const tookOf = ({ began, ended }: Read): number => ended - began;

/**
 * How long one plain read may take before a refusal of the same moment is the machine's. The gateway waits five seconds for
 * the state, some four reads one after the other. It waits a second for the records, which ask the API server some four
 * times who calls and whether that one may.
 */
const slowFor: Readonly<Record<string, number>> = {
  '503 StateUnavailable': 1250,
  '503 RecordsUnavailable': 250,
};

/**
 * What was lost to what happened to the pods: every failure, but for a refusal during which a read of the API server was
 * under way that took the share above. Such a machine has requests refused for that alone, which is as it must be.
 */
function lost({ failed, reads }: Seen): readonly string[] {
  return failed
    .filter((answer) => {
      const slow = slowFor[kindOf(answer)] ?? Number.POSITIVE_INFINITY;
      const meanwhile = ({ began, ended }: Read): boolean => began < answer.ended && ended > answer.began;
      return !reads.some((read) => tookOf(read) > slow && meanwhile(read));
    })
    .map(kindOf);
}

/** Reads one small object again and again. */
function readAgainAndAgain(): { end(): Promise<readonly Read[]> } {
  const over = new AbortController();
  const reads: Read[] = [];
  const loop = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const began = performance.now();
      await installation.node.admin.send('GET', '/api/v1/namespaces/ecase');
      reads.push({ began, ended: performance.now() });
      await delay(50);
    }
  };
  const done = loop();
  return {
    end: async () => {
      over.abort();
      await done;
      return reads;
    },
  };
}

/** What Ada's requests come to while something is done, and a moment after it. */
async function during(what: string, work: () => Promise<unknown>): Promise<Seen> {
  const load = startLoad(installation, ada);
  const reading = readAgainAndAgain();
  await work();
  const tally = await load.end();
  const reads = await reading.end();
  const slowest = Math.max(...reads.map(tookOf));
  const { all, failed, kinds, failingFor } = tally;
  process.stderr.write(
    `node: ${what}: ${failed.length} of ${all.length} failed ${JSON.stringify(kinds)} over ${failingFor.toFixed(1)} s, slowest read of the API server ${slowest.toFixed(0)} ms\n`,
  );
  return { ...tally, reads };
}

const deployment = (part: string): string => `deployment/support-access-${part}`;
const inRelease = async (...args: readonly string[]) =>
  installation.kubectl(['-n', 'support-access', ...args]);

async function isRolledOut(part: string): Promise<void> {
  await inRelease('rollout', 'status', deployment(part), '--timeout=120s');
  // A pod that ends is part of the rollout too.
  await eventually(
    async () => {
      const { stdout } = await inRelease(
        'get',
        'pods',
        '-l',
        `app.kubernetes.io/component=${part}`,
        '--no-headers',
      );
      expect(stdout).not.toContain('Terminating');
    },
    { within: 60_000, every: 500 },
  );
}

async function rollOut(part: string): Promise<void> {
  await inRelease('rollout', 'restart', deployment(part));
  await isRolledOut(part);
}

const podOf = async (part: string): Promise<string> => {
  const { stdout } = await inRelease(
    'get',
    'pods',
    '-l',
    `app.kubernetes.io/component=${part}`,
    '-o',
    'name',
  );
  return stdout.split('\n')[0] ?? '';
};

/** Nothing but the records being away, and for ten seconds at most, however busy the machine is: so it is promised. */
function expectOnlyRecordsAway(seen: Seen): void {
  expect(lost(seen).filter((kind) => kind !== '503 RecordsUnavailable')).toEqual([]);
  expect(seen.failingFor).toBeLessThan(10);
}

describe('a rolling upgrade under load', () => {
  it('of the gateway at two replicas fails no request, on new connections and on kept ones', async () => {
    const seen = await during('rollout of the gateway', async () => rollOut('gateway'));
    expect(lost(seen)).toEqual([]);
    expect(seen.all.length).toBeGreaterThan(100);
  });

  it('of the operator fails no request', async () => {
    expect(lost(await during('rollout of the operator', async () => rollOut('operator')))).toEqual([]);
  });

  it('of the webhook fails requests only for want of the records, for at most ten seconds', async () => {
    expectOnlyRecordsAway(await during('rollout of the webhook', async () => rollOut('webhook')));
  });
});

describe('what happens to a pod under load', () => {
  it('one gateway deleted fails no request', async () => {
    const seen = await during('a gateway deleted', async () => {
      await inRelease('delete', await podOf('gateway'));
      await isRolledOut('gateway');
    });
    expect(lost(seen)).toEqual([]);
  });

  it('the container of the webhook killed fails requests only for want of the records', async () => {
    const tally = await during('the webhook killed', async () => {
      await installation.node.insideNode(['pkill', '-KILL', '-f', 'roles=admission,records']);
      await eventually(
        async () => {
          const { stdout } = await inRelease(
            'get',
            await podOf('webhook'),
            '-o',
            'jsonpath={.status.containerStatuses[0].restartCount}',
          );
          expect(Number(stdout)).toBeGreaterThan(0);
        },
        { within: 30_000, every: 500 },
      );
      await isRolledOut('webhook');
    });
    expectOnlyRecordsAway(tally);
  });

  it('an eviction takes one gateway, and not the second before the first is back', async () => {
    const evict = async (pod: string) =>
      installation.node.admin.send(
        'POST',
        `/api/v1/namespaces/support-access/${pod.replace('pod/', 'pods/')}/eviction`,
        {
          body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod.replace('pod/', '') } },
        },
      );
    const seen = await during('a gateway evicted', async () => {
      const { stdout } = await inRelease(
        'get',
        'pods',
        '-l',
        'app.kubernetes.io/component=gateway',
        '-o',
        'name',
      );
      const [one = '', other = ''] = stdout.split('\n');
      expect((await evict(one)).status).toBe(201);
      expect((await evict(other)).status).toBe(429);
      await isRolledOut('gateway');
    });
    expect(lost(seen)).toEqual([]);
  });
});

describe('through all of it', () => {
  it('nothing passed of a session from which access was taken back', async () => {
    const { all } = await never.end();
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter(({ status }) => status === 200)).toEqual([]);
  });

  it('the records hold on from before', async () => {
    expect(await verifyInPod(installation, head)).toContain('Intact');
  });
});
