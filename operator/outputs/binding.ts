/**
 * The rights that a grant gives in its namespace: one RoleBinding to the matrix's compiled ClusterRole, whose name
 * carries the revision because a roleRef cannot change. Never a ClusterRoleBinding, never another namespace (T-C1).
 */
import { accountName, grantAnnotation, grantUidLabel } from '../../crds/identities.ts';
import { childName, managedBy } from '../../crds/names.ts';
import type { ObjectMeta } from '../../kube/objects.ts';
import { apiVersionOf, ClusterRoles, RoleBindings } from '../../kube/resources.ts';

import { isOfGrant, isOwnedBy, managedByLabel, outputLabel } from './marks.ts';
import type { GrantOutput } from './output.ts';

export function bindingName(grantUid: string): string {
  return childName('sag', grantUid);
}

/**
 * Whether this RoleBinding is the one that was made for the grant: its labels, the name that follows from the grant's UID,
 * and the grant's namespace. A client that saves the object under another name copies the labels, and what is
 * recognised as ours is taken away. Its owner is not asked for: another client may have taken it off.
 */
export function isBindingOf(
  metadata: ObjectMeta,
  grant: { readonly uid: string; readonly namespace?: string | undefined },
): boolean {
  return (
    isOfGrant(metadata, grant.uid) &&
    metadata.name === bindingName(grant.uid) &&
    metadata.namespace === grant.namespace
  );
}

/**
 * Whether this RoleBinding is what a grant left that is not known any more, nor its namespace. Then its owner counts: what a
 * client saved elsewhere under the same name has none. `owner` is the UID of the namespace of the identities; an earlier
 * build named the grant.
 */
export function isOrphanedBinding(
  metadata: ObjectMeta,
  { grantUid, owner }: { readonly grantUid: string; readonly owner: string | undefined },
): boolean {
  const { namespace } = metadata;
  if (!isBindingOf(metadata, { uid: grantUid, namespace })) return false;
  return isOwnedBy(metadata, grantUid) || (owner !== undefined && isOwnedBy(metadata, owner));
}

export const binding: GrantOutput = {
  scope: 'grant',
  name: 'binding',
  kinds: [RoleBindings],
  desired({ grant, matrix, people, identitiesNamespace, owners }) {
    const rights = matrix.spec.kubernetes;
    const { name, namespace, uid } = grant.metadata;
    if (rights === undefined || namespace === undefined || people.length === 0) return [];
    const accounts = people.map((person) => accountName(uid, person.metadata.uid)).sort();
    return [
      {
        output: 'binding',
        resource: RoleBindings,
        object: {
          apiVersion: apiVersionOf(RoleBindings),
          kind: RoleBindings.kind,
          metadata: {
            name: bindingName(uid),
            namespace,
            labels: { [managedByLabel]: managedBy, [grantUidLabel]: uid, [outputLabel]: 'binding' },
            annotations: { [grantAnnotation]: `${namespace}/${name}` },
            ownerReferences: [owners.ofBindings],
          },
          roleRef: { apiGroup: ClusterRoles.group, kind: ClusterRoles.kind, name: rights.clusterRole },
          subjects: accounts.map((account) => ({
            kind: 'ServiceAccount',
            name: account,
            namespace: identitiesNamespace,
          })),
        },
      },
    ];
  },
};
