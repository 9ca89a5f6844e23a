/**
 * The webhook is away for a minute, admission and records with it: the cluster's own work goes on, support waits, access can
 * be taken away and not given, and all of it heals by itself.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { applyGrant, ask, signedIn, untilActive } from '../../kit/people/acts.ts';
import { patchSpec } from '../../kit/people/customer.ts';
import type { Person } from '../../kit/people/http-person.ts';
import { startLoad } from '../../kit/pods/load.ts';
import { untilAdmitted } from '../../kit/pods/pod-site.ts';
import { apply } from '../../kit/pods/prerequisites.ts';
import { headInPod, verifyInPod } from '../../kit/pods/records.ts';
import { useRelease } from '../../kit/vitest/use-release.ts';

const release = useRelease();
const target = ['-n', 'support-access', 'deployment/support-access-webhook'];

let ada: Person;
let head: string;

beforeAll(async () => {
  for (const name of ['waiting', 'withdrawn']) {
    await applyGrant(release.site(), { name });
    await untilActive(release.site(), name);
  }
  await untilAdmitted(release.site());
  ada = await signedIn(release.site(), 'waiting');
  head = await headInPod(release.site());
});

afterAll(() => ada?.leave());

/** What others write all day, in the namespace of the application and of the cluster. */
const ordinary = (round: number): readonly object[] => [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'ordinary', namespace: 'ecase' },
    data: { round: String(round) },
  },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: `ordinary-${round}`, namespace: 'ecase' } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'ordinary' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: [`round-${round}`] }],
  },
];

describe('while the webhook is away for a minute', () => {
  it('every other write goes through, support gets 503 RecordsUnavailable, and access is taken away and not given', async () => {
    const site = release.site();
    await site.kubectl(['scale', ...target, '--replicas=0']);
    const pods = ['-n', 'support-access', '-l', 'app.kubernetes.io/component=webhook'];
    await site.kubectl(['wait', 'pod', ...pods, '--for=delete', '--timeout=60s']);
    const gone = performance.now();
    const load = startLoad(site, ada, { kept: 1, fresh: 1 });
    const took: number[] = [];
    for (let round = 0; performance.now() - gone < 60_000; round++) {
      const from = performance.now();
      await apply(site.node, undefined, ordinary(round));
      took.push(performance.now() - from);
      await delay(500);
    }
    await site.kubectl(['delete', '-n', 'ecase', 'configmap', 'ordinary']);
    const { all, kinds } = await load.end();
    process.stderr.write(
      `node: the webhook away for a minute: ${took.length} rounds of other writes, slowest ${Math.max(...took).toFixed(0)} ms; ${all.length} requests ${JSON.stringify(kinds)}\n`,
    );
    expect(took.length).toBeGreaterThan(20);
    expect(all.length).toBeGreaterThan(30);
    expect(kinds).toEqual({ '503 RecordsUnavailable': all.length });

    await expect(applyGrant(site, { name: 'given' })).rejects.toThrow(/failed calling webhook/);
    await patchSpec(site, ['-n', 'ecase', 'sag/withdrawn'], { access: 'Disabled' });
    const accounts = ['-n', 'ecase', 'sag', 'withdrawn', '-o', 'jsonpath={.spec.access}'];
    expect((await site.kubectl(['get', ...accounts])).stdout).toBe('Disabled');
  });

  it('and all heals when it is back: the next request passes, what was taken away is closed, what is given opens', async () => {
    const site = release.site();
    await site.kubectl(['scale', ...target, '--replicas=1']);
    await site.kubectl(['rollout', 'status', ...target, '--timeout=90s']);
    const back = performance.now();
    await eventually(async () => expect((await ask(site, ada)).status).toBe(200), {
      within: 15_000,
      every: 100,
    });
    process.stderr.write(
      `node: passing again ${((performance.now() - back) / 1000).toFixed(1)} s after the webhook was Ready\n`,
    );
    await untilActive(site, 'withdrawn', false);
    await eventually(async () => applyGrant(site, { name: 'given' }), { within: 15_000, every: 500 });
    await untilActive(site, 'given');
    expect(await verifyInPod(site, head)).toContain('Intact');
  });
});
