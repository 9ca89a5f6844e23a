/** What none of our accounts must be able to do. */
import { defaultNamespaces, readerAccount } from '../../../crds/names.ts';
import type { ActRequest, ForbiddenAct } from './forbidden-act.ts';
import { answering, deleting, editing, patching, posting, readByDeleting, reading } from './forbidden-act.ts';
import { ours, rbac, secretsIn, victim } from './scene.ts';

const { release, identities } = defaultNamespaces;
const admission = '/apis/admissionregistration.k8s.io/v1';
const applyPatch = 'application/apply-patch+yaml';

const byRBAC = (act: string, gain: string, request: ActRequest): ForbiddenAct => ({
  act,
  gain,
  stoppedBy: 'RBAC',
  request,
});

const another = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'canary' } };

const secretReads = (namespace: string): ForbiddenAct[] =>
  (
    [
      ['get', reading(`${secretsIn(namespace)}/canary`)],
      ['list', reading(secretsIn(namespace))],
      ['watch', reading(`${secretsIn(namespace)}?watch=1&timeoutSeconds=1`)],
    ] as const
  ).map(([verb, request]) =>
    byRBAC(`${verb} Secrets of others in \`${namespace}\``, 'learn what they hold', request),
  );

/** Every other verb whose answer carries the object; `delete` aside, which the operator holds for its own. */
const secretAnswers = (namespace: string): ForbiddenAct[] =>
  (
    [
      ['a patch that changes nothing', patching(`${secretsIn(namespace)}/canary?dryRun=All`, {})],
      [
        'an apply',
        {
          method: 'PATCH',
          path: `${secretsIn(namespace)}/canary?dryRun=All&fieldManager=x&force=true`,
          body: another,
          contentType: applyPatch,
        },
      ],
      ['an update', { method: 'PUT', path: `${secretsIn(namespace)}/canary?dryRun=All`, body: another }],
      ['a delete of the collection', deleting(secretsIn(namespace), answering)],
    ] as const
  ).map(([verb, request]) =>
    byRBAC(
      `read a Secret of others in \`${namespace}\` back through the dry run of ${verb}`,
      'learn what it holds',
      request,
    ),
  );

const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
const container = [{ name: 'c', image: 'example.com/x' }];

const aReader = readerAccount.of('ada@example.com');

/** Standing for a person before the records. */
const readingAsSomeone: readonly ForbiddenAct[] = [
  byRBAC(
    'ask for a token of a reader account',
    'read the records, in the name of its person',
    posting(`/api/v1/namespaces/${release}/serviceaccounts/${aReader}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: ['support-access'], expirationSeconds: 600 },
    }),
  ),
];

const becomingMore: readonly ForbiddenAct[] = [
  byRBAC(
    'bind a role in the whole cluster',
    'be administrator, or make others so',
    posting(`${rbac}/clusterrolebindings`, { metadata: { name: 'x' }, roleRef: role, subjects: [] }),
  ),
  byRBAC(
    'make a ClusterRole',
    'hold what it says',
    posting(`${rbac}/clusterroles`, { metadata: { name: 'x' }, rules: everything }),
  ),
  byRBAC(
    'change a ClusterRole of ours',
    'give itself what it lacks',
    patching(`${rbac}/clusterroles/support-access-gateway`, { rules: everything }),
  ),
  byRBAC(
    'make a Role',
    'hold what it says',
    posting(`${rbac}/namespaces/${release}/roles`, { metadata: { name: 'x' }, rules: everything }),
  ),
  ...(
    [
      ['a user', { 'impersonate-user': 'admin' }],
      ['a group', { 'impersonate-user': 'x', 'impersonate-group': 'system:masters' }],
      [
        'a support identity',
        { 'impersonate-user': `system:serviceaccount:${identities}:sa-0123456789abcdef0123` },
      ],
      ['a UID', { 'impersonate-user': 'x', 'impersonate-uid': 'y' }],
    ] as const
  ).map(([whom, headers]) =>
    byRBAC(`impersonate ${whom}`, 'act under another name', {
      ...reading(`${ours}/supportaccessgrants`),
      headers,
    }),
  ),
  ...[release, 'kube-system', victim].map((namespace) =>
    byRBAC(
      `ask for a token of an account in \`${namespace}\``,
      'become that account',
      posting(`/api/v1/namespaces/${namespace}/serviceaccounts/default/token`, { spec: {} }),
    ),
  ),
  byRBAC(
    'sign or approve a certificate',
    'sign in as anyone',
    patching('/apis/certificates.k8s.io/v1/certificatesigningrequests/x/approval', {}),
  ),
];

const running: readonly ForbiddenAct[] = [
  ...[release, identities, victim].map((namespace) =>
    byRBAC(
      `run a pod in \`${namespace}\``,
      'run code with any account and any mounted Secret there',
      posting(`/api/v1/namespaces/${namespace}/pods`, {
        metadata: { name: 'x' },
        spec: { containers: container },
      }),
    ),
  ),
  byRBAC(
    'change a Deployment of ours',
    'run its own image with the account of another process',
    patching(`/apis/apps/v1/namespaces/${release}/deployments/support-access-operator`, {
      spec: { replicas: 0 },
    }),
  ),
  byRBAC(
    'execute in a pod',
    'run code beside other processes',
    posting(`/api/v1/namespaces/${release}/pods/x/exec?command=sh`, {}),
  ),
  byRBAC(
    'reach a node through the API server',
    'read every pod there',
    reading('/api/v1/nodes/x/proxy/pods'),
  ),
];

const removingBarriers: readonly ForbiddenAct[] = [
  byRBAC(
    'make a webhook',
    'see and block writes of the whole cluster',
    posting(`${admission}/mutatingwebhookconfigurations`, { metadata: { name: 'x' } }),
  ),
  byRBAC(
    'delete the configuration of our webhook',
    'have enabling and widening go unjudged',
    deleting(`${admission}/validatingwebhookconfigurations/support-access`),
  ),
  byRBAC(
    'delete a policy of this table',
    'be free of it',
    deleting(`${admission}/validatingadmissionpolicies/support-access-own-metadata`),
  ),
  byRBAC(
    'switch a policy of this table off',
    'be free of it',
    editing(`${admission}/validatingadmissionpolicybindings/support-access-own-metadata`, {
      op: 'replace',
      path: '/spec/validationActions',
      value: ['Audit'],
    }),
  ),
  byRBAC(
    'change one of our CustomResourceDefinitions',
    'lose grants and locks',
    patching(
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/supportaccesslocks.supportaccess.dev',
      {},
    ),
  ),
  byRBAC('delete a namespace', 'lose what lies in it', deleting(`/api/v1/namespaces/${identities}`)),
];

const grant = `${ours}/namespaces/${victim}/supportaccessgrants`;

const speakingForPeople: readonly ForbiddenAct[] = [
  byRBAC(
    'make a grant',
    'let people in who were not invited',
    posting(grant, {
      apiVersion: 'supportaccess.dev/v1beta1',
      kind: 'SupportAccessGrant',
      metadata: { name: 'x' },
    }),
  ),
  byRBAC(
    'change a grant',
    'widen what was consented to',
    patching(`${grant}/x`, { spec: { access: 'Enabled' } }),
  ),
  byRBAC('delete grants', 'lose evidence', deleting(grant)),
  byRBAC(
    'switch the policy on',
    'open every enabled grant',
    patching(`${ours}/supportaccesspolicies/default`, { spec: { access: 'Enabled' } }),
  ),
  byRBAC(
    'change an application',
    'send people to another backend',
    patching(`${ours}/namespaces/${victim}/supportapplications/x`, {}),
  ),
  byRBAC(
    'make a support user',
    'name a person of its own',
    posting(`${ours}/supportusers`, { metadata: { name: 'x' } }),
  ),
  byRBAC('lift a lock', 'end an emergency stop', deleting(`${ours}/supportaccesslocks/all`)),
  byRBAC(
    'make a lock',
    'stop everything, and seem to be an administrator',
    posting(`${ours}/supportaccesslocks`, { metadata: { name: 'all' }, spec: { reason: 'x' } }),
  ),
];

const secretDeletes = [victim, release].map((namespace) => readByDeleting(namespace, 'RBAC'));

/** What each of them is refused alike. */
export const everyProcess: readonly ForbiddenAct[] = [
  ...[victim, release, identities].flatMap(secretReads),
  ...[victim, release, identities].flatMap(secretAnswers),
  ...secretDeletes,
  ...becomingMore,
  ...running,
  ...removingBarriers,
  ...speakingForPeople,
  ...readingAsSomeone,
];
