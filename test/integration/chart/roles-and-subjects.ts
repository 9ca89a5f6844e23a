/** Roles, subjects and writes that the test of reserved roles tries: data alone. */
import { identitiesNamespace } from '../../kit/installation/install.ts';
import { application, collection, grant } from '../../kit/objects/valid-objects.ts';

export const apiGroup = 'rbac.authorization.k8s.io';
export const rbac = `/apis/${apiGroup}/v1`;
export const ecase = '/apis/ecase.example.com/v1';
export const identity = `system:serviceaccount:${identitiesNamespace}:sa-0123456789abcdef0123`;
export const everyIdentity = `system:serviceaccounts:${identitiesNamespace}`;

/** A kind of the application's, whose spec may be anything. */
const definition = (plural: string, kind: string): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.ecase.example.com` },
  spec: {
    group: 'ecase.example.com',
    scope: 'Cluster',
    names: { plural, kind },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
    ],
  },
});

/** The application's own roles and their assignments. */
export const applicationKinds = [definition('roles', 'AppRole'), definition('assignments', 'Assignment')];

/** The values of the chart that name them. */
export const reservedRoles = {
  roles: [{ apiGroup: 'ecase.example.com', resources: ['roles'], nameFields: ['spec.displayName'] }],
  assignments: [
    {
      apiGroup: 'ecase.example.com',
      resources: ['assignments'],
      roleFields: ['spec.role'],
      subjectFields: ['spec.people', 'spec.subjects'],
    },
  ],
};

export const account = {
  kind: 'ServiceAccount',
  name: identity.split(':').at(-1),
  namespace: identitiesNamespace,
};
/** The ways to name a support identity. */
export const subjects: Record<string, object> = {
  'by its account': account,
  'by its user name': { kind: 'User', apiGroup, name: identity },
  'by its user name, in the form of an account elsewhere': {
    kind: 'User',
    apiGroup,
    name: identity,
    namespace: 'other',
  },
  'by the group of its namespace': { kind: 'Group', apiGroup, name: everyIdentity },
};

export const bob = { kind: 'User', apiGroup, name: 'bob' };
export const binding = (role: string, ...of: object[]): object => ({
  metadata: { name: 'x' },
  roleRef: { apiGroup, kind: 'ClusterRole', name: role },
  subjects: of,
});

/** What no support identity writes: a request to each path of a namespace. */
export const neverWritten: [what: string, request: (ns: string) => [path: string, body: object]][] = [
  ['a grant', () => [collection(grant), grant.base()]],
  ['an application', () => [collection(application), application.base()]],
  ['a role', () => [`${rbac}/clusterroles`, { metadata: { name: 'x' }, rules: [] }]],
  ['a binding', (ns) => [`${rbac}/namespaces/${ns}/rolebindings`, binding('view', bob)]],
  ['a Secret', (ns) => [`/api/v1/namespaces/${ns}/secrets`, { metadata: { name: 'x' } }]],
  ['an account', (ns) => [`/api/v1/namespaces/${ns}/serviceaccounts`, { metadata: { name: 'x' } }]],
  ['a token', (ns) => [`/api/v1/namespaces/${ns}/serviceaccounts/default/token`, { spec: {} }]],
  [
    'a webhook',
    () => [
      '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
      { metadata: { name: 'x' }, webhooks: [] },
    ],
  ],
];
