/**
 * Everything of the chart is installed and none of our processes runs: taking back must go through, also for objects as
 * large as they may be, and opening must not.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { applyPatch, type Caller, callerOf, mergePatch } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import { installChart, releaseNamespace, webhookConfigurations } from '../../kit/installation/install.ts';
import {
  application,
  collection,
  grant,
  lock,
  policy,
  type Sent,
  session,
  user,
} from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

const group = '/apis/supportaccess.dev/v1beta1';

let cp: ControlPlane;
/** Bypasses no policy, but holds every right; used to put open objects there while the webhook is unplugged. */
let admin: Caller;
/** May write grants, applications and the policy, and may open none of them. */
let editor: Caller;
let locker: Caller;
let ns: string;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  await installChart(cp, {}, { without: webhookConfigurations });
  admin = callerOf(cp.kubeconfig);
  await cp.kubectl([
    'create',
    'clusterrolebinding',
    'editor',
    '--clusterrole=support-access-editor',
    '--user=editor',
  ]);
  await cp.kubectl([
    'create',
    'clusterrole',
    'settings',
    '--verb=patch,update',
    '--resource=supportaccesspolicies.supportaccess.dev',
  ]);
  await cp.kubectl(['create', 'clusterrolebinding', 'settings', '--clusterrole=settings', '--user=editor']);
  await cp.kubectl([
    'create',
    'clusterrolebinding',
    'locker',
    '--clusterrole=support-access-locker',
    '--user=locker',
  ]);
  editor = callerOf(await cp.userKubeconfig('editor'));
  locker = callerOf(await cp.userKubeconfig('locker'));
  await openEverything();
  await installChart(cp);
  await eventually(async () => {
    const { status } = await admin('POST', `${collection(user)}?dryRun=All`, { body: user.base() });
    expect(status).toBe(500);
  });
});

/** Open objects in a namespace per test, made while the webhook was not there yet. */
const prepared: string[] = [];

async function openEverything(): Promise<void> {
  const account = await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-gateway');
  const gateway = callerOf(account.kubeconfig);
  const make = async (caller: Caller, path: string, body: Sent): Promise<void> => {
    const { status, text } = await caller('POST', path, { body });
    expect(status, text).toBe(201);
  };
  await make(admin, collection(policy), largePolicy());
  await make(admin, collection(user), user.base());
  for (let made = 0; made < 16; made += 1) {
    ns = await aNamespace(cp, { prefix: 'dead' });
    await make(admin, grants(), largeGrant());
    await make(admin, `${group}/namespaces/${ns}/supportapplications`, inNamespace(application.base()));
    await make(gateway, sessions(), inNamespace(session.base()));
    prepared.push(ns);
  }
}

beforeEach(() => {
  const next = prepared.pop();
  if (!next) throw new Error('prepare more namespaces: one per test');
  ns = next;
});

const sessions = (): string => `${group}/namespaces/${ns}/supportsessions`;
const grants = (): string => `${group}/namespaces/${ns}/supportaccessgrants`;
const inNamespace = (object: Sent): Sent => {
  object.metadata.namespace = ns;
  return object;
};
/** 100 entries that are as long and as slow to compare as entries can be. */
const ranges = (length: number): string[] =>
  Array.from({ length: 100 }, (_, at) => `2001:db8:ffff:ffff:${(0xf000 + at).toString(16)}::/${length}`);
/** Each lies in exactly one of the wide ones, and the search finds it last. */
const narrowed = (): string[] => ranges(96).toReversed();
const long = (prefix: string, at: number, length: number): string => `${prefix}${at}-`.padEnd(length, 'x');

function largeGrant(): Sent {
  const object = inNamespace(grant.base());
  Object.assign(object.spec, {
    reason: 'r'.repeat(1024),
    userRefs: Array.from({ length: 50 }, (_, at) => ({ name: long('u', at, 253) })),
    requiredSupportRoles: Array.from({ length: 20 }, (_, at) => long('role', at, 100)),
    allowedCIDRs: ranges(80),
  });
  return object;
}

function largePolicy(): Sent {
  const object = policy.base();
  Object.assign(object.spec, {
    allowedCIDRs: ranges(80),
    network: { exposure: 'BehindProxy', trustedHops: ranges(80) },
    gateway: {
      host: 'support.example.com',
      hostSuffixes: Array.from({ length: 20 }, (_, at) => `${long('s', at, 60)}.example.com`),
    },
    sso: { identityProvider: { metadata: 'm'.repeat(131_072) } },
  });
  return object;
}

describe('with no process of ours alive, an editor', () => {
  it.each([
    ['disables a grant', { access: 'Disabled' }],
    ['shortens a grant', { expirationTime: '2026-12-02T08:00:00Z' }],
    ['starts a grant later', { startTime: '2026-12-01T09:00:00Z' }],
    ['narrows every address of a grant', { allowedCIDRs: narrowed() }],
    ['takes people off a grant', { userRefs: [{ name: long('u', 7, 253) }] }],
    ['takes support roles off a grant', { requiredSupportRoles: [long('role', 3, 100)] }],
  ])('%s', async (_, spec) => {
    const { status, text } = await editor('PATCH', `${grants()}/case-4711`, {
      body: { spec },
      contentType: mergePatch,
    });
    expect(status, text).toBe(200);
  });

  it('disables a grant by apply, dry-run first', async () => {
    const disabled = largeGrant();
    disabled.spec['access'] = 'Disabled';
    for (const dryRun of ['&dryRun=All', '']) {
      const road = `${grants()}/case-4711?fieldManager=git&force=true${dryRun}`;
      const { status, text } = await editor('PATCH', road, { body: disabled, contentType: applyPatch });
      expect(status, text).toBe(200);
    }
  });

  it('deletes a grant and an application, and all of them', async () => {
    expect((await editor('DELETE', `${grants()}/case-4711`)).status).toBe(200);
    expect((await editor('DELETE', `${group}/namespaces/${ns}/supportapplications/ecase`)).status).toBe(200);
    expect((await admin('DELETE', grants())).status).toBe(200);
  });

  it('opens nothing: not even an administrator does', async () => {
    const consent = { body: { spec: { consent: 3 } }, contentType: mergePatch };
    const refused = await admin('PATCH', `${grants()}/case-4711`, consent);
    expect([refused.status, refused.text]).toEqual([
      500,
      expect.stringContaining('decide.supportaccess.dev'),
    ]);
  });

  it('changes labels, which open nothing', async () => {
    const relabel = { body: { metadata: { labels: { team: 'a' } } }, contentType: mergePatch };
    expect((await editor('PATCH', `${grants()}/case-4711`, relabel)).status).toBe(200);
  });

  it('locks, with the right to lock and nothing else', async () => {
    const object = lock.base();
    object.metadata.name = `ns.${ns}`;
    const { status, text } = await locker('POST', collection(lock), { body: object });
    expect(status, text).toBe(201);
  });

  it('cannot lift a lock unrecorded: the reason goes through the webhook', async () => {
    const object = lock.base();
    object.metadata.name = `ns.${ns}`;
    await locker('POST', collection(lock), { body: object });
    const reason = {
      body: { metadata: { annotations: { 'supportaccess.dev/unlock-reason': 'x' } } },
      contentType: mergePatch,
    };
    expect((await admin('PATCH', `${collection(lock)}/ns.${ns}`, reason)).status).toBe(500);
    expect((await admin('DELETE', `${collection(lock)}/ns.${ns}`)).status).toBe(403);
  });
});

describe('with no process of ours alive, others', () => {
  it('turn off the policy, as large as it may be, or make its addresses narrower', async () => {
    for (const spec of [{ allowedCIDRs: narrowed() }, { access: 'Disabled' }]) {
      const { status, text } = await editor('PATCH', `${collection(policy)}/default`, {
        body: { spec },
        contentType: mergePatch,
      });
      expect(status, text).toBe(200);
    }
  });

  it('disable and delete a support user', async () => {
    const path = `${collection(user)}/ada`;
    const added = user.base();
    added.metadata.name = 'bob';
    expect((await admin('POST', collection(user), { body: added })).status).toBe(500);
    const off = { body: { spec: { access: 'Disabled' } }, contentType: mergePatch };
    expect((await admin('PATCH', path, off)).status).toBe(200);
    const rename = { body: { spec: { displayName: 'A. Lovelace' } }, contentType: mergePatch };
    expect((await admin('PATCH', path, rename)).status).toBe(200);
    expect((await admin('DELETE', path)).status).toBe(200);
  });

  it('end every session', async () => {
    expect((await admin('DELETE', sessions())).status).toBe(200);
    expect((await admin('GET', sessions())).body).toMatchObject({ items: [] });
  });

  it('delete a namespace with everything in it', async () => {
    expect((await admin('DELETE', `/api/v1/namespaces/${ns}`)).status).toBe(200);
    await expect
      .poll(async () => (await admin('GET', `/api/v1/namespaces/${ns}`)).status, { timeout: 30_000 })
      .toBe(404);
  });
});
