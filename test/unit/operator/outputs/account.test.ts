/** The identity of a person under one grant: one account a person, whose name no other account can have. */
import { describe, expect, it } from 'vitest';
import { account, accountName } from '../../../../operator/outputs/account.ts';
import { aGrant } from '../../../kit/objects/grant.ts';
import { identitiesNamespace, readingPods } from '../../../kit/objects/grant-world.ts';
import { aMatrix } from '../../../kit/objects/matrix.ts';
import { aUser, aUserNamed } from '../../../kit/objects/user.ts';

const grant = aGrant();
const people = [aUser(), aUserNamed('bob')];
const wanted = account.desired({ grant, matrix: aMatrix(readingPods), people, identitiesNamespace });

describe('the accounts of a grant', () => {
  it('are none where the matrix gives no Kubernetes rights, and none for no people', () => {
    expect(account.desired({ grant, matrix: aMatrix(), people, identitiesNamespace })).toEqual([]);
    const empty = { grant, matrix: aMatrix(readingPods), people: [], identitiesNamespace };
    expect(account.desired(empty)).toEqual([]);
  });

  it('are one a person, in the namespace of identities, named by the UIDs of grant and person', () => {
    expect(wanted.map(({ object }) => object.metadata)).toEqual(
      people.map((person) =>
        expect.objectContaining({
          name: accountName(grant.metadata.uid, person.metadata.uid),
          namespace: identitiesNamespace,
        }),
      ),
    );
    expect(new Set(wanted.map(({ object }) => object.metadata.name)).size).toBe(2);
  });

  it('carry the marks by which they are recognised as ours, and as whose', () => {
    expect(wanted[0]?.object.metadata.labels).toEqual({
      'app.kubernetes.io/managed-by': 'support-access',
      'supportaccess.dev/grant-uid': grant.metadata.uid,
      'supportaccess.dev/user-uid': aUser().metadata.uid,
      'supportaccess.dev/output': 'account',
    });
    expect(wanted[0]?.object.metadata.annotations).toEqual({
      'supportaccess.dev/grant': `${grant.metadata.namespace}/${grant.metadata.name}`,
    });
  });

  it('end with the person: the owner is the SupportUser by UID, since the grant is in another namespace', () => {
    const { metadata } = aUser();
    expect(wanted[0]?.object.metadata.ownerReferences).toEqual([
      {
        apiVersion: 'supportaccess.dev/v1beta1',
        kind: 'SupportUser',
        name: metadata.name,
        uid: metadata.uid,
      },
    ]);
  });

  it('give no pod a token by themselves', () => {
    expect(wanted.every(({ object }) => object['automountServiceAccountToken'] === false)).toBe(true);
  });
});
