/**
 * Finds what no watch can tell: orphans, whose grant is gone, and credentials whose Secret was deleted, since the operator
 * may not read Secrets. It repairs nothing itself; the grant's controller does.
 */
import { grantUidLabel } from '../../crds/identities.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import type { KubeObject, ObjectMeta } from '../../kube/objects.ts';
import { ServiceAccounts } from '../../kube/resources.ts';
import { isAccountOf } from '../outputs/account.ts';
import { isOrphanedBinding } from '../outputs/binding.ts';
import { hasCredential } from '../outputs/credential.ts';
import { credentialAnnotation, isManaged } from '../outputs/marks.ts';
import type { Controller, ControllerContext } from '../watching/controller.ts';
import { byUid } from '../watching/watch.ts';
import { fieldManager } from '../writes/calls.ts';
import { credentialIsThere } from '../writes/credentials.ts';

const everyMs = 10 * 60_000;

export const orphansController: Controller = {
  name: 'orphans',
  watches: [
    { collection: 'grants', indexes: { uid: byUid } },
    { collection: 'accounts' },
    { collection: 'bindings' },
    { collection: 'identities' },
  ],
  firstKeys: () => [{ id: 'all', lane: 'normal' }],
  start: (context) => (_id, signal) => lookForOrphans(context, signal),
};

/** What looking for orphans needs of the context. */
export interface OrphanDeps extends Pick<ControllerContext, 'caches' | 'now' | 'enqueue'> {
  readonly client: Pick<KubeClient, 'create' | 'mergePatch'>;
}

/** One look at all objects of ours. Resolves to when to look again. */
export async function lookForOrphans(deps: OrphanDeps, signal?: AbortSignal): Promise<number> {
  const { client, caches, now, enqueue } = deps;
  const accounts = ownersOf(caches.accounts.list(), isAccountOf);
  const [identities] = caches.identities.list();
  const owner = identities?.metadata.uid;
  const bindings = ownersOf(caches.bindings.list(), (metadata, grantUid) =>
    isOrphanedBinding(metadata, { grantUid, owner }),
  );
  for (const uid of new Set([...accounts, ...bindings]))
    if (caches.grants.byIndex('uid', uid).length === 0) enqueue('grant', uid, 'revocation');

  for (const account of caches.accounts.list()) await checkCredential(account, client, signal);
  return now() + everyMs;
}

/** UIDs of the grants that objects of ours were made for. One that only copies our labels names no grant. */
function ownersOf(
  objects: readonly KubeObject[],
  isOurs: (metadata: ObjectMeta, grantUid: string) => boolean,
): string[] {
  return objects.flatMap(({ metadata }) => {
    const uid = metadata.labels?.[grantUidLabel] ?? '';
    return isOurs(metadata, uid) ? [uid] : [];
  });
}

/** Notes that the Secret of an account is gone: the change makes the grant be looked at, which makes another. */
async function checkCredential(
  { metadata }: KubeObject,
  client: OrphanDeps['client'],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!isManaged(metadata) || !hasCredential(metadata)) return;
  if (await credentialIsThere(metadata, { client, signal })) return;
  const ref = { namespace: metadata.namespace ?? '', name: metadata.name };
  const patch = { metadata: { uid: metadata.uid, annotations: { [credentialAnnotation]: 'missing' } } };
  await client.mergePatch(ServiceAccounts, ref, { patch, fieldManager, signal });
}
