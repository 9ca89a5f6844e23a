/**
 * The labels and annotations that every object of ours carries, and whether an object carries them. A name alone never
 * makes an object ours (CVE-2026-71327): an account that was made before the grant would be adopted. Nor do labels alone.
 */
import { grantUidLabel } from '../../crds/identities.ts';
import { managedBy } from '../../crds/names.ts';
import type { ObjectMeta } from '../../kube/objects.ts';

export const managedByLabel = 'app.kubernetes.io/managed-by';
export const outputLabel = 'supportaccess.dev/output';
/** On a ServiceAccount: name of the Secret that its tokens are bound to, once that was made. */
export const credentialAnnotation = 'supportaccess.dev/credential';

/** Whether the object says that it is this product's. */
export function isManaged(metadata: ObjectMeta): boolean {
  return metadata.labels?.[managedByLabel] === managedBy;
}

/**
 * Whether an object says that it was made for the grant with this UID: our label, and that grant's. Labels are copied
 * with the rest when an object is saved under another name, so alone they make nothing ours: see `isBindingOf`,
 * `isAccountOf`.
 */
export function isOfGrant(metadata: ObjectMeta, grantUid: string): boolean {
  return grantUid !== '' && isManaged(metadata) && metadata.labels?.[grantUidLabel] === grantUid;
}

/** Whether this UID is among the object's owners. */
export function isOwnedBy(metadata: ObjectMeta, uid: string): boolean {
  return metadata.ownerReferences?.some((owner) => owner.uid === uid) === true;
}
