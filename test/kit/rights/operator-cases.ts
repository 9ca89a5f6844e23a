/** What the operator must not do with the right to give the owners of support cases theirs. */
import type { ActRequest, Barrier, ForbiddenAct } from './forbidden-act.ts';
import { deleting, patching, posting, updating } from './forbidden-act.ts';
import { ours, paths, rbac, victim } from './scene.ts';

const bindings = 'support-access-operator-bindings';
const apiGroup = 'rbac.authorization.k8s.io';
const cases = 'support-access-operator-cases';
const roles = `${rbac}/namespaces/${victim}/roles`;
export const caseLabels = {
  'app.kubernetes.io/managed-by': 'support-access',
  'supportaccess.dev/case-uid': 'x',
};
const caseMetadata = { name: 'sac-y', labels: caseLabels };
/** The Role for a support case that the scene has. */
export const caseRule = {
  apiGroups: ['supportaccess.dev'],
  resources: ['supportcases'],
  resourceNames: ['standing'],
  verbs: ['get', 'list', 'watch', 'update', 'patch'],
};
const role = (stoppedBy: Barrier, act: string, request: ActRequest): ForbiddenAct => ({
  act,
  gain: 'give others rights of its own',
  stoppedBy,
  request,
});
const caseBinding = (roleName: string, who: readonly object[]) => ({
  metadata: caseMetadata,
  roleRef: { apiGroup, kind: 'Role', name: roleName },
  subjects: who,
});

/** It may give the owner of a support case rights on that case. */
export const rightsOnCases: readonly ForbiddenAct[] = [
  role(
    'support-access-operator-roles',
    'make a Role under a name of its choice',
    posting(roles, { metadata: { name: 'x', labels: caseLabels }, rules: [caseRule] }),
  ),
  ...(
    [
      ['about every support case', { ...caseRule, resourceNames: [] }],
      ['about grants', { ...caseRule, resources: ['supportaccessgrants'], verbs: ['get', 'list', 'watch'] }],
    ] as const
  ).map(([what, rule]) =>
    role(
      'support-access-operator-roles',
      `make a Role ${what}`,
      posting(roles, { metadata: caseMetadata, rules: [rule] }),
    ),
  ),
  role('support-access-operator-roles', 'delete a Role of others', deleting(`${roles}/theirs`)),
  role(
    bindings,
    'give a Role of a support case to a group',
    posting(
      paths.bindings,
      caseBinding('sac-x', [{ apiGroup, kind: 'Group', name: 'system:authenticated' }]),
    ),
  ),
  role(
    bindings,
    'give another Role to an owner of a support case',
    posting(paths.bindings, caseBinding('theirs', [{ apiGroup, kind: 'User', name: 'eve' }])),
  ),
  {
    act: 'let a group see all support cases',
    gain: 'show to many what few may see',
    stoppedBy: cases,
    request: updating(`${rbac}/clusterrolebindings/support-access-elevated-contacts`, {
      subjects: [{ apiGroup, kind: 'Group', name: 'system:authenticated' }],
    }),
  },
  {
    act: 'change a support case',
    gain: 'say what its owner did not',
    stoppedBy: cases,
    request: patching(`${ours}/namespaces/${victim}/supportcases/standing`, { spec: { subject: 'x' } }),
  },
];
