/** Which change leads to which keys: exactly the concerned ones, and closing in its own lane. */
import { describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import type { KubeObject } from '../../../../kube/objects.ts';
import type { CacheChange } from '../../../../kube/watch/object-store.ts';
import { accountName } from '../../../../operator/outputs/account.ts';
import { type CacheSettings, type Caches, createCaches } from '../../../../operator/watching/caches.ts';
import { enqueueEverything, followChanges } from '../../../../operator/watching/triggers.ts';
import { anApplication } from '../../../kit/objects/application.ts';
import { aGrant, disabled, forUser, opened } from '../../../kit/objects/grant.ts';
import { identitiesNamespace, readingPods } from '../../../kit/objects/grant-world.ts';
import {
  aBinding,
  aClusterBinding,
  aClusterRole,
  account,
  group,
} from '../../../kit/objects/kube-objects.ts';
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
const elsewhere = aGrantNamed('else', inNamespace('other'), forUser('eve'));

/** The operator's own collections, filled by a server that lists these objects once and then says nothing. */
async function collections(): Promise<{
  caches: Caches;
  change: (name: keyof Caches, change: unknown) => void;
}> {
  const held: Record<string, readonly KubeObject[]> = {
    supportaccessgrants: [adas, bobs, elsewhere],
    supportusers: [aUser(), aUserNamed('bob')],
    supportpermissionmatrices: [aMatrix(), rights],
    supportapplications: [anApplication()],
    clusterrolebindings: [
      aClusterBinding('system:basic-user', 'system:basic-user', group('system:authenticated')),
    ],
  };
  const client = {
    list: async ({ plural }: { plural: string }) => ({
      items: [...(held[plural] ?? [])],
      resourceVersion: '1',
    }),
    watch: async (_kind: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
  } as unknown as CacheSettings['client'];
  const settings = {
    client,
    releaseNamespace: 'support-access',
    identitiesNamespace,
    onProblem: () => undefined,
  };
  const caches = createCaches(settings);
  const listeners = new Map<string, (change: CacheChange<never>) => void>();
  for (const [name, cache] of Object.entries(caches)) {
    cache.start();
    await cache.synced;
    cache.onChange = (listener: (change: never) => void) => {
      listeners.set(name, listener as never);
      return () => undefined;
    };
  }
  return { caches, change: (name, change) => listeners.get(name)?.(change as never) };
}

/** The keys, with an exclamation mark where they are in the revocation lane. */
async function keysAfter(name: keyof Caches, change: unknown): Promise<string[]> {
  const { caches, change: tell } = await collections();
  const keys = new Set<string>();
  const enqueue = (kind: string, id: string, lane?: string) =>
    keys.add(`${kind}:${id}${lane === 'revocation' ? '!' : ''}`);
  followChanges({ caches, enqueue, identitiesNamespace });
  tell(name, change);
  await Promise.all(Object.values(caches).map((cache) => cache.stop()));
  return [...keys].toSorted();
}

const grantKey = ({ metadata }: KubeObject, lane = '') => `grant:${metadata.uid}${lane}`;
const grantsOnly = (keys: readonly string[]) => keys.filter((key) => key.startsWith('grant:'));
const all = [adas, bobs, elsewhere];

describe('a change', () => {
  it('of a person concerns the grants that name the person, and closes first when the person is out', async () => {
    expect(grantsOnly(await keysAfter('users', { type: 'added', object: aUser() }))).toEqual([
      grantKey(adas),
    ]);
    const out = { type: 'updated', object: aUser(deactivated()), old: aUser() };
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
    const off = { type: 'updated', object: aPolicy(switchedOff()), old: aPolicy() };
    expect(grantsOnly(await keysAfter('policies', off))).toEqual(
      all.map((one) => grantKey(one, '!')).toSorted(),
    );
    const on = { type: 'added', object: aPolicy() };
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
    const lock = { kind: 'SupportAccessLock', metadata: metadataOf('SupportAccessLock', name) };
    const keys = await keysAfter('locks', { type: 'added', object: lock });
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
    const narrowed = { type: 'updated', object: narrow, old: wide };
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
    const basic = aClusterRole('system:basic-user', []);
    expect(
      grantsOnly(await keysAfter('clusterRoles', { type: 'updated', object: basic, old: basic })),
    ).toEqual([grantKey(bobs, '!')]);
    expect(await keysAfter('clusterRoles', { type: 'added', object: aClusterRole('other', []) })).toEqual([]);
  });
});

describe('the start', () => {
  it('looks at everything once, and sweeps', async () => {
    const { caches } = await collections();
    const keys: string[] = [];
    enqueueEverything(caches, (name) => keys.push(name));
    await Promise.all(Object.values(caches).map((cache) => cache.stop()));
    expect([...new Set(keys)]).toEqual(['policy', 'user', 'matrix', 'application', 'grant', 'sweep']);
  });
});
