/** For whom an account stands: only by a name that follows from the UIDs that it tells, and by a grant that was consented to. */
import { describe, expect, it } from 'vitest';
import {
  accountName,
  claimedBy,
  grantAnnotation,
  grantUidLabel,
  userUidLabel,
} from '../../../../../../crds/identities.ts';
import type { KubeObject } from '../../../../../../kube/objects.ts';
import { accountOf, personIn } from '../../../../../../webhook/in-cluster/admission/identities/identity.ts';
import type { AdmissionRequest } from '../../../../../../webhook/in-cluster/admission/review.ts';
import { aGrant, opened } from '../../../../../kit/objects/grant.ts';
import { uidOf } from '../../../../../kit/objects/object.ts';

const grantUid = uidOf('SupportAccessGrant', 'case-4711', 'ecase');
const userUid = uidOf('SupportUser', 'ada');
const namespace = 'support-access-identities';

function anAccount(metadata: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: accountName(grantUid, userUid),
      namespace,
      uid: 'u-sa',
      resourceVersion: '1',
      labels: { [grantUidLabel]: grantUid, [userUidLabel]: userUid },
      annotations: { [grantAnnotation]: 'ecase/case-4711' },
      ...metadata,
    },
  };
}

const askedBy = (username: string) => accountOf({ userInfo: { username } } as AdmissionRequest, namespace);

describe('an account', () => {
  it('is that of the identities’ namespace, and of no other user name', () => {
    expect(askedBy(`system:serviceaccount:${namespace}:sa-1`)).toBe('sa-1');
    for (const other of ['sa-1', `system:serviceaccount:${namespace}:`, 'system:serviceaccount:default:sa-1'])
      expect(askedBy(other), other).toBeUndefined();
  });

  it('stands for the grant and the person whose UIDs make its name', () => {
    const claimed = { grant: { namespace: 'ecase', name: 'case-4711' }, grantUid, userUid };
    expect(claimedBy(anAccount())).toEqual(claimed);
    expect(personIn(aGrant(opened()), claimed)).toBe('ada');
  });

  it.each([
    ['is not there', undefined],
    ['is being deleted', anAccount({ deletionTimestamp: '2026-12-01T12:00:00Z' })],
    ['has another name', anAccount({ name: 'sa-0123456789abcdef0123' })],
    ['has no labels', anAccount({ labels: {} })],
    ['has another person’s UID', anAccount({ labels: { [grantUidLabel]: grantUid, [userUidLabel]: 'u-9' } })],
    ['has a UID that is none', anAccount({ labels: { [grantUidLabel]: 'a/b', [userUidLabel]: userUid } })],
    ['names no grant', anAccount({ annotations: {} })],
    ['names a grant in a way that is none', anAccount({ annotations: { [grantAnnotation]: 'a/b/c' } })],
  ])('stands for no one where it %s', (_, account) => {
    expect(claimedBy(account)).toBeUndefined();
  });

  it('stands for no one where the grant is another, was never opened, or does not know the person', () => {
    const claimed = { grant: { namespace: 'ecase', name: 'case-4711' }, grantUid, userUid };
    expect(personIn(undefined, claimed)).toBeUndefined();
    expect(personIn(aGrant(), claimed)).toBeUndefined();
    expect(personIn(aGrant(opened()), { ...claimed, grantUid: 'u-9' })).toBeUndefined();
    expect(personIn(aGrant(opened()), { ...claimed, userUid: 'u-9' })).toBeUndefined();
  });
});
