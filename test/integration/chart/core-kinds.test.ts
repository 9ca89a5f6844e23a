/**
 * The policies on core kinds: the namespace of the support identities stays clean, the operator's own rights are good
 * for its own work only, and other clients are never held up.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileObjects } from '../../../cli/matrix/compile-matrix.ts';
import type { SupportPermissionMatrix } from '../../../crds/generated/support-permission-matrix.ts';
import { credentialName } from '../../../crds/identities.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { type Caller, callerOf, mergePatch } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import {
  identitiesNamespace,
  installChart,
  releaseNamespace,
  webhookConfigurations,
} from '../../kit/installation/install.ts';
import { matrix } from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

const matrixRole = 'support-access-matrix-casepoint-ecase-1';
const identities = `/api/v1/namespaces/${identitiesNamespace}`;
const marks = { 'app.kubernetes.io/managed-by': 'support-access', 'supportaccess.dev/grant-uid': 'b' };

let cp: ControlPlane;
let operator: Caller;
let admin: Caller;
/** Holds `edit` in the identities namespace, as a careless binding would give. */
let stranger: Caller;
let ns: string;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  await installChart(cp, { matrixRoles: [matrixRole] }, { without: webhookConfigurations });
  await cp.kubectl(['create', 'clusterrole', matrixRole, '--verb=get', '--resource=configmaps']);
  await cp.kubectl([
    'create',
    'rolebinding',
    'careless',
    '-n',
    identitiesNamespace,
    '--clusterrole=edit',
    '--user=stranger',
  ]);
  const account = await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-operator');
  operator = callerOf(account.kubeconfig);
  admin = callerOf(cp.kubeconfig);
  stranger = callerOf(await cp.userKubeconfig('stranger'));
});

beforeEach(async () => {
  ns = await aNamespace(cp, { prefix: 'core' });
});

const named = (kind: string, name: string, more: object = {}): object => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, labels: marks },
  ...more,
});
const tokenRequest = (spec: object = {}): object => ({
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenRequest',
  spec: { audiences: ['https://kubernetes.default.svc'], ...spec },
});

describe('the namespace of the support identities', () => {
  // fit for the restricted profile, so that it is our policy that answers
  const securityContext = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const containers = [{ name: 'c', image: 'example.com/x', securityContext }];
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers } };
  it.each([
    [
      'Pod',
      `${identities}/pods`,
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers } },
    ],
    [
      'Deployment',
      `/apis/apps/v1/namespaces/${identitiesNamespace}/deployments`,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'x' },
        spec: { selector: { matchLabels: { a: 'b' } }, template },
      },
    ],
    [
      'Job',
      `/apis/batch/v1/namespaces/${identitiesNamespace}/jobs`,
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'x' },
        spec: { template: { spec: { containers, restartPolicy: 'Never' } } },
      },
    ],
  ])('takes no %s from anybody', async (_, path, body) => {
    for (const caller of [admin, stranger]) {
      const { status, text } = await caller('POST', `${path}?dryRun=All`, { body });
      expect([status, text]).toEqual([403, expect.stringContaining('must not hold workloads')]);
    }
  });

  it('takes ServiceAccounts and Secrets from the operator alone', async () => {
    for (const [kind, plural] of [
      ['ServiceAccount', 'serviceaccounts'],
      ['Secret', 'secrets'],
    ] as const) {
      const body = named(kind, 'sa-0123456789abcdef0123');
      for (const caller of [admin, stranger]) {
        const { status, text } = await caller('POST', `${identities}/${plural}`, { body });
        expect([status, text]).toEqual([403, expect.stringContaining('by others than the operator')]);
      }
      expect((await operator('POST', `${identities}/${plural}`, { body })).status).toBe(201);
      const relabel = { body: { metadata: { labels: { a: 'b' } } }, contentType: mergePatch };
      expect(
        (await stranger('PATCH', `${identities}/${plural}/sa-0123456789abcdef0123`, relabel)).status,
      ).toBe(403);
      expect((await stranger('DELETE', `${identities}/${plural}/sa-0123456789abcdef0123`)).status).toBe(200);
    }
  });

  it('holds no token that never expires, also not from the operator', async () => {
    const secret = named('Secret', 'sa-long', {
      type: 'kubernetes.io/service-account-token',
      metadata: { name: 'sa-long', annotations: { 'kubernetes.io/service-account.name': 'default' } },
    });
    const { status, text } = await operator('POST', `${identities}/secrets`, { body: secret });
    expect([status, text]).toEqual([403, expect.stringContaining('never expire')]);
  });

  it('mints tokens for the gateway alone, for ten minutes, ended by the identity’s own empty Secret', async () => {
    const name = 'sa-aaaaaaaaaaaaaaaaaaaa';
    const account = await operator('POST', `${identities}/serviceaccounts`, {
      body: named('ServiceAccount', name),
    });
    const secret = credentialName((account.body as KubeObject).metadata);
    await operator('POST', `${identities}/secrets`, { body: named('Secret', secret) });
    const path = `${identities}/serviceaccounts/${name}/token`;
    const boundObjectRef = { apiVersion: 'v1', kind: 'Secret', name: secret };
    const good = { boundObjectRef, expirationSeconds: 600 };
    for (const caller of [admin, stranger]) {
      const { status, text } = await caller('POST', path, { body: tokenRequest(good) });
      expect([status, text]).toEqual([403, expect.stringContaining('by others than the gateway')]);
    }
    expect((await operator('POST', path, { body: tokenRequest(good) })).status).toBe(403);
    const { kubeconfig } = await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-gateway');
    const gateway = callerOf(kubeconfig);
    const seen = await gateway('GET', `${identities}/serviceaccounts/${name}`);
    expect(credentialName((seen.body as KubeObject).metadata)).toBe(secret);
    const answer = await gateway('POST', path, { body: tokenRequest(good) });
    expect(answer.status, answer.text).toBe(201);
    const { token } = (answer.body as { status: { token: string } }).status;
    const authenticated = async () => {
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
      const review = await admin('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body });
      return (review.body as { status: { authenticated?: boolean } }).status.authenticated === true;
    };
    expect(await authenticated()).toBe(true);
    // who may read Secrets, as the holder of `edit`, does not find it
    const read = await stranger('GET', `${identities}/secrets/${secret}`);
    expect([read.status, (read.body as { data?: object }).data]).toEqual([200, undefined]);
    expect((await operator('DELETE', `${identities}/secrets/${secret}`)).status).toBe(200);
    await eventually(async () => expect(await authenticated()).toBe(false), { within: 30_000 });
  });

  it('is made again with its default account when somebody deletes that', async () => {
    expect((await admin('DELETE', `${identities}/serviceaccounts/default`)).status).toBe(200);
    await eventually(async () => {
      expect((await admin('GET', `${identities}/serviceaccounts/default`)).status).toBe(200);
    });
  });

  it('is the only one that is guarded so', async () => {
    const body = named('ServiceAccount', 'anything');
    expect((await admin('POST', `/api/v1/namespaces/${ns}/serviceaccounts`, { body })).status).toBe(201);
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers } };
    expect((await admin('POST', `/api/v1/namespaces/${ns}/pods`, { body: pod })).status).toBe(201);
  });
});

describe("the operator's RoleBindings", () => {
  const bindings = (namespace: string): string =>
    `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`;
  const subject = { kind: 'ServiceAccount', name: 'sa-0123456789abcdef0123', namespace: identitiesNamespace };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: matrixRole };
  const binding = (change: object = {}): object => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'sag-x', labels: marks },
    roleRef,
    subjects: [subject],
    ...change,
  });

  it('give a matrix to support identities', async () => {
    expect((await operator('POST', bindings(ns), { body: binding() })).status).toBe(201);
    expect((await operator('DELETE', `${bindings(ns)}/sag-x`)).status).toBe(200);
  });

  it.each([
    ['without its labels', { metadata: { name: 'sag-x' } }, 'must carry its labels'],
    [
      'to a person',
      { subjects: [{ kind: 'User', name: 'eve', apiGroup: 'rbac.authorization.k8s.io' }] },
      'only subjects',
    ],
    [
      'to a group',
      { subjects: [{ kind: 'Group', name: 'system:authenticated', apiGroup: 'rbac.authorization.k8s.io' }] },
      'only subjects',
    ],
    ['to an account elsewhere', { subjects: [{ ...subject, namespace: 'kube-system' }] }, 'only subjects'],
    ['to an account that is no identity', { subjects: [{ ...subject, name: 'default' }] }, 'only subjects'],
  ])('are refused %s', async (_, change, says) => {
    const { status, text } = await operator('POST', bindings(ns), { body: binding(change) });
    expect([status, text]).toEqual([403, expect.stringContaining(says)]);
  });

  it('are refused for any other role, even one with fewer rights than the operator has', async () => {
    await cp.kubectl(['create', 'clusterrole', `harmless-${ns}`, '--verb=get', '--resource=services']);
    for (const name of ['cluster-admin', 'view', `harmless-${ns}`]) {
      const { status } = await operator('POST', bindings(ns), {
        body: binding({ roleRef: { ...roleRef, name } }),
      });
      expect(status, name).toBe(403);
    }
    await cp.kubectl(['create', 'role', matrixRole, '-n', ns, '--verb=get', '--resource=services']);
    const own = { ...roleRef, kind: 'Role' };
    expect((await operator('POST', bindings(ns), { body: binding({ roleRef: own }) })).status).toBe(403);
  });

  it("are refused in this product's own namespaces", async () => {
    for (const namespace of [releaseNamespace, identitiesNamespace]) {
      const { status, text } = await operator('POST', bindings(namespace), { body: binding() });
      expect([status, text]).toEqual([403, expect.stringContaining('own namespaces')]);
    }
  });

  it('give what `matrix compile` prints, with nothing else installed', async () => {
    const clusterRole = 'support-access-matrix-other-3';
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get' as const] }];
    const spec = { ...(matrix.base().spec as SupportPermissionMatrix['spec']), system: 'other', revision: 3 };
    const written = {
      apiVersion: 'supportaccess.dev/v1beta1' as const,
      kind: 'SupportPermissionMatrix' as const,
      metadata: { name: 'other-3' },
      spec: { ...spec, kubernetes: { clusterRole, rules } },
    };
    const items = compileObjects(written, releaseNamespace);
    await cp.kubectl(['apply', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });
    const body = binding({ roleRef: { ...roleRef, name: clusterRole } });
    const { status, text } = await operator('POST', bindings(ns), { body });
    expect(status, text).toBe(201);
  });

  it('leave those of others alone, and nobody else waits for this', async () => {
    const foreign = binding({
      metadata: { name: 'theirs' },
      subjects: [{ ...roleRef, kind: 'User', name: 'bob', apiGroup: roleRef.apiGroup }],
    });
    expect((await admin('POST', bindings(ns), { body: foreign })).status).toBe(201);
    const refused = await operator('DELETE', `${bindings(ns)}/theirs`);
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('did not make')]);
    const adopt = { body: { metadata: { labels: marks } }, contentType: mergePatch };
    expect((await operator('PATCH', `${bindings(ns)}/theirs`, adopt)).status).toBe(403);
    expect((await admin('DELETE', `${bindings(ns)}/theirs`)).status).toBe(200);
  });
});

describe("the gateway's Leases", () => {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${releaseNamespace}/leases`;
  const lease = (name: string): object => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name },
    spec: { holderIdentity: 'x' },
  });

  it("are its own, and never the operator's", async () => {
    const account = await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-gateway');
    const gateway = callerOf(account.kubeconfig);
    expect((await gateway('POST', path, { body: lease('support-access-used-x') })).status).toBe(201);
    const taking = await gateway('POST', path, { body: lease('support-access-operator') });
    expect([taking.status, taking.text]).toEqual([403, expect.stringContaining("operator's Lease")]);
    expect((await operator('POST', path, { body: lease('support-access-operator') })).status).toBe(201);
    expect((await gateway('DELETE', `${path}/support-access-operator`)).status).toBe(403);
    expect((await admin('DELETE', `${path}/support-access-operator`)).status).toBe(200);
  });
});
