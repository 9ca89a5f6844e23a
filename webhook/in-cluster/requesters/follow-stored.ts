/**
 * Follows what is stored of our kinds, and has the requester of each write settled: of those too that the operator never
 * looks at, because the next write came at once or because it is dead.
 */
import { keyOfWrite, type StoredWrite, storedWriteOf } from '../../../crds/audit/requester.ts';
import { kinds } from '../../../crds/kinds.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import type { CacheChange } from '../../../kube/watch/object-store.ts';
import type { WatchingClient } from '../../../kube/watch/reflector.ts';
import { createWatchCache } from '../../../kube/watch/watch-cache.ts';

export interface FollowOptions {
  readonly client: WatchingClient;
  /** Told of what is there of a kind when its following begins: no review that comes now can be the one that led to it. */
  readonly onPresent: (kind: string, writes: readonly StoredWrite[]) => void;
  readonly onStored: (write: StoredWrite) => void;
  readonly onProblem: (problem: unknown) => void;
}

/** An object of which no more is kept than the write that made it what it is. */
interface Kept extends KubeObject {
  readonly write: StoredWrite;
}

/** Starts to follow; the returned function stops it. */
export function followStored({ client, onPresent, onStored, onProblem }: FollowOptions): () => Promise<void> {
  const caches = Object.values(kinds).map((kind) => {
    const cache = createWatchCache<KubeObject>(client, kind, { onProblem, transform: keptOf });
    void cache.synced.then(
      () => {
        const present = (cache.list() as Kept[]).map(({ write }) => write);
        onPresent(kind.kind, present);
        cache.onChange((change) => writesOf(change as CacheChange<Kept>).forEach(onStored));
      },
      () => undefined,
    );
    cache.start();
    return cache;
  });
  return async () => {
    await Promise.all(caches.map((cache) => cache.stop()));
  };
}

function keptOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, generation } = object.metadata;
  const metadata = { name, uid, resourceVersion, generation: generation ?? 0, namespace: namespace ?? '' };
  return { apiVersion: object.apiVersion, kind: object.kind, metadata, write: storedWriteOf(object) } as Kept;
}

/** The writes that a change shows. Sessions are written by the gateway alone, which records that itself; anyone may end them. */
export function writesOf({ type, object, old }: CacheChange<Kept>): StoredWrite[] {
  const { write } = object;
  if (type === 'deleted') return [{ ...write, gone: true }];
  if (write.kind === 'SupportSession' && !write.gone) return [];
  return type === 'added' || keyOfWrite(old.write) !== keyOfWrite(write) ? [write] : [];
}
