/** Which keys does a change lead to? Asked of the operator's own caches, controllers and triggers, at a server in memory. */
import type { KubeObject } from '../../../kube/objects.ts';
import { controllers, createControllerCaches } from '../../../operator/controllers.ts';
import { type Caches, type CollectionName, collections } from '../../../operator/watching/collections.ts';
import { followChanges } from '../../../operator/watching/triggers.ts';
import { FollowedServer } from './followed-server.ts';
import { identitiesNamespace } from './grant-world.ts';

/** What a server holds, by the plural of the kind. */
export type Held = Readonly<Record<string, readonly KubeObject[]>>;

export const namespaces = { releaseNamespace: 'support-access', identitiesNamespace };

/** The operator's own caches, synced with a server that holds these objects. */
export async function synced(server: FollowedServer): Promise<Caches> {
  const caches = createControllerCaches({
    ...namespaces,
    client: server.client,
    onProblem: () => undefined,
  });
  for (const cache of Object.values(caches)) {
    cache.start();
    await cache.synced;
  }
  return caches;
}

/** One change of an object. */
export interface MadeChange {
  readonly type: 'added' | 'updated' | 'deleted';
  readonly object: KubeObject;
  readonly old?: KubeObject;
}

const eventTypes = { added: 'ADDED', updated: 'MODIFIED', deleted: 'DELETED' } as const;

/** The keys that the change leads to, with an exclamation mark where they are in the revocation lane. */
export async function keysAfterIn(
  held: Held,
  name: CollectionName,
  { type, object, old }: MadeChange,
): Promise<string[]> {
  const { plural } = collections[name].resource;
  const others = (held[plural] ?? []).filter(({ metadata }) => metadata.name !== object.metadata.name);
  const before = type === 'added' ? [] : [old ?? object];
  const server = new FollowedServer({ ...held, [plural]: [...others, ...before] });
  const caches = await synced(server);
  const keys = new Set<string>();
  followChanges(controllers, { caches, ...namespaces }, (kind, id, lane) =>
    keys.add(`${kind}:${id}${lane === 'revocation' ? '!' : ''}`),
  );
  const seen = Promise.withResolvers<void>();
  caches[name].onChange(() => seen.resolve());
  await server.send(plural, eventTypes[type], object);
  await seen.promise;
  await Promise.all(Object.values(caches).map((cache) => cache.stop()));
  return [...keys].toSorted();
}
