/** The policies on our own kinds, by real users with real rights: opening, locks, sessions. No process of ours runs. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyPatch, type Caller, callerOf, jsonPatch, mergePatch } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import { installChart, releaseNamespace, webhookConfigurations } from '../../kit/installation/install.ts';
import {
  application,
  collection,
  grant,
  lock,
  matrix,
  policy,
  type Sent,
  session,
} from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

const unlock = 'supportaccess.dev/unlock-reason';
const needsOpen = 'needs the verb `open`';
const group = '/apis/supportaccess.dev/v1beta1';

let cp: ControlPlane;
let administrator: Caller;
let editor: Caller;
let locker: Caller;
let gateway: Caller;
let ns: string;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  const values = { rbac: { matrixReaders: ['developers'] } };
  await installChart(cp, values, { without: webhookConfigurations });
  for (const role of ['administrator', 'editor', 'locker']) {
    await cp.kubectl([
      'create',
      'clusterrolebinding',
      role,
      `--clusterrole=support-access-${role}`,
      `--user=${role}`,
    ]);
  }
  administrator = callerOf(await cp.userKubeconfig('administrator'));
  editor = callerOf(await cp.userKubeconfig('editor'));
  locker = callerOf(await cp.userKubeconfig('locker'));
  const account = await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-gateway');
  gateway = callerOf(account.kubeconfig);
});

beforeEach(async () => {
  ns = await aNamespace(cp, { prefix: 'kinds' });
});

const inNamespace = (object: Sent): Sent => {
  object.metadata.namespace = ns;
  return object;
};
const aGrant = (change: object = {}): Sent => {
  const object = inNamespace(grant.base());
  Object.assign(object.spec, change);
  return object;
};
const grants = (): string => `${group}/namespaces/${ns}/supportaccessgrants`;

it('a matrix can be read by those who view or edit one namespace, where the chart names their group', async () => {
  await administrator('POST', collection(matrix), { body: matrix.base() });
  const path = `${collection(matrix)}/${matrix.base().metadata.name}`;
  for (const role of ['support-access-editor', 'support-access-viewer'])
    await cp.kubectl(['create', 'rolebinding', role, '-n', ns, `--clusterrole=${role}`, '--user=dev']);
  const [alone, named] = await Promise.all([
    cp.userKubeconfig('dev'),
    cp.userKubeconfig('dev', ['developers']),
  ]);
  expect((await callerOf(alone)('GET', path)).status).toBe(403);
  expect((await callerOf(named)('GET', path)).status).toBe(200);
  expect((await callerOf(named)('DELETE', path)).status).toBe(403);
});

describe('opening', () => {
  it('CC-7 is refused to an editor on creation, with the role that is needed and the way out', async () => {
    const { status, text } = await editor('POST', grants(), { body: aGrant() });
    expect(status).toBe(403);
    expect(text).toContain(needsOpen);
    expect(text).toContain('support-access-administrator');
    expect(text).toContain('access: Disabled');
    expect(text).toContain('denied request: spec.access: enabling or widening');
  });

  it('is what an administrator may do, and an editor may prepare', async () => {
    expect((await editor('POST', grants(), { body: aGrant({ access: 'Disabled' }) })).status).toBe(201);
    const enabling = { body: { spec: { access: 'Enabled' } }, contentType: mergePatch };
    expect((await editor('PATCH', `${grants()}/case-4711`, enabling)).text).toContain(needsOpen);
    expect((await administrator('PATCH', `${grants()}/case-4711`, enabling)).status).toBe(200);
  });

  it('is refused on every road that leads to the same object', async () => {
    await administrator('POST', grants(), { body: aGrant({ access: 'Disabled' }) });
    const path = `${grants()}/case-4711`;
    const current = (await administrator('GET', path)).body as Sent;
    const nameless = aGrant();
    const generated = { ...nameless, metadata: { namespace: ns, generateName: 'case-' } };
    const roads: [string, string, object][] = [
      ['PUT', path, { body: { ...current, spec: { ...current.spec, access: 'Enabled' } } }],
      [
        'PATCH',
        path,
        { body: [{ op: 'replace', path: '/spec/access', value: 'Enabled' }], contentType: jsonPatch },
      ],
      ['PATCH', `${path}?fieldManager=e&force=true`, { body: aGrant(), contentType: applyPatch }],
      [
        'PATCH',
        `${grants()}/other?fieldManager=e`,
        {
          body: { ...aGrant(), metadata: { name: 'other', namespace: ns } },
          contentType: applyPatch,
        },
      ],
      ['POST', `${grants()}?dryRun=All`, { body: { ...aGrant(), metadata: { name: 'dry', namespace: ns } } }],
      ['POST', grants(), { body: generated }],
    ];
    for (const [method, road, options] of roads) {
      const { status, text } = await editor(method, road, options);
      expect([status, text], `${method} ${road}`).toEqual([403, expect.stringContaining(needsOpen)]);
    }
  });

  it('may be given for one object by name, and then holds for that one alone', async () => {
    for (const name of ['one', 'two']) {
      await administrator('POST', grants(), {
        body: { ...aGrant({ access: 'Disabled' }), metadata: { name, namespace: ns } },
      });
    }
    await cp.kubectl([
      'create',
      'role',
      'opener',
      '-n',
      ns,
      '--verb=open',
      '--resource=supportaccessgrants.supportaccess.dev',
      '--resource-name=one',
    ]);
    await cp.kubectl(['create', 'rolebinding', 'opener', '-n', ns, '--role=opener', '--user=editor']);
    const enabling = { body: { spec: { access: 'Enabled' } }, contentType: mergePatch };
    expect((await editor('PATCH', `${grants()}/one`, enabling)).status).toBe(200);
    expect((await editor('PATCH', `${grants()}/two`, enabling)).status).toBe(403);
  });

  it('C42-1 of the whole product, by the switch of the policy, is refused to who may write it and lacks the right', async () => {
    const verbs = '--verb=create,update,patch';
    const resource = '--resource=supportaccesspolicies.supportaccess.dev';
    await cp.kubectl(['create', 'clusterrole', 'settings', verbs, resource]);
    await cp.kubectl(['create', 'clusterrolebinding', 'settings', '--clusterrole=settings', '--user=editor']);
    const on = { body: policy.base() };
    expect((await editor('POST', `${collection(policy)}?dryRun=All`, on)).text).toContain(needsOpen);
    expect((await administrator('POST', `${collection(policy)}?dryRun=All`, on)).status).toBe(201);
    const off = policy.base();
    off.spec['access'] = 'Disabled';
    expect((await editor('POST', `${collection(policy)}?dryRun=All`, { body: off })).status).toBe(201);
  });

  it('is judged for applications too', async () => {
    const applications = `${group}/namespaces/${ns}/supportapplications`;
    expect((await editor('POST', applications, { body: inNamespace(application.base()) })).text).toContain(
      needsOpen,
    );
    expect(
      (await administrator('POST', applications, { body: inNamespace(application.base()) })).status,
    ).toBe(201);
  });

  it('never stands in the way of what narrows', async () => {
    await administrator('POST', grants(), { body: aGrant() });
    const path = `${grants()}/case-4711`;
    const narrowings = [
      { expirationTime: '2026-12-02T08:00:00Z' },
      { startTime: '2026-12-01T09:00:00Z' },
      { allowedCIDRs: ['203.0.113.128/25'] },
      { reason: 'nearly done' },
      { access: 'Disabled' },
    ];
    for (const spec of narrowings) {
      const { status, text } = await editor('PATCH', path, { body: { spec }, contentType: mergePatch });
      expect(status, text).toBe(200);
    }
    expect((await editor('DELETE', path)).status).toBe(200);
  });
});

describe('a lock', () => {
  const aLock = (metadata: object = {}): object => ({
    ...lock.base(),
    metadata: { name: `ns.${ns}`, ...metadata },
  });
  const path = (): string => `${collection(lock)}/ns.${ns}`;
  const annotate = (annotations: object): { body: object; contentType: string } => ({
    body: { metadata: { annotations } },
    contentType: mergePatch,
  });

  it.each([
    [
      'the unlock reason already on it',
      { annotations: { [unlock]: 'x' } },
      'must not be made with the annotation',
    ],
    [
      'an owner',
      { ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: 'default', uid: 'x' }] },
      'must not have owner references',
    ],
    ['a finalizer', { finalizers: ['example.com/hold'] }, 'must not get finalizers'],
  ])('is not made with %s', async (_, metadata, says) => {
    const { status, text } = await locker('POST', collection(lock), { body: aLock(metadata) });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).toContain(says);
  });

  it('is made by whoever may, and lifted by them not at all', async () => {
    expect((await locker('POST', collection(lock), { body: aLock() })).status).toBe(201);
    expect((await locker('PATCH', path(), annotate({ [unlock]: 'x' }))).status).toBe(403);
    expect((await locker('DELETE', path())).status).toBe(403);
  });

  it('is lifted in two writes, the reason first', async () => {
    await locker('POST', collection(lock), { body: aLock() });
    const refused = await administrator('DELETE', path());
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('kubectl annotate')]);
    expect((await administrator('PATCH', path(), annotate({ [unlock]: '' }))).status).toBe(200);
    expect((await administrator('DELETE', path())).status).toBe(403);
    expect((await administrator('PATCH', path(), annotate({ [unlock]: 'false alarm' }))).status).toBe(200);
    expect((await administrator('DELETE', path())).status).toBe(200);
  });

  it('is not deleted on a side road either', async () => {
    await locker('POST', collection(lock), { body: aLock() });
    const background = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Foreground' };
    const roads = [
      administrator('DELETE', `${path()}?dryRun=All`),
      administrator('DELETE', path(), { body: background }),
      callerOf(cp.kubeconfig)('DELETE', collection(lock)),
      callerOf(cp.kubeconfig)('DELETE', path()),
    ];
    for (const { status, text } of await Promise.all(roads)) expect(status, text).toBe(403);
    expect((await administrator('GET', path())).status).toBe(200);
  });

  it.each([
    ['a label', { labels: { a: 'b' } }],
    ['another annotation', { annotations: { note: 'x' } }],
    ['another annotation beside the reason', { annotations: { note: 'x', [unlock]: 'y' } }],
    ['an owner', { ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: 'default', uid: 'x' }] }],
    ['a finalizer', { finalizers: ['example.com/hold'] }],
  ])('does not change: %s is refused', async (_, metadata) => {
    await locker('POST', collection(lock), { body: aLock() });
    const { status, text } = await administrator('PATCH', path(), {
      body: { metadata },
      contentType: mergePatch,
    });
    expect(status, text).toBeGreaterThanOrEqual(400);
    expect(text).toContain('a lock must not');
  });
});

describe('a session', () => {
  const sessions = (): string => `${group}/namespaces/${ns}/supportsessions`;

  it('is written by the gateway alone, also not by cluster administrators', async () => {
    const made = await callerOf(cp.kubeconfig)('POST', sessions(), { body: inNamespace(session.base()) });
    expect([made.status, made.text]).toEqual([403, expect.stringContaining('by others than the gateway')]);
    expect((await gateway('POST', sessions(), { body: inNamespace(session.base()) })).status).toBe(201);
    const touch = { body: { status: { lastActivityTime: '2026-12-01T08:30:00Z' } }, contentType: mergePatch };
    expect((await gateway('PATCH', `${sessions()}/s-5f1c9a/status`, touch)).status).toBe(200);
    const later = { body: { status: { lastActivityTime: '2026-12-01T09:30:00Z' } }, contentType: mergePatch };
    expect((await callerOf(cp.kubeconfig)('PATCH', `${sessions()}/s-5f1c9a/status`, later)).status).toBe(403);
  });

  it('is ended by an administrator who deletes it, one or all', async () => {
    await gateway('POST', sessions(), { body: inNamespace(session.base()) });
    expect((await administrator('DELETE', `${sessions()}/s-5f1c9a`)).status).toBe(200);
    await gateway('POST', sessions(), { body: inNamespace(session.base()) });
    expect((await administrator('DELETE', sessions())).status).toBe(200);
    expect((await administrator('GET', sessions())).body).toMatchObject({ items: [] });
  });

  it('does not outlive its grant, and does not hold up its deletion', async () => {
    const made = (await administrator('POST', grants(), { body: aGrant() })).body as {
      metadata: { uid: string };
    };
    const owner = { apiVersion: 'supportaccess.dev/v1beta1', kind: 'SupportAccessGrant', name: 'case-4711' };
    const owned = inNamespace(session.base());
    Object.assign(owned.metadata, { ownerReferences: [{ ...owner, uid: made.metadata.uid }] });
    expect((await gateway('POST', sessions(), { body: owned })).status).toBe(201);
    const orphan = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Orphan' };
    expect((await administrator('DELETE', `${grants()}/case-4711`, { body: orphan })).status).toBe(200);
    await expect
      .poll(async () => (await administrator('GET', `${grants()}/case-4711`)).status, { timeout: 40_000 })
      .toBe(404);
  });
});
