/** In which lane a change is looked at: whatever may have to close goes first. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Lane } from '../../kube/queue/work-queue.ts';
import type { CacheChange } from '../../kube/watch/object-store.ts';

/** An object with which people switch access on and off. */
interface Switch extends KubeObject {
  readonly spec: { readonly access?: string };
}

/** What is new can only open; what changed or went may have to close. */
export function laneOf({ type }: CacheChange<KubeObject>): Lane {
  return type === 'added' ? 'normal' : 'revocation';
}

/** Gone, or not switched on. */
export function laneOfSwitch({ type, object }: CacheChange<Switch>): Lane {
  return type === 'deleted' || object.spec.access !== 'Enabled' ? 'revocation' : 'normal';
}

/** Gone, disabled, or changed in any way while it is open. */
export function laneOfGrant(change: CacheChange<SupportAccessGrant>): Lane {
  const { type, object, old } = change;
  if (laneOfSwitch(change) === 'revocation') return 'revocation';
  const specChanged = type === 'updated' && old?.metadata.generation !== object.metadata.generation;
  return specChanged && object.status?.activeReason === 'Open' ? 'revocation' : 'normal';
}
