/**
 * Who besides the gateway may act as the support identities? Admission is not asked about impersonation, so no policy can
 * refuse it: the ClusterRoles `edit` and `admin` hold `impersonate` on ServiceAccounts, and a binding of them that covers
 * the identities' namespace gives it. It is told, never undone: the bindings are others'.
 */
import type { AnyBinding, ClusterRole, ClusterRoleRule, Subject } from './rbac-objects.ts';

export interface ImpersonatorSearch {
  /** RoleBindings of the identities' namespace; those of other namespaces are left out here. */
  readonly bindings: readonly AnyBinding[];
  readonly clusterBindings: readonly AnyBinding[];
  readonly clusterRole: (name: string) => ClusterRole | undefined;
  readonly identitiesNamespace: string;
}

/** Our own RoleBindings there, to Roles that the chart made. */
const ourRoles = new Set(['support-access-operator', 'support-access-gateway', 'support-access-webhook']);

/** The bindings by which others may act as support identities, each in words with whom it binds, sorted. */
export function impersonators(search: ImpersonatorSearch): string[] {
  const { bindings, clusterBindings, clusterRole, identitiesNamespace } = search;
  const there = bindings.filter(({ metadata }) => metadata.namespace === identitiesNamespace);
  return [...clusterBindings, ...there]
    .filter((binding) => (binding.subjects ?? []).length > 0 && !isOfTheAdministrators(binding))
    .filter(({ roleRef }) =>
      roleRef.kind === 'ClusterRole' ? impersonates(clusterRole(roleRef.name)) : !ourRoles.has(roleRef.name),
    )
    .map(inWords)
    .sort();
}

/** Whether a role lets its holder act as ServiceAccounts, by the verb of old or those of constrained impersonation. */
export function impersonates(role: ClusterRole | undefined): boolean {
  return (role?.rules ?? []).some(
    (rule) =>
      rule.verbs.some((verb) => verb === '*' || verb.startsWith('impersonate')) &&
      holds(rule.apiGroups, '') &&
      holds(rule.resources, 'serviceaccounts') &&
      mayNameIdentities(rule),
  );
}

function holds(some: readonly string[] | undefined, one: string): boolean {
  return some?.includes('*') === true || some?.includes(one) === true;
}

/** Without names it is all of them; ours begin with `sa-`. */
function mayNameIdentities({ resourceNames = [] }: ClusterRoleRule): boolean {
  return resourceNames.length === 0 || resourceNames.some((name) => name.startsWith('sa-'));
}

/** The API server's own: `system:masters` may do everything and cannot be hindered. With other subjects it is told. */
function isOfTheAdministrators({ kind, metadata, subjects = [] }: AnyBinding): boolean {
  return (
    kind === 'ClusterRoleBinding' &&
    metadata.name === 'cluster-admin' &&
    subjects.every((subject) => subject.kind === 'Group' && subject.name === 'system:masters')
  );
}

function inWords({ kind, metadata, roleRef, subjects = [] }: AnyBinding): string {
  const whom = subjects.slice(0, 3).map(subjectInWords).join(', ');
  const more = subjects.length > 3 ? ` and ${subjects.length - 3} more` : '';
  return `${kind} ${metadata.name} (${roleRef.kind} ${roleRef.name}: ${whom}${more})`;
}

function subjectInWords({ kind, namespace, name }: Subject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
