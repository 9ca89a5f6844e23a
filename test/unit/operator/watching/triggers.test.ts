/** Which change leads to which keys: exactly the concerned ones, and closing in its own lane. */
import { describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import type { SupportApplication } from '../../../../crds/generated/support-application.ts';
import { accountName } from '../../../../crds/identities.ts';
import type { KubeObject } from '../../../../kube/objects.ts';
import { controllers } from '../../../../operator/controllers.ts';

import type { CollectionName } from '../../../../operator/watching/collections.ts';
import { enqueueEverything, followChanges } from '../../../../operator/watching/triggers.ts';
import { anApplication } from '../../../kit/objects/application.ts';
import { FollowedServer } from '../../../kit/objects/followed-server.ts';
import { aGrant, disabled, forUser, opened } from '../../../kit/objects/grant.ts';
import { identitiesNamespace, readingPods } from '../../../kit/objects/grant-world.ts';
import { keysAfterIn, type MadeChange, namespaces, synced } from '../../../kit/objects/keys-after.ts';
import {
  aBinding,
  aClusterBinding,
  aClusterRole,
  aConfigMap,
  account,
  group,
} from '../../../kit/objects/kube-objects.ts';
import { aLock } from '../../../kit/objects/lock.ts';
import { aMatrix } from '../../../kit/objects/matrix.ts';
import {
  inNamespace,
  type Modifier,
  metadataOf,
  named,
  withMetadata,
  withSpec,
} from '../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../kit/objects/policy.ts';
import { aUser, aUserNamed, deactivated } from '../../../kit/objects/user.ts';

const rights = aMatrix(readingPods, named('rights-1'), withMetadata({ uid: 'rights' }));
const aGrantNamed = (name: string, ...rest: Modifier<SupportAccessGrant>[]) =>
  aGrant(withMetadata(metadataOf('SupportAccessGrant', name, 'ecase')), ...rest);
const adas = aGrantNamed('adas', opened());
const bobs = aGrantNamed('bobs', forUser('bob'), withSpec({ matrixRef: { name: 'rights-1' } }));
const theirs = aGrantNamed('else', inNamespace('other'), forUser('eve'));

const held: Readonly<Record<string, readonly KubeObject[]>> = {
  supportaccessgrants: [adas, bobs, theirs],
  supportusers: [aUser(), aUserNamed('bob')],
  supportpermissionmatrices: [aMatrix(), rights],
  supportapplications: [anApplication()],
  clusterrolebindings: [
    aClusterBinding('system:basic-user', 'system:basic-user', group('system:authenticated')),
  ],
  rolebindings: [
    aBinding(`${identitiesNamespace}/puller`, 'system:image-puller', group('system:serviceaccounts')),
  ],
};

const keysAfter = (name: CollectionName, change: MadeChange) => keysAfterIn(held, name, change);

const grantKey = ({ metadata }: KubeObject, lane = '') => `grant:${metadata.uid}${lane}`;
const grantsOnly = (keys: readonly string[]) => keys.filter((key) => key.startsWith('grant:'));
const all = [adas, bobs, theirs];
const claims = { [anApplication().spec.host]: 'ecase' };
const aSliceFor = (service: string): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    ...metadataOf('EndpointSlice', 'ecase-mine', 'ecase'),
    labels: { 'kubernetes.io/service-name': service },
  },
});
const aSlice = aSliceFor('ecase');
const aService = (): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadataOf('Service', anApplication().spec.serviceRef.name, anApplication().metadata.namespace),
});

describe('a change', () => {
  it('of a person concerns the grants that name the person, and closes first when the person is out', async () => {
    expect(grantsOnly(await keysAfter('users', { type: 'added', object: aUser() }))).toEqual([
      grantKey(adas),
    ]);
    const out = { type: 'updated', object: aUser(deactivated()), old: aUser() } as const;
    expect(grantsOnly(await keysAfter('users', out))).toEqual([grantKey(adas, '!')]);
    expect(grantsOnly(await keysAfter('users', { type: 'deleted', object: aUser() }))).toEqual([
      grantKey(adas, '!'),
    ]);
  });

  it('of a matrix concerns the grants under it', async () => {
    expect(grantsOnly(await keysAfter('matrices', { type: 'deleted', object: rights }))).toEqual([
      grantKey(bobs, '!'),
    ]);
  });

  it('of an application concerns the grants of its namespace that name it', async () => {
    const gone = await keysAfter('applications', { type: 'deleted', object: anApplication() });
    expect(grantsOnly(gone)).toEqual([grantKey(adas, '!'), grantKey(bobs, '!')].toSorted());
  });

  it('of the policy concerns all grants, in the revocation lane when it is off', async () => {
    const off = { type: 'updated', object: aPolicy(switchedOff()), old: aPolicy() } as const;
    expect(grantsOnly(await keysAfter('policies', off))).toEqual(
      all.map((one) => grantKey(one, '!')).toSorted(),
    );
    const on = { type: 'added', object: aPolicy() } as const;
    expect(grantsOnly(await keysAfter('policies', on))).toEqual(all.map((one) => grantKey(one)).toSorted());
  });

  it.each([
    ['all', all],
    ['ns.ecase', [adas, bobs]],
    [`grant.${bobs.metadata.uid}`, [bobs]],
    [`user.${aUser().metadata.uid}`, [adas]],
    ['user.unknown', []],
    ['nonsense', []],
  ] as const)('of the lock %s concerns exactly what it locks, at once', async (name, grants) => {
    const keys = await keysAfter('locks', { type: 'added', object: aLock(name) });
    expect(grantsOnly(keys)).toEqual(grants.map((one) => grantKey(one, '!')).toSorted());
  });

  it('of a grant concerns that grant, in the revocation lane when it can only close', async () => {
    expect(
      grantsOnly(await keysAfter('grants', { type: 'updated', object: disabled()(adas), old: adas })),
    ).toEqual([grantKey(adas, '!')]);
    expect(grantsOnly(await keysAfter('grants', { type: 'deleted', object: adas }))).toEqual([
      grantKey(adas, '!'),
    ]);
    expect(grantsOnly(await keysAfter('grants', { type: 'added', object: bobs }))).toEqual([grantKey(bobs)]);
  });

  it('of a binding to everybody concerns the grants with Kubernetes rights alone', async () => {
    const wide = aClusterBinding('wide', 'view', group('system:authenticated'));
    expect(grantsOnly(await keysAfter('clusterBindings', { type: 'added', object: wide }))).toEqual([
      grantKey(bobs, '!'),
    ]);
    const narrow = aClusterBinding('narrow', 'view', group('developers'));
    expect(await keysAfter('clusterBindings', { type: 'added', object: narrow })).toEqual([]);
    const before = { ...wide, metadata: narrow.metadata };
    const narrowed = { type: 'updated', object: narrow, old: before } as const;
    expect(grantsOnly(await keysAfter('clusterBindings', narrowed))).toEqual([grantKey(bobs, '!')]);
  });

  it('of a binding to one account concerns that account’s grant, also when nothing has the name', async () => {
    const name = accountName(adas.metadata.uid, aUser().metadata.uid);
    const extra = aBinding('default/extra', 'view', account(`${identitiesNamespace}/${name}`));
    expect(grantsOnly(await keysAfter('bindings', { type: 'deleted', object: extra }))).toEqual([
      grantKey(adas, '!'),
    ]);
  });

  it('of a role concerns the grants of its matrix, of a default role those with rights', async () => {
    const role = aClusterRole(rights.spec.kubernetes?.clusterRole ?? '', []);
    expect(grantsOnly(await keysAfter('clusterRoles', { type: 'updated', object: role, old: role }))).toEqual(
      [grantKey(bobs, '!')],
    );
    for (const name of ['system:basic-user', 'system:image-puller']) {
      const object = aClusterRole(name, []);
      const keys = await keysAfter('clusterRoles', { type: 'updated', object, old: object });
      expect(grantsOnly(keys)).toEqual([grantKey(bobs, '!')]);
    }
    expect(await keysAfter('clusterRoles', { type: 'added', object: aClusterRole('other', []) })).toEqual([]);
  });
});

describe('a change of what other kinds look at', () => {
  const uid = anApplication().metadata.uid;

  it.each([
    ['policies', { type: 'added', object: aPolicy() }, ['application', 'case', 'grant', 'policy', 'user']],
    ['users', { type: 'added', object: aUser() }, ['grant', 'policy', 'user']],
    ['matrices', { type: 'added', object: rights }, ['grant', 'matrix']],
    ['applications', { type: 'added', object: anApplication() }, ['application', 'grant', 'policy']],
    ['grants', { type: 'added', object: adas }, ['grant', 'policy', 'user']],
    ['services', { type: 'updated', object: aService() }, ['application', 'grant']],
    [
      'handMadeSlices',
      { type: 'updated', object: aSliceFor('another'), old: aSlice },
      ['application', 'grant'],
    ],
    ['handMadeSlices', { type: 'added', object: aSlice }, ['application', 'grant']],
    ['networkPolicies', { type: 'updated', object: aConfigMap('gateway', {}) }, ['policy']],
    ['names', { type: 'updated', object: aConfigMap('support-access-names', {}) }, ['policy']],
    ['ssoConfig', { type: 'updated', object: aConfigMap('support-access-sso', {}) }, ['policy']],
    [
      'hosts',
      { type: 'added', object: aConfigMap('support-access-hosts', claims) },
      ['application', 'grant'],
    ],
    [
      'certificates',
      { type: 'added', object: aConfigMap('support-access-certificates', {}) },
      ['application', 'policy'],
    ],
    ['authority', { type: 'updated', object: aConfigMap('support-access-ca', {}) }, ['policy']],
  ] as const)('of %s makes exactly these kinds be looked at', async (name, change, kinds) => {
    const keys = await keysAfter(name, change);
    expect([...new Set(keys.map((key) => key.split(':')[0]))]).toEqual(kinds);
  });

  it('is told once for a status that changes nothing for the installation', async () => {
    const object = { ...bobs, status: { ...bobs.status, observedGeneration: 7 } } as SupportAccessGrant;
    expect(await keysAfter('grants', { type: 'updated', object, old: bobs })).toEqual([grantKey(bobs)]);
  });

  it.each([
    ['policies', aPolicy()],
    ['users', aUser()],
    ['matrices', rights],
    ['applications', anApplication()],
    ['grants', adas],
  ] as const)('of %s makes nothing be looked at when it is of metadata alone', async (name, old) => {
    const metadata = {
      ...old.metadata,
      resourceVersion: '77',
      labels: { team: 'x' },
      annotations: { note: 'again' },
    };
    expect(await keysAfter(name, { type: 'updated', object: { ...old, metadata }, old })).toEqual([]);
  });

  it('of a host concerns the applications that share the old or the new one', async () => {
    const object = withSpec<SupportApplication>({ host: 'new.example.com' })(anApplication());
    const keys = await keysAfter('applications', { type: 'updated', object, old: anApplication() });
    expect(keys.filter((key) => key.startsWith('application:'))).toEqual([`application:${uid}`]);
  });
});

describe('the start', () => {
  it('looks at everything once, and at orphans', async () => {
    const caches = await synced(new FollowedServer(held));
    const keys: string[] = [];
    enqueueEverything(controllers, caches, (name, id, lane) => keys.push(`${name}:${id}:${lane}`));
    await Promise.all(Object.values(caches).map((cache) => cache.stop()));
    const names = ['release', 'policy', 'user', 'matrix', 'case', 'application', 'grant', 'orphans'];
    expect([...new Set(keys.map((key) => key.split(':')[0]))]).toEqual(names);
    expect(keys).toHaveLength(12);
    expect(keys[1]).toBe('policy:default:revocation');
  });
});

describe('following', () => {
  it('ends when it is stopped', async () => {
    const server = new FollowedServer(held);
    const caches = await synced(server);
    const keys: string[] = [];
    const stop = followChanges(controllers, { caches, ...namespaces }, (name) => keys.push(name));
    stop();
    const seen = Promise.withResolvers<void>();
    caches.users.onChange(() => seen.resolve());
    await server.send('supportusers', 'DELETED', aUser());
    await seen.promise;
    await Promise.all(Object.values(caches).map((cache) => cache.stop()));
    expect(keys).toEqual([]);
  });
});
