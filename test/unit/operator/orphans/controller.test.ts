/** What no watch can tell: objects of ours whose grant is gone, and credentials whose Secret is gone. */
import { describe, expect, it } from 'vitest';
import type { MergePatch } from '../../../../kube/api/client.ts';
import type { KubeObject, NamespacedName, ObjectMeta } from '../../../../kube/objects.ts';
import type { Resource } from '../../../../kube/resources.ts';
import { createControllerCaches } from '../../../../operator/controllers.ts';
import { lookForOrphans, type OrphanDeps } from '../../../../operator/orphans/controller.ts';
import { accountName } from '../../../../operator/outputs/account.ts';
import { bindingName } from '../../../../operator/outputs/binding.ts';
import { FollowedServer } from '../../../kit/objects/followed-server.ts';
import { aGrant } from '../../../kit/objects/grant.ts';
import { identitiesNamespace, noon } from '../../../kit/objects/grant-world.ts';
import { metadataOf } from '../../../kit/objects/object.ts';

const namespaces = { releaseNamespace: 'support-access', identitiesNamespace };
const managed = 'app.kubernetes.io/managed-by';
const grantUid = 'supportaccess.dev/grant-uid';
const userUid = 'supportaccess.dev/user-uid';
const credentialUid = 'supportaccess.dev/credential-uid';

const anObject = (
  kind: string,
  name: string,
  marks: Pick<ObjectMeta, 'labels' | 'annotations'>,
): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { ...metadataOf(kind, name, identitiesNamespace), ...marks },
  ...(kind === 'RoleBinding' && { roleRef: { apiGroup: '', kind: 'ClusterRole', name: 'view' } }),
});
const ours = (uid: string) => ({ [managed]: 'support-access', [grantUid]: uid, [userUid]: 'ada' });

/** A server that holds these Secrets and says no more of them than their metadata. */
function aClient(secrets: Readonly<Record<string, string>>) {
  const patched: unknown[] = [];
  const looked: string[] = [];
  const client: OrphanDeps['client'] = {
    raw: async (_method, path) => {
      looked.push(path);
      const name = /secrets\/([^?]+)/.exec(path)?.[1] ?? '';
      const uid = secrets[name];
      if (uid === undefined) return { status: 404, headers: {}, body: '' };
      return { status: 200, headers: {}, body: JSON.stringify({ metadata: { name, uid } }) };
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
  /** UID of the Secret that is there under each name. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** One look for orphans: which grants it has looked at, what it wrote, and when it looks again. */
async function lookAt({ accounts = [], bindings = [], secrets = {} }: Scene) {
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
const leftBinding = anObject('RoleBinding', bindingName('gone'), { labels: ours('gone') });

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
  const issued = { labels: ours(here), annotations: { [credentialUid]: 'secret-1' } };
  const accounts = [anObject('ServiceAccount', 'sa-1', issued)];

  it('is kept while its Secret is there', async () => {
    const { patched, looked } = await lookAt({ accounts, secrets: { 'sa-1': 'secret-1' } });
    expect(patched).toEqual([]);
    expect(looked).toEqual([expect.stringContaining('/secrets/sa-1?dryRun=All')]);
  });

  it.each([
    ['gone', {}],
    ['another one of the same name', { 'sa-1': 'secret-2' }],
  ])('is forgotten when its Secret is %s, so that the grant issues a new one', async (_name, secrets) => {
    const { patched } = await lookAt({ accounts, secrets });
    const { uid } = accounts[0]!.metadata;
    expect(patched).toEqual([['sa-1', { metadata: { uid, annotations: { [credentialUid]: null } } }]]);
  });

  it.each([
    ['has none yet', { labels: ours(here) }],
    ['is not ours', { labels: unmanaged, annotations: { [credentialUid]: 'secret-1' } }],
  ])('is not looked for when the account %s', async (_name, marks) => {
    const { looked, patched } = await lookAt({ accounts: [anObject('ServiceAccount', 'sa-1', marks)] });
    expect([looked, patched]).toEqual([[], []]);
  });
});

it('looks again every ten minutes', async () => {
  expect((await lookAt({})).again).toBe(noon + 600_000);
});
