/**
 * Did a change say anything beside metadata? Annotations, labels, owners and the bookkeeping of managed fields are
 * changed by many tools and by everyone who may edit: what looks again for each of them can be kept busy at will.
 */
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../objects.ts';
import type { CacheChange } from './object-store.ts';

/** True for what appeared or went, for another spec, another status, and for a deletion that a finalizer holds up. */
export function changesMoreThanMetadata(change: CacheChange<KubeObject>): boolean {
  return changesSpecOrLife(change) || !isSame(change, 'status');
}

/** As `changesMoreThanMetadata`, for who does not read the status. */
export function changesSpecOrLife(change: CacheChange<KubeObject>): boolean {
  const { type, object, old } = change;
  if (type !== 'updated') return true;
  const { generation, deletionTimestamp } = object.metadata;
  // A copy may have been kept without its spec; then the API server's count of specs is all there is to go by.
  if (generation === undefined || generation !== old.metadata.generation) return true;
  return deletionTimestamp !== old.metadata.deletionTimestamp || !isSame(change, 'spec');
}

function isSame({ object, old }: CacheChange<KubeObject>, part: 'spec' | 'status'): boolean {
  const of = (one: (KubeObject & { spec?: unknown; status?: unknown }) | undefined): unknown => one?.[part];
  return isDeepStrictEqual(of(old), of(object));
}
