/**
 * The identity under which a person acts in the cluster: one ServiceAccount per grant and person, only where the matrix
 * has Kubernetes rights. Its name comes from UIDs: a person or a grant made again under the old name inherits nothing.
 */
import { accountName, grantAnnotation, grantUidLabel, userUidLabel } from '../../crds/identities.ts';
import { managedBy } from '../../crds/names.ts';
import type { ObjectMeta } from '../../kube/objects.ts';
import { apiVersionOf, ServiceAccounts } from '../../kube/resources.ts';
import { isOfGrant, managedByLabel, outputLabel } from './marks.ts';
import type { GrantOutput } from './output.ts';

/**
 * Whether this ServiceAccount was made for the grant: its labels, and the name that follows from the UIDs in them. One
 * that only copies the labels is another's, and is not taken away.
 */
export function isAccountOf(metadata: ObjectMeta, grantUid: string): boolean {
  const userUid = metadata.labels?.[userUidLabel] ?? '';
  if (!isOfGrant(metadata, grantUid) || userUid === '') return false;
  return metadata.name === accountName(grantUid, userUid);
}

export const account: GrantOutput = {
  scope: 'grant',
  name: 'account',
  kinds: [ServiceAccounts],
  desired({ grant, matrix, people, identitiesNamespace, owners }) {
    if (matrix.spec.kubernetes === undefined) return [];
    return people.map((person) => ({
      output: 'account',
      resource: ServiceAccounts,
      object: {
        apiVersion: apiVersionOf(ServiceAccounts),
        kind: ServiceAccounts.kind,
        metadata: {
          name: accountName(grant.metadata.uid, person.metadata.uid),
          namespace: identitiesNamespace,
          labels: {
            [managedByLabel]: managedBy,
            [grantUidLabel]: grant.metadata.uid,
            [userUidLabel]: person.metadata.uid,
            [outputLabel]: 'account',
          },
          annotations: { [grantAnnotation]: `${grant.metadata.namespace}/${grant.metadata.name}` },
          ownerReferences: [owners.ofAccounts],
        },
        automountServiceAccountToken: false,
      },
    }));
  },
};
