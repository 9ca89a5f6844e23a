import { describe, expect, it } from 'vitest';
import { clusterRoleState } from '../../../../operator/rbac/cluster-role.ts';
import { aClusterRole } from '../../../kit/objects/kube-objects.ts';
import { aMatrix, withKubernetesRules } from '../../../kit/objects/matrix.ts';

const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get' as const, 'list' as const] };
const jobs = { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get' as const] };
const matrix = aMatrix(withKubernetesRules(pods, jobs));
const state = (rules: Parameters<typeof aClusterRole>[1], extra: object = {}) =>
  clusterRoleState(matrix, (name) => ({ ...aClusterRole(name, rules), ...extra }));

describe('the ClusterRole of a matrix', () => {
  it('is not needed where the matrix has no Kubernetes rights', () => {
    expect(clusterRoleState(aMatrix(), () => undefined)).toBe('NotNeeded');
    expect(clusterRoleState(undefined, () => undefined)).toBe('NotNeeded');
  });

  it('is missing until somebody applies it', () => {
    expect(clusterRoleState(matrix, () => undefined)).toBe('Missing');
  });

  it('is exact in whatever order its rules and their parts stand', () => {
    expect(state([jobs, { ...pods, verbs: ['list', 'get'] }])).toBe('Exact');
  });

  it.each([
    ['one rule more', [pods, jobs, { apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]],
    ['one rule less', [pods]],
    ['one verb more', [{ ...pods, verbs: ['get', 'list', 'delete'] }, jobs]],
    ['no rules', []],
    ['a rule narrowed to names', [{ ...pods, resourceNames: ['x'] }, jobs]],
  ])('differs with %s', (_, rules) => {
    expect(state(rules)).toBe('Different');
  });

  it('differs when others may add to it by label', () => {
    expect(state([pods, jobs], { aggregationRule: { clusterRoleSelectors: [] } })).toBe('Different');
  });
});
