/** The customer's story: off by default, opened for an issue, taken back in every way there is, and over by itself. */
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../kit/clock/eventually.ts';
import { aNarrator } from '../kit/installation/narrator.ts';
import {
  applyGrant,
  ask,
  asProgram,
  reasonOf,
  signedIn,
  signInUrlOf,
  untilActive,
} from '../kit/installation/scenes.ts';
import { type Stage, setStage } from '../kit/installation/stage.ts';
import { aPerson } from '../kit/people/http-person.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage(aNarrator(new Writable({ write: (_chunk, _encoding, done) => done() })));
});

afterAll(async () => stage?.strike());

const patch = async (target: readonly string[], spec: object): Promise<void> => {
  await stage.kubectl(['patch', ...target, '--type=merge', '-p', JSON.stringify({ spec })]);
};

describe('CC-1 support access is optional and off by default', () => {
  it('CC-1 a grant that does not say Enabled opens nothing', async () => {
    await applyGrant(stage, { name: 'silent', spec: { access: undefined } });
    await untilActive(stage, 'silent', false);
    expect(await reasonOf(stage, 'silent')).toBe('Disabled');
    const visitor = aPerson({ ca: stage.product.ca });
    const page = await visitor.visit(signInUrlOf(stage, 'silent'), { headers: asProgram });
    expect(page.status).toBe(403);
    visitor.leave();
  });

  it('CC-1 disabling the grant cuts the session at the next request, and enabling it again does not revive it', async () => {
    await applyGrant(stage, { name: 'for-an-issue' });
    await untilActive(stage, 'for-an-issue');
    const ada = await signedIn(stage, 'for-an-issue');
    expect((await ask(stage, ada)).status).toBe(200);
    await patch(['-n', 'ecase', 'sag/for-an-issue'], { access: 'Disabled' });
    expect((await ask(stage, ada)).status).not.toBe(200);
    await untilActive(stage, 'for-an-issue', false);
    await patch(['-n', 'ecase', 'sag/for-an-issue'], { access: 'Enabled' });
    await untilActive(stage, 'for-an-issue');
    await eventually(async () => expect((await ask(stage, ada)).status).toBe(401));
    ada.leave();
  });

  it('CC-1 switching the policy off cuts every session, also while the operator is dead', async () => {
    await applyGrant(stage, { name: 'switch' });
    await untilActive(stage, 'switch');
    const ada = await signedIn(stage, 'switch');
    await stage.product.operator.process().kill();
    await patch(['sapol/default'], { access: 'Disabled' });
    expect((await ask(stage, ada)).status).not.toBe(200);
    await stage.product.operator.start();
    await patch(['sapol/default'], { access: 'Enabled' });
    await untilActive(stage, 'switch');
    ada.leave();
  });
});

describe('CC-14 the customer enables and the vendor adds people, in any order', () => {
  const user = (name: string): string =>
    JSON.stringify({
      apiVersion: 'supportaccess.dev/v1beta1',
      kind: 'SupportUser',
      metadata: { name },
      spec: {
        displayName: 'Mary Somerville',
        userId: `id-${name}`,
        nameID: `${name}@vendor.example`,
        supportRoles: ['ecase-tier2'],
      },
    });

  it('CC-14 a grant that names somebody who does not exist becomes active the moment both exist', async () => {
    await applyGrant(stage, { name: 'early', spec: { userRefs: [{ name: 'mary' }] } });
    await untilActive(stage, 'early', false);
    expect(await reasonOf(stage, 'early')).toBe('NoUser');
    await stage.kubectl(['create', '-f', '-'], user('mary'));
    await untilActive(stage, 'early');
  });

  it('CC-14 a person may be provisioned while the policy is off', async () => {
    await patch(['sapol/default'], { access: 'Disabled' });
    await stage.kubectl(['create', '-f', '-'], user('sophie'));
    await applyGrant(stage, { name: 'late', spec: { userRefs: [{ name: 'sophie' }] } });
    await untilActive(stage, 'late', false);
    expect(await reasonOf(stage, 'late')).toBe('PolicyDisabled');
    await patch(['sapol/default'], { access: 'Enabled' });
    await untilActive(stage, 'late');
  });
});

describe('ZH-1 access lasts until a chosen moment', () => {
  it('ZH-1 the window is half-open: nothing passes at its end, with the operator dead', async () => {
    const end = new Date(Date.now() + 12_000);
    await applyGrant(stage, { name: 'short', spec: { expirationTime: end.toISOString() } });
    await untilActive(stage, 'short');
    const ada = await signedIn(stage, 'short');
    await stage.product.operator.process().kill();
    const statuses: { readonly at: number; readonly status: number }[] = [];
    await eventually(
      async () => {
        const at = Date.now();
        statuses.push({ at, status: (await ask(stage, ada)).status });
        expect(at).toBeGreaterThan(end.getTime());
      },
      { within: 30_000, every: 100 },
    );
    expect(statuses.filter(({ at, status }) => at >= end.getTime() && status === 200)).toEqual([]);
    expect(statuses.some(({ status }) => status === 200)).toBe(true);
    await stage.product.operator.start();
    await untilActive(stage, 'short', false);
    expect(await reasonOf(stage, 'short')).toBe('Expired');
    ada.leave();
  });

  it('ZH-1 an expired grant can be applied again, with a warning, and opens nothing', async () => {
    const { stderr } = await stage.kubectl(
      ['apply', '-f', '-'],
      await stage.example('grant.yaml', (manifest) => {
        manifest.metadata.name = 'past';
        manifest.spec.expirationTime = '2020-01-01T00:00:00Z';
      }),
    );
    expect(stderr).toContain('is past; the grant opens nothing');
    await untilActive(stage, 'past', false);
    expect(await reasonOf(stage, 'past')).toBe('Expired');
  });
});

describe('ZH-3 access can be revoked at any time', () => {
  it('ZH-3 a lock wins over Git: applying the grant again opens nothing until the lock is lifted with a reason', async () => {
    await applyGrant(stage, { name: 'locked' });
    await untilActive(stage, 'locked');
    const ada = await signedIn(stage, 'locked');
    const stream = await ada.open(`${stage.applicationOrigin}/api/events`);
    const { stdout: uid } = await stage.kubectl([
      'get',
      '-n',
      'ecase',
      'sag',
      'locked',
      '-o',
      'jsonpath={.metadata.uid}',
    ]);
    const name = `grant.${uid}`;
    await stage.kubectl(
      ['create', '-f', '-'],
      JSON.stringify({
        apiVersion: 'supportaccess.dev/v1beta1',
        kind: 'SupportAccessLock',
        metadata: { name },
        spec: { reason: 'Stop' },
      }),
    );
    const acknowledgedAt = performance.now();
    expect((await ask(stage, ada)).status).not.toBe(200);
    await stream.ended;
    expect(stream.lastByteAt() - acknowledgedAt).toBeLessThan(1000);
    await applyGrant(stage, { name: 'locked' });
    await untilActive(stage, 'locked', false);
    expect(await reasonOf(stage, 'locked')).toBe('Locked');
    await stage.controlPlane.kubectl(['delete', 'salock', name], { expectFailure: true });
    await stage.kubectl(['annotate', 'salock', name, 'supportaccess.dev/unlock-reason=solved']);
    await stage.kubectl(['delete', 'salock', name]);
    await untilActive(stage, 'locked');
    ada.leave();
  });

  it('ZH-3 locking, disabling and deleting go through with all our processes dead', async () => {
    await applyGrant(stage, { name: 'orphan' });
    await untilActive(stage, 'orphan');
    const { webhook, operator } = stage.product;
    await Promise.all([webhook.process().kill(), operator.process().kill()]);
    await patch(['-n', 'ecase', 'sag/orphan'], { access: 'Disabled' });
    await patch(['-n', 'ecase', 'sag/orphan'], { expirationTime: '2026-11-01T00:00:00Z' });
    await stage.kubectl(['delete', '-n', 'ecase', 'sag/orphan']);
    await webhook.start();
    await operator.start();
  });
});
