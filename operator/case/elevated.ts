/**
 * Who sees all support cases (requirement OK-3): the elevated contacts of the policy, by the one ClusterRoleBinding that the chart
 * made for it. The operator fills in its subjects and can do nothing else to it.
 */
import { defaults } from '../../crds/defaults.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { RoleBindings } from '../../kube/resources.ts';
import type { Subject } from '../rbac/rbac-objects.ts';

/**
 * The subjects, by name. A policy that is Disabled is not held to the limit, so that it is kept here: of more than there may be, the first. None
 * of the cluster's own users can be one.
 */
export function elevatedSubjects(policy: SupportAccessPolicy | undefined): Subject[] {
  const { administrators = [], cases } = policy?.spec ?? {};
  const most = cases?.maxElevatedContacts ?? defaults.maxElevatedContacts;
  const users = (cases?.elevatedContacts ?? [])
    .slice(0, most)
    .flatMap((name) => administrators.find((one) => one.name === name)?.user ?? [])
    .filter((user) => !user.startsWith('system:'));
  return [...new Set(users)].sort().map((name) => ({ apiGroup: RoleBindings.group, kind: 'User', name }));
}
