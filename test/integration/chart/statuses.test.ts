/** Who may say what was found about an object, which decisions rest on, and who may write sessions? No process of ours runs. */
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { applyPatch, type Caller, callerOf, jsonPatch, mergePatch } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { installChart, releaseNamespace, webhookConfigurations } from '../../kit/installation/install.ts';
import {
  application,
  collection,
  grant,
  type Kind,
  lock,
  matrix,
  policy,
  type Sent,
  session,
  user,
} from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

let cp: ControlPlane;
/** Holds `*` on our group everywhere, by RBAC alone. */
let owner: Caller;
let operator: Caller;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  await installChart(cp, {}, { without: webhookConfigurations });
  await cp.kubectl(['create', 'clusterrole', 'owner', '--verb=*', '--resource=*.supportaccess.dev']);
  await cp.kubectl(['create', 'clusterrolebinding', 'owner', '--clusterrole=owner', '--user=owner']);
  owner = callerOf(await cp.userKubeconfig('owner'));
  const account = await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-operator');
  operator = callerOf(account.kubeconfig);
  await policyIsInForce();
});

const found = { status: { observedGeneration: 1 } };

async function policyIsInForce(): Promise<void> {
  const probe = user.base();
  probe.metadata.name = 'probe';
  await owner('POST', collection(user), { body: probe });
  await eventually(async () => {
    const dry = { body: found, contentType: mergePatch };
    expect((await owner('PATCH', `${collection(user)}/probe/status?dryRun=All`, dry)).status).toBe(403);
  });
  await owner('DELETE', `${collection(user)}/probe`);
}

it.each([
  ['SupportAccessGrant', grant],
  ['SupportAccessPolicy', policy],
  ['SupportApplication', application],
  ['SupportUser', user],
  ['SupportPermissionMatrix', matrix],
  ['SupportAccessLock', lock],
])('the status of a %s is written by the operator alone', async (_, kind: Kind) => {
  const object: Sent = kind.base();
  expect((await owner('POST', collection(kind), { body: object })).status).toBe(201);
  const path = `${collection(kind)}/${object.metadata.name}`;
  const whole = (await owner('GET', path)).body as object;
  const { name } = object.metadata;
  const applied = { apiVersion: object.apiVersion, kind: object.kind, metadata: { name }, ...found };
  const roads: [string, string, object][] = [
    ['PATCH', '', { body: found, contentType: mergePatch }],
    ['PATCH', '', { body: [{ op: 'add', path: '/status', value: found.status }], contentType: jsonPatch }],
    ['PATCH', '?fieldManager=o&force=true', { body: applied, contentType: applyPatch }],
    ['PUT', '', { body: { ...whole, ...found } }],
    ['PUT', '?dryRun=All', { body: { ...whole, ...found } }],
  ];
  for (const caller of [owner, callerOf(cp.kubeconfig)]) {
    for (const [method, query, options] of roads) {
      const { status, text } = await caller(method, `${path}/status${query}`, options);
      expect([status, text], `${method} ${query}`).toEqual([
        403,
        expect.stringContaining('others than the operator'),
      ]);
    }
  }
  const { status, text } = await operator('PATCH', `${path}/status`, {
    body: found,
    contentType: mergePatch,
  });
  expect(status, text).toBe(200);
});

it('a status that comes with the object itself is not taken over, and taking back needs none', async () => {
  const closed = { spec: { access: 'Disabled' }, status: { activeReason: 'Open' } };
  const path = `${collection(grant)}/case-4711`;
  const { status, body } = await owner('PATCH', path, { body: closed, contentType: mergePatch });
  expect(status).toBe(200);
  expect(body).toMatchObject({ spec: { access: 'Disabled' }, ...found });
  expect(body).not.toHaveProperty('status.activeReason');
  expect((await owner('DELETE', path)).status).toBe(200);
});

describe('a session is the gateway’s', () => {
  const path = `${collection(session)}/${session.base().metadata.name}`;
  const owners = [{ apiVersion: 'v1', kind: 'Namespace', name: 'default', uid: 'x' }];

  beforeAll(async () => {
    const account = await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-gateway');
    const made = await callerOf(account.kubeconfig)('POST', collection(session), { body: session.base() });
    expect(made.status, made.text).toBe(201);
  });

  it.each([
    ['its labels', '', { metadata: { labels: { a: 'b' } } }, 403],
    ['its annotations', '', { metadata: { annotations: { a: 'b' } } }, 403],
    ['its owners', '', { metadata: { ownerReferences: owners } }, 403],
    ['its finalizers', '', { metadata: { finalizers: ['example.com/hold'] } }, 403],
    ['its status', '/status', { status: { idleExpirationTime: '2026-12-01T23:30:00Z' } }, 403],
    // the schema says so before the policies are asked
    ['its spec', '', { spec: { boundAddress: '198.51.100.1' } }, 422],
  ])('and not even a cluster administrator changes %s', async (_, road, body, status) => {
    for (const caller of [owner, callerOf(cp.kubeconfig)]) {
      const refused = await caller('PATCH', `${path}${road}`, { body, contentType: mergePatch });
      expect(refused.status, refused.text).toBe(status);
      expect(refused.text).toMatch(status === 403 ? /by others than the gateway/ : /may not be changed/);
    }
  });
});
