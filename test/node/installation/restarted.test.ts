/** The power of the node is cut with the product in it: what was open is open again, and what was taken back is not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { applyGrant, ask, reasonOf, signedIn, untilActive } from '../../kit/people/acts.ts';
import { patchSpec } from '../../kit/people/customer.ts';
import type { Person } from '../../kit/people/http-person.ts';
import { type PodInstallation, useInstalled } from '../../kit/pods/installed.ts';
import { startLoad } from '../../kit/pods/load.ts';
import { headInPod, verifyInPod } from '../../kit/pods/records.ts';
import { useNode } from '../../kit/vitest/use-node.ts';

let installation: PodInstallation;
let ada: Person;
let refused: Person;
let head: string;

beforeAll(async () => {
  installation = await useInstalled(await useNode());
  for (const name of ['overnight', 'called-off']) {
    await applyGrant(installation, { name });
    await untilActive(installation, name);
  }
  [ada, refused] = await Promise.all([
    signedIn(installation, 'overnight'),
    signedIn(installation, 'called-off'),
  ]);
  head = await headInPod(installation);
});

afterAll(async () => {
  ada?.leave();
  refused?.leave();
  const grants = ['overnight', 'called-off', 'next-day'];
  await installation?.kubectl(['delete', '-n', 'ecase', 'sag', ...grants, '--ignore-not-found']);
});

describe('a node whose power was cut', () => {
  it('lets in again who was in, without another sign-in, and no one whose access was taken back', async () => {
    const never = startLoad(installation, refused, { kept: 1, fresh: 1 });
    await patchSpec(installation, ['-n', 'ecase', 'sag/called-off'], { access: 'Disabled' });
    const acknowledged = performance.now();
    await installation.node.restartNode();
    await eventually(async () => expect((await ask(installation, ada)).status).toBe(200), {
      within: 90_000,
      every: 500,
    });
    // She passes, so the gateways judge: and they judge him too.
    await eventually(async () => expect((await ask(installation, refused)).status).toBe(401));
    const { all } = await never.end();
    const late = all.filter(({ began }) => began > acknowledged);
    expect(late.length).toBeGreaterThan(20);
    expect(late.filter(({ status }) => status === 200)).toEqual([]);
    // The operator may have got no further than the power did.
    await untilActive(installation, 'called-off', false);
    expect(await reasonOf(installation, 'called-off')).toBe('Disabled');
  });

  it('has every part Ready again, and opens the next grant', async () => {
    for (const part of ['operator', 'webhook', 'gateway']) {
      const target = ['-n', 'support-access', `deployment/support-access-${part}`];
      await installation.kubectl(['rollout', 'status', ...target, '--timeout=60s']);
    }
    await applyGrant(installation, { name: 'next-day' });
    await untilActive(installation, 'next-day');
  });

  it('has lost no record', async () => {
    expect(await verifyInPod(installation, head)).toContain('Intact');
  });
});
