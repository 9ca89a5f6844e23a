/** The identity of a person under one grant: one account a person, whose name no other account can have. */
import { describe, expect, it } from 'vitest';
import { accountName } from '../../../../crds/identities.ts';
import { account } from '../../../../operator/outputs/account.ts';
import { ownersIn } from '../../../../operator/outputs/owners.ts';
import { aGrant } from '../../../kit/objects/grant.ts';
import { aWorld, identitiesNamespace, readingPods } from '../../../kit/objects/grant-world.ts';
import { aMatrix } from '../../../kit/objects/matrix.ts';
import { aMakersBinding } from '../../../kit/objects/release.ts';
import { aUser, aUserNamed } from '../../../kit/objects/user.ts';

const grant = aGrant();
const people = [aUser(), aUserNamed('bob')];
const owners = ownersIn(aWorld())!;
const of = { grant, people, identitiesNamespace, owners };
const wanted = account.desired({ ...of, matrix: aMatrix(readingPods) });

describe('the accounts of a grant', () => {
  it('are none where the matrix gives no Kubernetes rights, and none for no people', () => {
    expect(account.desired({ ...of, matrix: aMatrix() })).toEqual([]);
    expect(account.desired({ ...of, matrix: aMatrix(readingPods), people: [] })).toEqual([]);
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

  it('end with the release: their only owner is the RoleBinding by which the operator may make them', () => {
    const { name, uid } = aMakersBinding().metadata;
    expect(wanted[0]?.object.metadata.ownerReferences).toEqual([
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', name, uid },
    ]);
  });

  it('give no pod a token by themselves', () => {
    expect(wanted.every(({ object }) => object['automountServiceAccountToken'] === false)).toBe(true);
  });
});
