/** What no watch can tell: objects of ours whose grant is gone, and credentials whose Secret is gone. */
import { describe, expect, it } from 'vitest';
import { accountName, credentialName } from '../../../../crds/identities.ts';
import type { MergePatch, WriteOptions } from '../../../../kube/api/client.ts';
import { KubeError } from '../../../../kube/errors.ts';
import type { KubeObject, NamespacedName, ObjectMeta } from '../../../../kube/objects.ts';
import type { Resource } from '../../../../kube/resources.ts';
import { createControllerCaches } from '../../../../operator/controllers.ts';
import { lookForOrphans, type OrphanDeps } from '../../../../operator/orphans/controller.ts';

import { bindingName } from '../../../../operator/outputs/binding.ts';
import { FollowedServer } from '../../../kit/objects/followed-server.ts';
import { aGrant } from '../../../kit/objects/grant.ts';
import { identitiesNamespace, noon } from '../../../kit/objects/grant-world.ts';
import { metadataOf } from '../../../kit/objects/object.ts';

const namespaces = { releaseNamespace: 'support-access', identitiesNamespace };
const managed = 'app.kubernetes.io/managed-by';
const grantUid = 'supportaccess.dev/grant-uid';
const userUid = 'supportaccess.dev/user-uid';
const credential = 'supportaccess.dev/credential';

const anObject = (
  kind: string,
  name: string,
  marks: Pick<ObjectMeta, 'labels' | 'annotations' | 'ownerReferences'>,
): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { ...metadataOf(kind, name, identitiesNamespace), ...marks },
  ...(kind === 'RoleBinding' && { roleRef: { apiGroup: '', kind: 'ClusterRole', name: 'view' } }),
});
const ours = (uid: string) => ({ [managed]: 'support-access', [grantUid]: uid, [userUid]: 'ada' });

interface Written {
  readonly metadata: Partial<ObjectMeta>;
}

/** A server that holds Secrets of these names, and says no more of them than that a name is taken. */
function aClient(secrets: readonly string[]) {
  const patched: unknown[] = [];
  const looked: unknown[] = [];
  const client: OrphanDeps['client'] = {
    create: async <T = KubeObject>(_: Resource, { metadata, ...object }: Written, options?: WriteOptions) => {
      const name = metadata.name ?? '';
      looked.push([name, options?.dryRun]);
      const body = JSON.stringify({ kind: 'Status', reason: 'AlreadyExists' });
      if (secrets.includes(name)) throw new KubeError({ method: 'POST', path: '/', status: 409, body });
      return { metadata, ...object } as T;
    },
    mergePatch: async <T = KubeObject>(
      _resource: Resource,
      { name }: NamespacedName,
      { patch }: MergePatch,
    ) => {
      patched.push([name, patch]);
      return {} as T;
    },
  };
  return { client, patched, looked };
}

interface Scene {
  readonly accounts?: readonly KubeObject[];
  readonly bindings?: readonly KubeObject[];
  /** Names of the Secrets that are there. */
  readonly secrets?: readonly string[];
}

/** One look for orphans: which grants it has looked at, what it wrote, and when it looks again. */
async function lookAt({ accounts = [], bindings = [], secrets = [] }: Scene) {
  const server = new FollowedServer({
    supportaccessgrants: [aGrant()],
    serviceaccounts: accounts,
    rolebindings: bindings,
  });
  const caches = createControllerCaches({ ...namespaces, client: server.client, onProblem: () => undefined });
  for (const cache of Object.values(caches)) {
    cache.start();
    await cache.synced;
  }
  const enqueued: string[] = [];
  const { client, patched, looked } = aClient(secrets);
  const enqueue: OrphanDeps['enqueue'] = (...key) => enqueued.push(key.join(':'));
  const again = await lookForOrphans({ client, caches, now: () => noon, enqueue });
  await Promise.all(Object.values(caches).map((cache) => cache.stop()));
  return { enqueued, patched, looked, again };
}

const here = aGrant().metadata.uid;
const unmanaged = { [grantUid]: 'gone' };

const leftAccount = anObject('ServiceAccount', accountName('gone', 'ada'), { labels: ours('gone') });
const owner = { apiVersion: 'supportaccess.dev/v1beta1', kind: 'SupportAccessGrant', name: 'x', uid: 'gone' };
const leftBinding = anObject('RoleBinding', bindingName('gone'), {
  labels: ours('gone'),
  ownerReferences: [owner],
});

describe('objects whose grant is gone', () => {
  it.each([
    ['an account', { accounts: [leftAccount] }],
    ['a binding', { bindings: [leftBinding] }],
    ['both, looked at once', { accounts: [leftAccount], bindings: [leftBinding] }],
  ])('have that grant closed: %s', async (_name, scene) => {
    expect((await lookAt(scene)).enqueued).toEqual(['grant:gone:revocation']);
  });

  it.each([
    ['those of a grant that is there', { labels: ours(here) }],
    ['those that are not ours, whatever label they carry', { labels: unmanaged }],
    ['those that only copy our labels', { labels: ours('gone') }],
    ['those of no grant', { labels: { [managed]: 'support-access' } }],
    ['those of a grant without a UID', { labels: ours('') }],
    ['those without labels', {}],
  ])('are not %s', async (_name, marks) => {
    const scene = {
      accounts: [anObject('ServiceAccount', 'sa-1', marks)],
      bindings: [anObject('RoleBinding', 'sag-1', marks)],
    };
    expect((await lookAt(scene)).enqueued).toEqual([]);
  });
});

describe('the credential of an account', () => {
  const bare = anObject('ServiceAccount', 'sa-1', { labels: ours(here) });
  const secret = credentialName(bare.metadata);
  const noting = (note: string, labels = ours(here)) =>
    anObject('ServiceAccount', 'sa-1', { labels, annotations: { [credential]: note } });
  const accounts = [noting(secret)];

  it('is kept while its Secret is there', async () => {
    const { patched, looked } = await lookAt({ accounts, secrets: [secret] });
    expect(patched).toEqual([]);
    expect(looked).toEqual([[secret, true]]);
  });

  it.each([
    ['gone', []],
    ['one of the account’s name, or of an account before it', ['sa-1', 'sa-1-before']],
  ])('is noted as missing when its Secret is %s, so that the grant makes another', async (_name, secrets) => {
    const { patched } = await lookAt({ accounts, secrets });
    const { uid } = accounts[0]!.metadata;
    expect(patched).toEqual([['sa-1', { metadata: { uid, annotations: { [credential]: 'missing' } } }]]);
  });

  it.each([
    ['has none yet', bare],
    ['was found without it before', noting('missing')],
    ['is not ours', noting(secret, unmanaged as never)],
  ])('is not looked for when the account %s', async (_name, account) => {
    const { looked, patched } = await lookAt({ accounts: [account] });
    expect([looked, patched]).toEqual([[], []]);
  });
});

it('looks again every ten minutes', async () => {
  expect((await lookAt({})).again).toBe(noon + 600_000);
});
