/** Which writes at the API server the rules of a matrix give: as RBAC reads them, and nothing by a wildcard. */
import { describe, expect, it } from 'vitest';
import type { PolicyRule } from '../../../../../crds/rules/matrix/kubernetes-rights.ts';
import { rulesPermit } from '../../../../../crds/rules/matrix/kubernetes-writes.ts';
import { aWrite } from '../../../../kit/objects/ask.ts';

const rules: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create'] },
  { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['patch'] },
  { apiGroups: [''], resources: ['pods/exec'], resourceNames: ['web'], verbs: ['create'] },
  { apiGroups: ['batch'], resources: ['*'], verbs: ['delete'] },
  { apiGroups: ['*'], resources: ['events'], verbs: ['delete'] },
];

describe('the rules of a matrix', () => {
  it.each([
    ['a creation', aWrite()],
    [
      'a change of a subresource by a patch',
      aWrite({ operation: 'UPDATE', group: 'apps', resource: 'deployments/scale' }),
    ],
    [
      'a connection to the pod that is named',
      aWrite({ operation: 'CONNECT', resource: 'pods/exec', name: 'web' }),
    ],
  ])('give %s', (_, write) => {
    expect(rulesPermit(rules, write)).toBe(true);
  });

  it.each([
    ['another verb', aWrite({ operation: 'DELETE' })],
    ['another group', aWrite({ group: 'apps' })],
    ['another resource', aWrite({ resource: 'services' })],
    [
      'the resource of a subresource',
      aWrite({ operation: 'UPDATE', group: 'apps', resource: 'deployments' }),
    ],
    ['a subresource of the resource', aWrite({ resource: 'configmaps/status' })],
    ['a pod that is not named', aWrite({ operation: 'CONNECT', resource: 'pods/exec', name: 'other' })],
    ['a connection without a name', aWrite({ operation: 'CONNECT', resource: 'pods/exec', name: undefined })],
    ['what a wildcard would', aWrite({ operation: 'DELETE', group: 'batch', resource: 'jobs' })],
    ['what a wildcard of groups would', aWrite({ operation: 'DELETE', resource: 'events' })],
  ])('do not give %s', (_, write) => {
    expect(rulesPermit(rules, write)).toBe(false);
  });

  it('give nothing where there are none', () => {
    expect(rulesPermit([], aWrite())).toBe(false);
  });
});
