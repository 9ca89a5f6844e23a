/**
 * Which account asks, and which person does it stand for? What the account tells of itself (`crds/identities.ts`) is believed
 * only as far as the grant knows the person: what was made by another hand, or copied, stands for no one.
 */
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import type { ClaimedIdentity } from '../../../../crds/identities.ts';
import type { AdmissionRequest } from '../review.ts';

/** Name of the account that asks, in the namespace of the identities; undefined where it is none of them. */
export function accountOf(
  { userInfo: { username } }: AdmissionRequest,
  identitiesNamespace: string,
): string | undefined {
  const prefix = `system:serviceaccount:${identitiesNamespace}:`;
  const name = username.startsWith(prefix) ? username.slice(prefix.length) : '';
  return name === '' ? undefined : name;
}

/** Name of the person, as the grant's consent was given to the UID; undefined where the grant is another, or knows no such person. */
export function personIn(
  grant: SupportAccessGrant | undefined,
  { grantUid, userUid }: ClaimedIdentity,
): string | undefined {
  if (grant?.metadata.uid !== grantUid) return undefined;
  return grant.status?.pins?.users.find(({ uid }) => uid === userUid)?.name;
}
