/**
 * Who may have which role: names that are reserved for vendor support, support identities that the operator alone assigns a
 * role, and what they never write. Of the cluster's own objects and of an application's, on a real API server; no process of ours
 * runs.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { installed } from '../../../crds/names.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { type Caller, type CallResponse, callerOf, mergePatch } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import {
  identitiesNamespace,
  installChart,
  releaseNamespace,
  webhookConfigurations,
} from '../../kit/installation/install.ts';
import { collection, grant } from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';
import {
  account,
  applicationKinds,
  binding,
  bob,
  ecase,
  everyIdentity,
  identity,
  neverWritten,
  rbac,
  reservedRoles,
  subjects,
} from './roles-and-subjects.ts';

const names = `/api/v1/namespaces/${releaseNamespace}/configmaps/${installed.names}`;

let cp: ControlPlane;
let admin: Caller;
let editor: Caller;
let ns: string;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  admin = callerOf(cp.kubeconfig);
  await cp.kubectl(['apply', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: applicationKinds }),
  });
  await admin('POST', `${rbac}/clusterroles`, { body: { metadata: { name: 'CP support' }, rules: [] } });
  await installChart(cp, { reservedRoles }, { without: webhookConfigurations });
  const role = '--clusterrole=support-access-editor';
  await cp.kubectl(['create', 'clusterrolebinding', 'editor', role, '--user=editor']);
  editor = callerOf(await cp.userKubeconfig('editor'));
});

beforeEach(async () => {
  ns = await aNamespace(cp, { prefix: 'roles' });
});

const dry = (path: string): string => `${path}?dryRun=All`;

function refused({ status, text }: CallResponse, says: string): void {
  expect([status, text]).toEqual([403, expect.stringContaining(says)]);
}

function taken({ status, text }: CallResponse): void {
  expect(status, text).toBeLessThan(300);
}

const isReserved = 'reserved for vendor support';
const ofSupport = 'support identities must not be assigned a role';

describe('EC-12 a role with a reserved name', () => {
  it.each([
    'Support Admin',
    'support-admin',
    'SUPPORT:ADMIN',
    's.u.p.p.o.r.t_admin',
    'CP Support',
    'cpsupport',
    'Süpport Admin',
    'Ѕupport Admin',
    'ＳＵＰＰＯＲＴ ＡＤＭＩＮ',
    'support\u200badmin',
  ])('is made under no spelling: %s', async (name) => {
    for (const path of [`${rbac}/clusterroles`, `${rbac}/namespaces/${ns}/roles`])
      refused(await admin('POST', path, { body: { metadata: { name }, rules: [] } }), isReserved);
  });

  it.each([
    'support-admins',
    'ＣＬＥＲＫ',
    'admins',
    'support',
    'support-administrator',
    'роль',
    'sü',
    'an-admin-of-support',
  ])('is none that only sounds like one: %s', async (name) => {
    taken(await admin('POST', dry(`${rbac}/clusterroles`), { body: { metadata: { name }, rules: [] } }));
  });

  it('that was there before stays and may be changed', async () => {
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    const path = `${rbac}/clusterroles/${encodeURIComponent('CP support')}`;
    taken(await admin('PATCH', path, { body: { rules }, contentType: mergePatch }));
  });

  it('is made of an application neither, by its name or by a field that the values name', async () => {
    const role = (name: string, spec: object): object => ({
      apiVersion: 'ecase.example.com/v1',
      kind: 'AppRole',
      metadata: { name },
      spec,
    });
    refused(await admin('POST', `${ecase}/roles`, { body: role('support-admin', {}) }), isReserved);
    refused(
      await admin('POST', `${ecase}/roles`, { body: role('r1', { displayName: 'Support admin' }) }),
      isReserved,
    );
    taken(await admin('POST', `${ecase}/roles`, { body: role('r1', { displayName: 'Clerk' }) }));
    const rename = { body: { spec: { displayName: 'cp_support' } }, contentType: mergePatch };
    refused(await admin('PATCH', `${ecase}/roles/r1`, rename), isReserved);
    taken(await admin('POST', `${ecase}/roles`, { body: role('r2', { displayName: 7 }) }));
    taken(await admin('POST', `${ecase}/roles`, { body: role('r3', {}) }));
  });
});

describe('EC-4 the names that the policy adds', () => {
  const make = async (name: string) =>
    admin('POST', dry(`${rbac}/clusterroles`), { body: { metadata: { name }, rules: [] } });

  it('are reserved too, and those of the installation stay so whatever becomes of the ConfigMap', async () => {
    taken(await make('Vendor Desk'));
    const data = { reservedRoles: 'acme vendordesk' };
    taken(await admin('PATCH', names, { body: { data }, contentType: mergePatch }));
    await eventually(async () => refused(await make('Vendor Desk'), isReserved));
    refused(await make('Support Admin'), isReserved);
    taken(await admin('PATCH', names, { body: { data: null }, contentType: mergePatch }));
    await eventually(async () => taken(await make('Vendor Desk')));
    refused(await make('Support Admin'), isReserved);
    const { body } = await admin('GET', names);
    taken(await admin('DELETE', names));
    await eventually(async () => expect((await admin('GET', names)).status).toBe(404));
    refused(await make('Support Admin'), isReserved);
    taken(await make('Vendor Desk'));
    const { metadata, ...rest } = body as { metadata: { labels: object } };
    const again = { ...rest, metadata: { name: installed.names, labels: metadata.labels } };
    taken(await admin('POST', names.replace(`/${installed.names}`, ''), { body: again }));
  });
});

describe('EC-14 a support identity', () => {
  it.each(Object.entries(subjects))('is assigned no role %s', async (_, subject) => {
    const body = binding('view', bob, subject);
    refused(await admin('POST', `${rbac}/namespaces/${ns}/rolebindings`, { body }), ofSupport);
    refused(await admin('POST', `${rbac}/clusterrolebindings`, { body }), ofSupport);
    const path = `${rbac}/namespaces/${ns}/rolebindings`;
    taken(await admin('POST', path, { body: binding('view', bob) }));
    const add = { body: { subjects: [bob, subject] }, contentType: mergePatch };
    refused(await admin('PATCH', `${path}/x`, add), ofSupport);
  });

  it.each(['bob', `system:serviceaccount:${identitiesNamespace}-2:sa-1`, 'system:authenticated'])(
    'is none of others: %s',
    async (name) => {
      const body = binding('view', { ...bob, kind: name.endsWith('ed') ? 'Group' : 'User', name });
      taken(await admin('POST', dry(`${rbac}/namespaces/${ns}/rolebindings`), { body }));
    },
  );

  it('has what OpenShift gives to the accounts of each namespace, in its own namespace alone', async () => {
    const body = binding('system:image-puller', subjects['by the group of its namespace'] ?? {});
    taken(await admin('POST', dry(`${rbac}/namespaces/${identitiesNamespace}/rolebindings`), { body }));
    refused(await admin('POST', dry(`${rbac}/namespaces/${ns}/rolebindings`), { body }), ofSupport);
  });

  it('is assigned no role of an application, in a text, in a list or as a subject', async () => {
    const assignment = (spec: object): object => ({
      apiVersion: 'ecase.example.com/v1',
      kind: 'Assignment',
      metadata: { name: 'a' },
      spec: { role: 'Clerk', ...spec },
    });
    const make = async (spec: object) =>
      admin('POST', dry(`${ecase}/assignments`), { body: assignment(spec) });
    refused(await make({ people: identity }), ofSupport);
    refused(await make({ people: ['bob', everyIdentity] }), ofSupport);
    refused(await make({ subjects: [bob, account] }), ofSupport);
    refused(await make({ role: 'Support admin', people: 'bob' }), 'must not be assigned');
    for (const people of ['bob', ['bob'], [bob], [], 7, { a: 'b' }, [[7]]]) taken(await make({ people }));
  });

  it('may be taken out of a binding that had it before, and one that changes nothing is let through', async () => {
    const path = `${rbac}/namespaces/${ns}/rolebindings`;
    const guard = 'support-access-reserved-assignments';
    const guards = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
    const kept = await Promise.all(
      [guard, `${guard}-of-the-policy`].map(async (name) => (await admin('GET', `${guards}/${name}`)).body),
    );
    for (const one of kept) await admin('DELETE', `${guards}/${(one as Named).metadata.name}`);
    const before = binding('view', bob, account);
    await eventually(async () => taken(await admin('POST', path, { body: before })));
    for (const { apiVersion, kind, metadata, spec } of kept as Named[]) {
      const { name, labels } = metadata;
      taken(await admin('POST', guards, { body: { apiVersion, kind, metadata: { name, labels }, spec } }));
    }
    const other = { ...before, metadata: { name: 'y' } };
    await eventually(async () => refused(await admin('POST', dry(path), { body: other }), ofSupport));
    const { body } = await admin('GET', `${path}/x`);
    taken(await admin('PUT', `${path}/x`, { body }));
    const label = { body: { metadata: { labels: { a: 'b' } } }, contentType: mergePatch };
    taken(await admin('PATCH', `${path}/x`, label));
    taken(await admin('PATCH', `${path}/x`, { body: { subjects: [account] }, contentType: mergePatch }));
    taken(await admin('DELETE', `${path}/x`));
  });
});

interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: object };
  readonly spec: object;
}

describe('ZH-6 what a support identity never writes, with every right that there is', () => {
  const asIdentity: Caller = async (method, path, options) =>
    admin(method, path, {
      ...options,
      headers: { 'impersonate-user': identity, 'impersonate-group': [everyIdentity, 'system:masters'] },
    });
  const never = "must not write this product's objects";
  const inNs = (): string => `/api/v1/namespaces/${ns}`;

  it.each(neverWritten)('%s', async (_, request) => {
    const [path, body] = request(ns);
    refused(await asIdentity('POST', path, { body }), never);
  });

  it('nor changes or deletes one', async () => {
    taken(await admin('POST', `${inNs()}/secrets`, { body: { metadata: { name: 'theirs' } } }));
    const change = { body: { data: {} }, contentType: mergePatch };
    refused(await asIdentity('PATCH', `${inNs()}/secrets/theirs`, change), never);
    refused(await asIdentity('DELETE', `${inNs()}/secrets/theirs`), never);
  });

  it('while it may write other things, ask for its own rights, and nobody else is held up', async () => {
    taken(await asIdentity('POST', `${inNs()}/configmaps`, { body: { metadata: { name: 'x' } } }));
    const spec = { resourceAttributes: { verb: 'get', resource: 'pods' } };
    taken(
      await asIdentity('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body: { spec } }),
    );
    taken(await admin('POST', `${inNs()}/secrets`, { body: { metadata: { name: 'ours' } } }));
  });
});

describe('CC-7 who lacks the verb open', () => {
  it('reads whom to ask, as the policy names them, and is refused the same without these names', async () => {
    const ask = async () => editor('POST', dry(collection(grant)), { body: grant.base() });
    const before = await ask();
    refused(before, 'support-access-administrator');
    expect(before.headers['warning']).toBeUndefined();
    const administrators = 'Grace (grace@example.com, group platform)';
    taken(await admin('PATCH', names, { body: { data: { administrators } }, contentType: mergePatch }));
    await eventually(async () => {
      const { headers, ...answer } = await ask();
      refused({ headers, ...answer }, 'support-access-administrator');
      expect(String(headers['warning'])).toContain(`may enable and widen: ${administrators}`);
    });
  });

  it('is told nothing where nothing is refused', async () => {
    const prepared = grant.base();
    prepared.spec['access'] = 'Disabled';
    for (const [caller, body] of [
      [editor, prepared],
      [admin, grant.base()],
    ] as const) {
      const answer = await caller('POST', dry(collection(grant)), { body });
      taken(answer);
      expect(String(answer.headers['warning'])).not.toContain('Grace');
    }
  });
});
