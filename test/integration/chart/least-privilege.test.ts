/** What the API server itself answers when it is asked what our three processes, and people with each role, may do. */
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { type Caller, callerOf } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import { identitiesNamespace, installChart, releaseNamespace } from '../../kit/installation/install.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';
import {
  askedAbout,
  inNamespaces,
  type Rights,
  rolesOfTheChart,
  rolesOfTheCluster,
  verbs,
} from './rights-of-people.ts';

const matrixRole = 'support-access-matrix-casepoint-ecase-1';
const processes = ['operator', 'webhook', 'gateway'] as const;
type Process = (typeof processes)[number];

let cp: ControlPlane;
let admin: Caller;
let ns: string;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  await installChart(cp, { matrixRoles: [matrixRole] });
  admin = callerOf(cp.kubeconfig);
  ns = await aNamespace(cp);
});

interface Question {
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

async function may(who: Process, question: Question): Promise<boolean> {
  const user = `system:serviceaccount:${releaseNamespace}:support-access-${who}`;
  return userMay(user, ['system:serviceaccounts', `system:serviceaccounts:${releaseNamespace}`], question);
}

async function userMay(user: string, also: readonly string[], question: Question): Promise<boolean> {
  const groups = [...also, 'system:authenticated'];
  const { body, text } = await admin('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user, groups, resourceAttributes: { group: '', ...question } },
    },
  });
  const { status } = body as { status?: { allowed?: boolean } };
  if (status?.allowed === undefined) throw new Error(text);
  return status.allowed;
}

const rbac = 'rbac.authorization.k8s.io';
const ours = 'supportaccess.dev';

describe.each(processes)('the %s', (who) => {
  const makesRoles = { verb: 'create', group: rbac, resource: 'roles', namespace: 'any' };
  const dangerous: readonly Question[] = [
    { verb: '*', group: '*', resource: '*' },
    { verb: 'escalate', group: rbac, resource: 'clusterroles' },
    { verb: 'bind', group: rbac, resource: 'clusterroles' },
    { verb: 'bind', group: rbac, resource: 'clusterroles', name: 'cluster-admin' },
    { verb: 'create', group: rbac, resource: 'clusterrolebindings' },
    { verb: 'update', group: rbac, resource: 'clusterroles' },
    makesRoles,
    { verb: 'escalate', group: rbac, resource: 'roles' },
    ...['users', 'groups', 'serviceaccounts', 'uids'].map((resource) => ({ verb: 'impersonate', resource })),
    ...['get', 'list', 'watch'].map((verb) => ({ verb, resource: 'secrets' })),
    ...['list', 'watch'].map((verb) => ({ verb, resource: 'secrets', namespace: releaseNamespace })),
    ...['get', 'list', 'watch'].map((verb) => ({
      verb,
      resource: 'secrets',
      namespace: identitiesNamespace,
    })),
    { verb: 'get', resource: 'secrets', namespace: 'kube-system', name: 'x' },
    { verb: 'create', resource: 'serviceaccounts', subresource: 'token', namespace: releaseNamespace },
    { verb: 'create', resource: 'serviceaccounts', subresource: 'token', namespace: 'kube-system' },
    ...['pods', 'replicationcontrollers'].map((resource) => ({
      verb: 'create',
      resource,
      namespace: releaseNamespace,
    })),
    { verb: 'create', resource: 'pods', subresource: 'exec', namespace: releaseNamespace },
    { verb: 'create', group: 'apps', resource: 'deployments', namespace: releaseNamespace },
    { verb: 'patch', group: 'apps', resource: 'deployments', namespace: releaseNamespace },
    { verb: 'get', resource: 'nodes', subresource: 'proxy' },
    { verb: 'create', group: 'admissionregistration.k8s.io', resource: 'validatingwebhookconfigurations' },
    {
      verb: 'patch',
      group: 'admissionregistration.k8s.io',
      resource: 'validatingwebhookconfigurations',
      name: 'other',
    },
    { verb: 'patch', group: 'admissionregistration.k8s.io', resource: 'mutatingwebhookconfigurations' },
    { verb: 'delete', group: 'admissionregistration.k8s.io', resource: 'validatingadmissionpolicies' },
    { verb: 'patch', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
    {
      verb: 'update',
      group: 'certificates.k8s.io',
      resource: 'certificatesigningrequests',
      subresource: 'approval',
    },
    ...['create', 'update', 'patch', 'delete', 'open'].map((verb) => ({
      verb,
      group: ours,
      resource: 'supportaccessgrants',
    })),
    ...['create', 'update', 'patch', 'open'].map((verb) => ({
      verb,
      group: ours,
      resource: 'supportaccesspolicies',
    })),
    ...['create', 'delete'].map((verb) => ({ verb, group: ours, resource: 'supportaccesslocks' })),
    { verb: 'get', group: ours, resource: 'auditrecords' },
    // a group that only sounds like another one gets nothing
    { verb: 'get', group: 'evil.example', resource: 'supportaccessgrants' },
    { verb: 'get', group: 'secrets.evil.example', resource: 'services' },
  ];

  it('may do nothing that could be used against the customer', async () => {
    const held = [];
    for (const question of dangerous) if (await may(who, question)) held.push(question);
    expect(held).toEqual(who === 'operator' ? [makesRoles] : []);
  });
});

describe('what the processes need', () => {
  const needs: readonly (readonly [Process, Question])[] = [
    ['operator', { verb: 'bind', group: rbac, resource: 'clusterroles', name: matrixRole }],
    ['operator', { verb: 'create', group: rbac, resource: 'rolebindings', namespace: 'any' }],
    ['operator', { verb: 'create', resource: 'secrets', namespace: identitiesNamespace }],
    [
      'gateway',
      { verb: 'create', resource: 'serviceaccounts', subresource: 'token', namespace: identitiesNamespace },
    ],
    [
      'operator',
      {
        verb: 'patch',
        group: ours,
        resource: 'supportaccessgrants',
        subresource: 'status',
        namespace: 'any',
      },
    ],
    ['operator', { verb: 'create', group: ours, resource: 'auditrecords' }],
    ['gateway', { verb: 'create', group: ours, resource: 'supportsessions', namespace: 'any' }],
    [
      'gateway',
      { verb: 'create', group: 'coordination.k8s.io', resource: 'leases', namespace: releaseNamespace },
    ],
    ['gateway', { verb: 'get', resource: 'services', namespace: 'any', name: 'x' }],
    ['gateway', { verb: 'create', group: ours, resource: 'auditrecords' }],
    ['gateway', { verb: 'create', group: 'authentication.k8s.io', resource: 'tokenreviews' }],
    ['webhook', { verb: 'create', group: 'authentication.k8s.io', resource: 'tokenreviews' }],
    ['webhook', { verb: 'create', group: 'authorization.k8s.io', resource: 'subjectaccessreviews' }],
    [
      'webhook',
      {
        verb: 'patch',
        group: 'admissionregistration.k8s.io',
        resource: 'validatingwebhookconfigurations',
        name: 'support-access',
      },
    ],
  ];

  it.each(needs)('%s: %o is allowed', async (who, question) => {
    expect(await may(who, question)).toBe(true);
  });

  it('does not let the operator read a Secret of the identities, by any verb that answers with one', async () => {
    for (const verb of ['get', 'list', 'watch', 'update', 'patch', 'deletecollection']) {
      expect(
        await may('operator', { verb, resource: 'secrets', namespace: identitiesNamespace, name: 'sa-x' }),
      ).toBe(false);
    }
  });
});

describe('of people', () => {
  /** What a person may do with each kind, in the form of the table; names stand for the whole cluster or for `namespace`. */
  async function rightsOf(user: string, namespace?: string): Promise<Rights> {
    const rows = await Promise.all(
      askedAbout.map(async (kind) => {
        const [resource = '', subresource] = kind.split('/');
        const place = inNamespaces.includes(resource) && namespace ? { namespace } : {};
        const asked = { group: ours, resource, ...(subresource && { subresource }), ...place };
        const answers = await Promise.all(verbs.map(async (verb) => userMay(user, [], { ...asked, verb })));
        return [kind, verbs.filter((_, at) => answers[at]).join(' ')] as const;
      }),
    );
    return Object.fromEntries(rows.filter(([, held]) => held !== ''));
  }

  it.each(Object.entries(rolesOfTheChart))(
    'CC-7 who has support-access-%s may do what the table says, and nothing else',
    async (role, rights) => {
      const user = `has-${role}`;
      await cp.kubectl([
        'create',
        'clusterrolebinding',
        user,
        `--clusterrole=support-access-${role}`,
        `--user=${user}`,
      ]);
      await eventually(async () => expect(await rightsOf(user)).toEqual(rights));
      expect(await rightsOf(user, ns)).toEqual(rights);
    },
  );

  it.each(Object.entries(rolesOfTheCluster))(
    'who has %s in a namespace of the customer reads there, and neither prepares nor opens',
    async (role, rights) => {
      const user = `has-${role}`;
      await cp.kubectl(['create', 'rolebinding', user, '-n', ns, `--clusterrole=${role}`, `--user=${user}`]);
      await eventually(async () => expect(await rightsOf(user, ns)).toEqual(rights), { within: 30_000 });
      expect(await rightsOf(user, 'default')).toEqual({});
      expect(await rightsOf(user)).toEqual({});
    },
  );

  it('CC-7 the right to open holds in the namespace in which it was given, and says so to kubectl', async () => {
    const place = ['-n', ns];
    const role = '--clusterrole=support-access-administrator';
    await cp.kubectl(['create', 'rolebinding', 'opens-here', ...place, role, '--user=opens-here']);
    const canI = async (expectFailure: boolean, ...asked: string[]) => {
      const args = ['auth', 'can-i', 'open', ...asked, '--as=opens-here'];
      return (await cp.kubectl(args, { expectFailure })).stdout.trim();
    };
    const grants = 'supportaccessgrants.supportaccess.dev';
    await eventually(async () => expect(await canI(false, grants, ...place)).toBe('yes'));
    expect(await canI(true, grants, '-n', 'default')).toBe('no');
    expect(await canI(true, 'supportaccesspolicies.supportaccess.dev')).toBe('no');
  });
});

it("the gateway's reads have seats of their own at the API server", async () => {
  const account = await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-gateway');
  const schema = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/support-access-gateway';
  const { uid } = ((await admin('GET', schema)).body as { metadata: { uid: string } }).metadata;
  const { status, headers } = await callerOf(account.kubeconfig)(
    'GET',
    `/apis/${ours}/v1beta1/supportaccesslocks/all`,
  );
  expect([status, headers['x-kubernetes-pf-flowschema-uid']]).toEqual([404, uid]);
});

describe('with none of our processes alive, the rest of the cluster', () => {
  const containers = [{ name: 'c', image: 'example.com/x' }];
  const metadata = { name: 'unrelated' };
  it.each([
    ['Node', () => '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata }],
    [
      'Pod',
      () => `/api/v1/namespaces/${ns}/pods`,
      { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } },
    ],
    ['Secret', () => `/api/v1/namespaces/${ns}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata }],
    [
      'Lease',
      () => `/apis/coordination.k8s.io/v1/namespaces/${ns}/leases`,
      { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata },
    ],
    [
      'RoleBinding',
      () => `/apis/${rbac}/v1/namespaces/${ns}/rolebindings`,
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'view' },
        subjects: [{ apiGroup: rbac, kind: 'User', name: 'bob' }],
      },
    ],
  ])('takes a %s as if we were not there', async (_, path, body) => {
    const { status, text } = await admin('POST', path(), { body });
    expect(status, text).toBe(201);
  });

  it('lets our own Deployments be changed, so that we can be repaired', async () => {
    const { code } = await cp.kubectl([
      'scale',
      'deployment',
      '--all',
      '--replicas=0',
      '-n',
      releaseNamespace,
    ]);
    expect(code).toBe(0);
  });
});
