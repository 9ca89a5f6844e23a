/** Whether a ClusterRole holds exactly the rules of a matrix. Nothing is repaired here: the customer applies the role. */
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import type { ClusterRole, ClusterRoleRule } from './rbac-objects.ts';

/** How the ClusterRole that a matrix names compares with the rules of the matrix. */
export type ClusterRoleState = 'NotNeeded' | 'Missing' | 'Exact' | 'Different';

/** The index of matrices by the name of their ClusterRole. */
export function byClusterRole({ spec }: SupportPermissionMatrix): string[] {
  return spec.kubernetes === undefined ? [] : [spec.kubernetes.clusterRole];
}

/**
 * More or fewer rights than the matrix consented to are both wrong, and a role that gathers others' rules by label
 * could grow at any time, so an aggregated one never fits.
 */
export function clusterRoleState(
  matrix: SupportPermissionMatrix | undefined,
  find: (name: string) => ClusterRole | undefined,
): ClusterRoleState {
  const wanted = matrix?.spec.kubernetes;
  if (wanted === undefined) return 'NotNeeded';
  const role = find(wanted.clusterRole);
  if (role === undefined) return 'Missing';
  return holdsExactly(role, wanted.rules) ? 'Exact' : 'Different';
}

/** The way out of each problem with a ClusterRole. */
export const howToCompile = 'apply the output of `kubectl support-access matrix compile`';

/** What is wrong with the ClusterRole of a matrix, in words; undefined when nothing is. */
export function clusterRoleProblem(
  matrix: SupportPermissionMatrix | undefined,
  state: ClusterRoleState,
): string | undefined {
  if (state === 'Exact' || state === 'NotNeeded') return undefined;
  const what = state === 'Missing' ? 'does not exist' : 'does not hold exactly the rules of the matrix';
  return `ClusterRole ${matrix?.spec.kubernetes?.clusterRole ?? ''} ${what}`;
}

/** The same answer, remembered for as long as both objects are the ones that were compared. */
export function rememberedClusterRoleState(): typeof clusterRoleState {
  const known = new WeakMap<SupportPermissionMatrix, { role: ClusterRole; state: ClusterRoleState }>();
  return (matrix, find) => {
    const name = matrix?.spec.kubernetes?.clusterRole;
    const role = name === undefined ? undefined : find(name);
    if (matrix === undefined || role === undefined) return clusterRoleState(matrix, find);
    const before = known.get(matrix);
    if (before?.role === role) return before.state;
    const state = clusterRoleState(matrix, () => role);
    known.set(matrix, { role, state });
    return state;
  };
}

function holdsExactly({ rules, aggregationRule }: ClusterRole, wanted: readonly ClusterRoleRule[]): boolean {
  if (aggregationRule !== undefined) return false;
  return canonicalRules(rules ?? []) === canonicalRules(wanted);
}

/** Order says nothing in RBAC, neither of rules nor inside them. */
function canonicalRules(rules: readonly ClusterRoleRule[]): string {
  return JSON.stringify(rules.map(canonicalRule).toSorted());
}

function canonicalRule({
  apiGroups,
  resources,
  resourceNames,
  nonResourceURLs,
  verbs,
}: ClusterRoleRule): string {
  const lists = [apiGroups, resources, resourceNames, nonResourceURLs, verbs];
  return JSON.stringify(lists.map((list) => (list ?? []).toSorted()));
}
