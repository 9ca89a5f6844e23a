/** What the operator must not be able to do. */
import { defaultNamespaces } from '../../../crds/names.ts';
import type { ActRequest, ForbiddenAct } from './forbidden-act.ts';
import { deleting, patching, posting, readByDeleting, reading, updating } from './forbidden-act.ts';
import { rightsOnCases } from './operator-cases.ts';
import { copiedLabels, identity, matrixRole, metadataChanges, ours, paths, rbac, victim } from './scene.ts';
import { ownMetadata, tellingOfCertificates } from './webhook.ts';

const { release, identities } = defaultNamespaces;
const bindings = 'support-access-operator-bindings';
const apiGroup = 'rbac.authorization.k8s.io';
const subject = { kind: 'ServiceAccount', name: identity, namespace: identities };

const binding = (change: object, name = 'sag-x'): object => ({
  metadata: { name, labels: copiedLabels },
  roleRef: { apiGroup, kind: 'ClusterRole', name: matrixRole },
  subjects: [subject],
  ...change,
});

const bound = (act: string, gain: string, request: ActRequest): ForbiddenAct => ({
  act,
  gain,
  stoppedBy: bindings,
  request,
});

const rights: readonly ForbiddenAct[] = [
  ...['cluster-admin', 'view', 'edit'].map((name) => ({
    act: `bind \`${name}\` in a namespace`,
    gain: 'give support identities what no matrix says',
    // RBAC refuses to pass on what the caller does not hold; the policy refuses also what the operator holds
    stoppedBy: 'RBAC' as const,
    request: posting(paths.bindings, binding({ roleRef: { apiGroup, kind: 'ClusterRole', name } })),
  })),
  bound(
    'bind a role with rights that it holds itself',
    'pass its own rights on',
    posting(paths.bindings, binding({ roleRef: { apiGroup, kind: 'ClusterRole', name: 'harmless' } })),
  ),
  bound(
    'bind a matrix to a person',
    'let in whom no grant names',
    posting(paths.bindings, binding({ subjects: [{ apiGroup, kind: 'User', name: 'eve' }] })),
  ),
  bound(
    'bind a matrix to a group',
    'let in whom no grant names',
    posting(
      paths.bindings,
      binding({ subjects: [{ apiGroup, kind: 'Group', name: 'system:authenticated' }] }),
    ),
  ),
  bound(
    'bind a matrix to an account of another namespace',
    'let in whom no grant names',
    posting(paths.bindings, binding({ subjects: [{ ...subject, namespace: victim }] })),
  ),
  ...[release, identities].map((namespace) =>
    bound(
      `bind a matrix in \`${namespace}\``,
      'reach the keys of this product',
      posting(`${rbac}/namespaces/${namespace}/rolebindings`, binding({})),
    ),
  ),
  bound(
    'make a RoleBinding under a name of its choice',
    'hide it among those of others',
    posting(paths.bindings, binding({}, 'admins')),
  ),
  ...(
    [
      ['delete', deleting(`${paths.bindings}/theirs`)],
      ['change', patching(`${paths.bindings}/theirs`, { metadata: { labels: { a: 'b' } } })],
    ] as const
  ).map(([verb, request]) =>
    bound(`${verb} a RoleBinding of others that copies its labels`, 'take rights of others away', request),
  ),
];

const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'other' } };
const ownObjects = 'support-access-operator-objects';

const names: readonly ForbiddenAct[] = [
  {
    act: "make a NetworkPolicy of another name than the gateway's",
    gain: 'cut off, or open, other pods of the release',
    stoppedBy: ownObjects,
    request: posting(paths.releasePolicies, { metadata: { name: 'other' }, spec: { podSelector: {} } }),
  },
  {
    act: 'make a NetworkPolicy elsewhere',
    gain: "cut off the customer's pods",
    stoppedBy: 'RBAC',
    request: posting(paths.victimPolicies, { metadata: { name: 'x' }, spec: { podSelector: {} } }),
  },
  {
    act: "change a NetworkPolicy that is not the gateway's",
    gain: 'open what others closed',
    stoppedBy: 'RBAC',
    request: deleting(`${paths.releasePolicies}/other`),
  },
  {
    act: 'make a Lease of another name than its own',
    gain: 'mark answers as used that were not given',
    stoppedBy: ownObjects,
    request: posting(paths.leases, lease),
  },
  {
    act: 'make an account that is no support identity',
    gain: 'prepare an account that nothing looks after',
    stoppedBy: ownObjects,
    request: posting(paths.identityAccounts, { metadata: { name: 'robot' } }),
  },
  {
    act: 'make an account elsewhere',
    gain: 'prepare an account that nothing looks after',
    stoppedBy: 'RBAC',
    request: posting(`/api/v1/namespaces/${victim}/serviceaccounts`, { metadata: { name: 'x' } }),
  },
];

const secret = (name: string, more: object): object => ({
  metadata: { name, labels: copiedLabels },
  ...more,
});

const identitiesOnly: readonly ForbiddenAct[] = [
  {
    act: 'ask for a token of a support identity',
    gain: 'act as a person of support',
    stoppedBy: 'RBAC',
    request: posting(`${paths.identityAccounts}/${identity}/token`, {
      spec: { expirationSeconds: 600, boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: identity } },
    }),
  },
  {
    act: 'make a Secret that the control plane fills with a token',
    gain: 'act as a person of support, for ever',
    stoppedBy: 'support-access-identities-secrets',
    request: posting(
      paths.identitySecrets,
      secret('sa-filled', {
        type: 'kubernetes.io/service-account-token',
        metadata: {
          name: 'sa-filled',
          labels: copiedLabels,
          annotations: { 'kubernetes.io/service-account.name': identity },
        },
      }),
    ),
  },
  {
    act: 'make a Secret that holds something',
    gain: 'leave a token where others find it',
    stoppedBy: 'support-access-identities-secrets',
    request: posting(paths.identitySecrets, secret('sa-full', { stringData: { token: 'x' } })),
  },
  readByDeleting(identities, ownObjects),
  {
    act: 'delete a Secret of others in the namespace of the identities',
    gain: 'lose what others keep there',
    stoppedBy: ownObjects,
    request: deleting(`${paths.identitySecrets}/canary`),
  },
  ...(
    [
      ['delete', deleting(`${paths.identityAccounts}/default`)],
      ['change', patching(`${paths.identityAccounts}/default`, { metadata: { labels: { a: 'b' } } })],
    ] as const
  ).map(
    ([verb, request]): ForbiddenAct => ({
      act: `${verb} an account there that is no support identity`,
      gain: 'prepare an account that nothing looks after',
      stoppedBy: ownObjects,
      request,
    }),
  ),
];

/** It may tie the namespace of the identities to that of the release, so that both go together. */
const namespaces: readonly ForbiddenAct[] = [
  ...metadataChanges.map(
    ([what, change]): ForbiddenAct => ({
      act: `${what} the namespace of the identities`,
      gain: 'have pods run unchecked as support identities, or those outlive the product',
      stoppedBy: 'support-access-operator-namespace',
      request: patching(`/api/v1/namespaces/${identities}`, { metadata: change }),
    }),
  ),
  {
    act: 'change the namespace of the release',
    gain: 'have it run pods unchecked',
    stoppedBy: 'RBAC',
    request: patching(`/api/v1/namespaces/${release}`, { metadata: { labels: { a: 'b' } } }),
  },
];

/** What the operator is refused. */
export const operator: readonly ForbiddenAct[] = [
  ...identitiesOnly,
  ...rightsOnCases,
  ...namespaces,
  ...rights,
  ...names,
  ...ownMetadata(`${paths.leases}/support-access-operator`, 'Lease', updating),
  ...ownMetadata(`${paths.releaseSecrets}/support-access-sso`, 'Secret', patching),
  ...ownMetadata(`${paths.releaseConfigMaps}/support-access-sso`, 'ConfigMap', patching),
  ...ownMetadata(`${paths.releaseConfigMaps}/support-access-hosts`, 'ConfigMap', patching),
  ...ownMetadata(`${paths.releaseConfigMaps}/support-access-names`, 'ConfigMap', patching),
  tellingOfCertificates,
  {
    act: 'make sessions',
    gain: 'act as a person who signed in',
    stoppedBy: 'RBAC',
    request: posting(`${ours}/namespaces/${victim}/supportsessions`, {}),
  },
  {
    act: 'change the spec of a session',
    gain: 'give a session another person, address or end',
    stoppedBy: 'RBAC',
    request: patching(`${ours}/namespaces/${victim}/supportsessions/x`, { spec: {} }),
  },
  {
    act: 'write the status of a session',
    gain: 'have a session that idled out look used',
    stoppedBy: 'RBAC',
    request: patching(`${ours}/namespaces/${victim}/supportsessions/x/status`, { status: {} }),
  },
  {
    act: 'delete all sessions of a namespace at once',
    gain: 'end sessions without a record for each',
    stoppedBy: 'RBAC',
    request: deleting(`${ours}/namespaces/${victim}/supportsessions`),
  },
  ...['support-access-gateway-keys', 'support-access-gateway-tls', 'support-access-webhook-tls'].map(
    (name): ForbiddenAct => ({
      act: `read the Secret \`${name}\``,
      gain: "learn another process's key",
      stoppedBy: 'RBAC',
      request: reading(`${paths.releaseSecrets}/${name}`),
    }),
  ),
];
