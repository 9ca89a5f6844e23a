/** The customer's story: off by default, opened for an issue, taken back in every way there is, and over by itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../kit/clock/eventually.ts';
import { anExampleInstallation, type ExampleInstallation } from '../kit/installation/example-installation.ts';
import {
  applyGrant,
  ask,
  asProgram,
  reasonOf,
  signedIn,
  signInUrlOf,
  untilActive,
} from '../kit/people/acts.ts';
import { aPerson } from '../kit/people/http-person.ts';

let installation: ExampleInstallation;

beforeAll(async () => {
  installation = await anExampleInstallation();
});

afterAll(async () => installation?.stop());

const patch = async (target: readonly string[], spec: object): Promise<void> => {
  await installation.kubectl(['patch', ...target, '--type=merge', '-p', JSON.stringify({ spec })]);
};

describe('CC-1 support access is optional and off by default', () => {
  it('CC-1 a grant that does not say Enabled opens nothing', async () => {
    await applyGrant(installation, { name: 'silent', spec: { access: undefined } });
    await untilActive(installation, 'silent', false);
    expect(await reasonOf(installation, 'silent')).toBe('Disabled');
    const visitor = aPerson({ ca: installation.product.ca });
    const page = await visitor.visit(signInUrlOf(installation, 'silent'), { headers: asProgram });
    expect(page.status).toBe(403);
    visitor.leave();
  });

  it('CC-1 disabling the grant cuts the session at the next request, and enabling it again does not revive it', async () => {
    await applyGrant(installation, { name: 'for-an-issue' });
    await untilActive(installation, 'for-an-issue');
    const ada = await signedIn(installation, 'for-an-issue');
    expect((await ask(installation, ada)).status).toBe(200);
    await patch(['-n', 'ecase', 'sag/for-an-issue'], { access: 'Disabled' });
    expect((await ask(installation, ada)).status).not.toBe(200);
    await untilActive(installation, 'for-an-issue', false);
    await patch(['-n', 'ecase', 'sag/for-an-issue'], { access: 'Enabled' });
    await untilActive(installation, 'for-an-issue');
    await eventually(async () => expect((await ask(installation, ada)).status).toBe(401));
    ada.leave();
  });

  it('CC-1 switching the policy off cuts every session, also while the operator is dead', async () => {
    await applyGrant(installation, { name: 'switch' });
    await untilActive(installation, 'switch');
    const ada = await signedIn(installation, 'switch');
    await installation.product.operator.process().kill();
    await patch(['sapol/default'], { access: 'Disabled' });
    expect((await ask(installation, ada)).status).not.toBe(200);
    await installation.product.operator.start();
    await patch(['sapol/default'], { access: 'Enabled' });
    await untilActive(installation, 'switch');
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
    await applyGrant(installation, { name: 'early', spec: { userRefs: [{ name: 'mary' }] } });
    await untilActive(installation, 'early', false);
    expect(await reasonOf(installation, 'early')).toBe('NoUser');
    await installation.kubectl(['create', '-f', '-'], user('mary'));
    await untilActive(installation, 'early');
  });

  it('CC-14 a person may be provisioned while the policy is off', async () => {
    await patch(['sapol/default'], { access: 'Disabled' });
    await installation.kubectl(['create', '-f', '-'], user('sophie'));
    await applyGrant(installation, { name: 'late', spec: { userRefs: [{ name: 'sophie' }] } });
    await untilActive(installation, 'late', false);
    expect(await reasonOf(installation, 'late')).toBe('PolicyDisabled');
    await patch(['sapol/default'], { access: 'Enabled' });
    await untilActive(installation, 'late');
  });
});

interface Listed {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly involvedObject?: { readonly apiVersion?: string };
  readonly regarding?: { readonly apiVersion?: string };
}

/** Every object of the application's namespace that is not this product's: which it is, and in which version. */
async function notOurs(): Promise<string[]> {
  const { stdout: kinds } = await installation.kubectl([
    'api-resources',
    '--namespaced',
    '--verbs=list',
    '-o',
    'name',
  ]);
  const resources = kinds.trim().split('\n').join(',');
  const { stdout } = await installation.kubectl(['get', resources, '-n', 'ecase', '-o', 'json']);
  return (JSON.parse(stdout) as { items: Listed[] }).items
    .filter(({ apiVersion, metadata, involvedObject, regarding }) => {
      const about = involvedObject?.apiVersion ?? regarding?.apiVersion ?? apiVersion;
      const isMade = metadata.labels?.['app.kubernetes.io/managed-by'] === 'support-access';
      return !about.startsWith('supportaccess.dev/') && !isMade;
    })
    .map(({ kind, metadata: { name, uid, resourceVersion } }) => `${kind} ${name} ${uid} ${resourceVersion}`)
    .toSorted();
}

describe('EC-8 enabling and disabling touches neither the application nor its users', () => {
  it('EC-8 every other object of the namespace is the same before, during and after: enabled, signed in, disabled, expired', async () => {
    const before = await notOurs();
    expect(before.some((line) => line.startsWith('Service '))).toBe(true);
    await applyGrant(installation, { name: 'untouched' });
    await untilActive(installation, 'untouched');
    expect(await notOurs(), 'enabled').toEqual(before);
    const ada = await signedIn(installation, 'untouched');
    expect((await ask(installation, ada)).status).toBe(200);
    expect(await notOurs(), 'signed in').toEqual(before);
    await patch(['-n', 'ecase', 'sag/untouched'], { access: 'Disabled' });
    await untilActive(installation, 'untouched', false);
    expect(await notOurs(), 'disabled').toEqual(before);
    const soon = new Date(Date.now() + 3000).toISOString();
    await patch(['-n', 'ecase', 'sag/untouched'], { access: 'Enabled', expirationTime: soon });
    await eventually(async () => expect(await reasonOf(installation, 'untouched')).toBe('Expired'), {
      within: 20_000,
    });
    expect(await notOurs(), 'expired').toEqual(before);
    ada.leave();
  });
});

describe('ZH-1 access lasts until a chosen moment', () => {
  it('ZH-1 the window is half-open: nothing passes at its end, with the operator dead', async () => {
    const end = new Date(Date.now() + 12_000);
    await applyGrant(installation, { name: 'short', spec: { expirationTime: end.toISOString() } });
    await untilActive(installation, 'short');
    const ada = await signedIn(installation, 'short');
    await installation.product.operator.process().kill();
    const statuses: { readonly at: number; readonly status: number }[] = [];
    await eventually(
      async () => {
        const at = Date.now();
        statuses.push({ at, status: (await ask(installation, ada)).status });
        expect(at).toBeGreaterThan(end.getTime());
      },
      { within: 30_000, every: 100 },
    );
    expect(statuses.filter(({ at, status }) => at >= end.getTime() && status === 200)).toEqual([]);
    expect(statuses.some(({ status }) => status === 200)).toBe(true);
    await installation.product.operator.start();
    await untilActive(installation, 'short', false);
    expect(await reasonOf(installation, 'short')).toBe('Expired');
    ada.leave();
  });

  it('ZH-1 an expired grant can be applied again, with a warning, and opens nothing', async () => {
    const { stderr } = await installation.kubectl(
      ['apply', '-f', '-'],
      await installation.example('grant.yaml', (manifest) => {
        manifest.metadata.name = 'past';
        manifest.spec.expirationTime = '2020-01-01T00:00:00Z';
      }),
    );
    expect(stderr).toContain('has passed, so the grant opens no access');
    await untilActive(installation, 'past', false);
    expect(await reasonOf(installation, 'past')).toBe('Expired');
  });
});

describe('ZH-3 access can be revoked at any time', () => {
  it('ZH-3 a lock wins over Git: applying the grant again opens nothing until the lock is lifted with a reason', async () => {
    await applyGrant(installation, { name: 'locked' });
    await untilActive(installation, 'locked');
    const ada = await signedIn(installation, 'locked');
    const stream = await ada.open(`${installation.applicationOrigin}/api/events`);
    const { stdout: uid } = await installation.kubectl([
      'get',
      '-n',
      'ecase',
      'sag',
      'locked',
      '-o',
      'jsonpath={.metadata.uid}',
    ]);
    const name = `grant.${uid}`;
    await installation.kubectl(
      ['create', '-f', '-'],
      JSON.stringify({
        apiVersion: 'supportaccess.dev/v1beta1',
        kind: 'SupportAccessLock',
        metadata: { name },
        spec: { reason: 'Stop' },
      }),
    );
    const acknowledgedAt = performance.now();
    expect((await ask(installation, ada)).status).not.toBe(200);
    await stream.ended;
    expect(stream.lastByteAt() - acknowledgedAt).toBeLessThan(1000);
    await applyGrant(installation, { name: 'locked' });
    await untilActive(installation, 'locked', false);
    expect(await reasonOf(installation, 'locked')).toBe('Locked');
    await installation.controlPlane.kubectl(['delete', 'salock', name], { expectFailure: true });
    await installation.kubectl(['annotate', 'salock', name, 'supportaccess.dev/unlock-reason=solved']);
    await installation.kubectl(['delete', 'salock', name]);
    await untilActive(installation, 'locked');
    ada.leave();
  });

  it('ZH-3 locking, disabling and deleting go through with all our processes dead', async () => {
    await applyGrant(installation, { name: 'orphan' });
    await untilActive(installation, 'orphan');
    const { webhook, operator } = installation.product;
    await Promise.all([webhook.process().kill(), operator.process().kill()]);
    await patch(['-n', 'ecase', 'sag/orphan'], { access: 'Disabled' });
    await patch(['-n', 'ecase', 'sag/orphan'], { expirationTime: '2026-11-01T00:00:00Z' });
    await installation.kubectl(['delete', '-n', 'ecase', 'sag/orphan']);
    await webhook.start();
    await operator.start();
  });
});
