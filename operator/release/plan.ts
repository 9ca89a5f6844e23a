/**
 * Has the namespace of the identities go with that of the release; pure. Who deletes the release namespace, with Helm's own
 * notes of the release in it, leaves what lies outside of it: without an owner the identities would live on.
 */
import { present } from '../../crds/object-meta.ts';
import type { KubeObject, OwnerReference } from '../../kube/objects.ts';
import { Namespaces } from '../../kube/resources.ts';
import { ownedBy } from '../outputs/owners.ts';

export interface ReleaseWorld {
  /** The namespaces, as the copies have them. */
  readonly identities: KubeObject | undefined;
  readonly release: KubeObject | undefined;
}

export interface OwnerPatch {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly ownerReferences: readonly OwnerReference[];
  };
}

/**
 * The owners that are missing; undefined where nothing is. One owner more would keep the namespace when the release
 * is gone, so an earlier release namespace of that name does not stay among them.
 */
export function planRelease({ identities: seen, release }: ReleaseWorld): OwnerPatch | undefined {
  const identities = present(seen);
  const owner = ownedBy(Namespaces, release);
  if (identities === undefined || owner === undefined) return undefined;
  const { ownerReferences = [], resourceVersion } = identities.metadata;
  const [only] = ownerReferences;
  if (ownerReferences.length === 1 && only?.uid === owner.uid) return undefined;
  return { metadata: { resourceVersion, ownerReferences: [owner] } };
}
