/** `kubectl support-access check`, with the rights of `helm test` on a real API server: from nothing works to all works. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { kinds } from '../../../crds/kinds.ts';
import { readerAccount } from '../../../crds/names.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { Deployments, Leases, PersistentVolumeClaims } from '../../../kube/resources.ts';
import { type RunningAdmission, startAdmission } from '../../../webhook/in-cluster/admission/start.ts';
import { type Called, call } from '../../kit/cli/call.ts';
import { rowsOf } from '../../kit/cli/check-table.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import type { OwnControlPlane } from '../../kit/control-plane/control-plane.ts';
import { freePort } from '../../kit/control-plane/free-port.ts';
import { installChart, releaseNamespace as namespace } from '../../kit/installation/install.ts';
import { problemComplaints } from '../../kit/messages/good-message.ts';
import { noIdentities } from '../../kit/objects/no-identities.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

const established = `${Object.keys(kinds).length} established`;
let controlPlane: OwnControlPlane;
let admin: KubeClient;
let ofTest: KubeClient;
let kubeconfigOfTest: string;
let url: string;
let admission: RunningAdmission | undefined;

/** What a cluster says in which nothing is installed: to an administrator, and to a person without rights. */
let before: { readonly admin: Called; readonly person: Called };

const ada = 'ada@example.com';
beforeAll(async () => {
  controlPlane = await dedicatedControlPlane();
  const person = await controlPlane.userKubeconfig('pat');
  before = {
    admin: await call(['check', '--kubeconfig', controlPlane.kubeconfig]),
    person: await call(['check', '--kubeconfig', person]),
  };
  url = `https://127.0.0.1:${await freePort()}/${randomBytes(12).toString('hex')}`;
  await installChart(controlPlane, { webhook: { url }, records: { readers: [{ user: ada }] } });
  const { kubeconfig } = await controlPlane.serviceAccountKubeconfig(namespace, 'support-access-test');
  kubeconfigOfTest = kubeconfig;
  ofTest = await createKubeClient({ kubeconfigPath: kubeconfig });
  admin = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
});

afterAll(async () => {
  await admission?.stop();
  await Promise.all([ofTest?.close(), admin?.close()]);
});

const check = async (): Promise<Called> => call(['check', '--kubeconfig', kubeconfigOfTest]);
const checkAs = async (...words: string[]): Promise<Called> =>
  call(['check', '--kubeconfig', controlPlane.kubeconfig, ...words]);

describe('where nothing is installed', () => {
  it('says whether it can be, and what is to do first', () => {
    const rows = rowsOf(before.admin);
    expect(before.admin.code).toBe(0);
    expect(rows['Kubernetes']).toEqual(['ok', expect.stringMatching(/^v1\.\d+\.\d+$/) as string]);
    expect(rows['admission API']).toEqual(['ok', 'webhooks and policies']);
    expect(rows['your rights']).toEqual(['ok', 'you may install it']);
    expect(rows['namespace']).toEqual([
      'to do',
      expect.stringContaining('kubectl create namespace') as string,
    ]);
    expect(rows['names']).toEqual(['ok', 'all are free']);
    expect(rows['storage class']).toEqual(['to do', expect.stringContaining('existingClaim') as string]);
    expect(rows['NetworkPolicy']).toEqual(['to do', expect.stringContaining('cannot be told') as string]);
    expect(rows['clock']?.[0]).toBe('ok');
    expect(before.admin.err).toBe(
      'Nothing is installed, and it can be; 3 things are to do, or to know, first.\n',
    );
  });

  it('says which rights a person lacks, and what that person may not see', () => {
    const rows = rowsOf(before.person);
    expect(before.person.code).toBe(1);
    expect(rows['your rights']?.[0]).toBe('failed');
    expect(rows['your rights']?.[1]).toContain('create customresourcedefinitions.apiextensions.k8s.io');
    expect(rows['storage class']).toEqual(['not seen', expect.stringContaining('StorageClasses') as string]);
    expect(rows['names']?.[0]).toBe('not seen');
    expect(before.person.err).toContain('cannot be installed like this');
  });

  it('says of names that are taken whose they are', async () => {
    const rows = rowsOf(await checkAs('--before', '-n', 'elsewhere'));
    expect(rows['names']?.[0]).toBe('failed');
    expect(rows['names']?.[1]).toContain('a cluster has one installation');
  });
});

describe('it asks the cluster that the call names', () => {
  const ofPod = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '9', HOME: '/nowhere' };

  it('in a pod as well, where a context or a kubeconfig is named', async () => {
    const words = ['check', '--kubeconfig', controlPlane.kubeconfig];
    expect(rowsOf(await call(words, { environment: ofPod }))['kinds']).toEqual(['ok', established]);
    const other = await call([...words, '--context', 'nope'], { environment: ofPod });
    expect(other).toMatchObject({ code: 3, out: '' });
    expect(other.err).toContain('no context is named "nope"');
    const named = await call(['check', '--context', 'nope'], { environment: ofPod });
    expect(named.err).toContain('no usable kubeconfig');
    const own = await call(['check'], { environment: ofPod });
    expect(own).toMatchObject({ code: 3, out: '' });
    expect(own.err).not.toContain('kubeconfig');
  });

  it('as the person that the call names, and says where it cannot be reached', async () => {
    const as = rowsOf(await checkAs('--as', 'pat', '--before'));
    expect(as['your rights']?.[0]).toBe('failed');
    const nowhere = await checkAs('-s', 'https://127.0.0.1:9', '--request-timeout', '5s');
    expect(nowhere).toMatchObject({ code: 3, out: '' });
    expect(nowhere.err).toContain('nothing listens at 127.0.0.1, port 9');
  });
});

describe('the readers of the records', () => {
  const row = async (): Promise<[state: string, says: string] | undefined> =>
    rowsOf(await checkAs())['record readers'];
  const apply = async (object: object): Promise<void> => {
    const input = JSON.stringify(object);
    await controlPlane.kubectl(['apply', '-f', '-'], { input });
    onTestFinished(async () => {
      await controlPlane.kubectl(['delete', '-f', '-'], { input });
    });
  };
  const binding = (name: string, subjects: object[], role: string) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects,
  });

  it('are named, with who else could ask for their tokens by RBAC', async () => {
    expect(await row()).toEqual([
      'ok',
      expect.stringMatching(/^ada@example\.com; RBAC would let .*system:masters/) as string,
    ]);
    expect(rowsOf(await check())['record readers']?.[0]).toBe('not seen');
  });

  it('are told where an account may do more than read', async () => {
    const account = { kind: 'ServiceAccount', name: readerAccount.of(ada), namespace };
    await apply(binding('more', [account], 'view'));
    expect(await row()).toEqual([
      'failed',
      `the account of ${ada} may do more than read, by the RoleBinding more in ${namespace}: take it out of there`,
    ]);
  });

  it('are told where the policy is gone that keeps tokens to their people', async () => {
    const found = await controlPlane.kubectl([
      'get',
      'validatingadmissionpolicybinding',
      'support-access-readers',
      '-o',
      'json',
    ]);
    const { apiVersion, kind, metadata, spec } = JSON.parse(found.stdout) as Record<string, object>;
    const { labels, annotations } = metadata as { labels: object; annotations: object };
    const input = JSON.stringify({
      apiVersion,
      kind,
      metadata: { name: 'support-access-readers', labels, annotations },
      spec,
    });
    await controlPlane.kubectl(['delete', 'validatingadmissionpolicybinding', 'support-access-readers']);
    onTestFinished(async () => {
      await controlPlane.kubectl(['create', '-f', '-'], { input });
    });
    expect(await row()).toEqual(['failed', expect.stringContaining('is not in force') as string]);
  });

  it('are told where an account is of no reader', async () => {
    const metadata = {
      name: `${readerAccount.prefix}x`,
      namespace,
      annotations: { 'supportaccess.dev/reader': 'eve' },
    };
    await apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    expect((await row())?.[1]).toContain(`the account ${readerAccount.prefix}x is of no reader`);
  });
});

it('an installation of which nothing runs yet fails, and each row says why', async () => {
  const called = await check();
  expect(called.code).toBe(1);
  const rows = rowsOf(called);
  expect(rows['kinds']).toEqual(['ok', established]);
  expect(rows['admission registered']).toEqual(['failed', expect.stringContaining('no caBundle') as string]);
  expect(rows['admission answers']).toEqual(['failed', expect.stringContaining('cannot reach it') as string]);
  for (const what of ['operator', 'webhook', 'gateway']) {
    expect(rows[what]).toEqual([
      'failed',
      expect.stringMatching(/^0 of [12] ready; see why with kubectl/) as string,
    ]);
  }
  expect(rows['operator leads']?.[1]).toMatch(
    /^no operator has taken the lease yet; look at its log: kubectl -n /,
  );
  expect(rows['records volume']?.[0]).toBe('failed');
  for (const what of ['policy', 'certificate', 'identity provider'])
    expect(rows[what]).toEqual(['to do', expect.stringContaining('no SupportAccessPolicy') as string]);
  expect(called.err).toContain('does not work');
  const notOk = Object.entries(rows).filter(([, [state]]) => state !== 'ok');
  expect(
    notOk.flatMap(([what, [, says]]) => problemComplaints(says).map((each) => `${what}: ${each}`)),
  ).toEqual([]);
});

const Pods = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true } as const;

/** What a kubelet would report; the controllers of the kit make the pods and count them. */
async function everyPodIsReady(): Promise<void> {
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  await eventually(
    async () => {
      const { items } = await admin.list(Pods, { namespace });
      expect(items).toHaveLength(4);
      for (const { metadata } of items)
        await admin.mergePatch(Pods, metadata, { patch: { status }, subresource: 'status' });
      for (const name of ['operator', 'webhook', 'gateway']) {
        const ref = { namespace, name: `support-access-${name}` };
        const seen = await admin.get<{ spec: { replicas: number }; status: { readyReplicas?: number } }>(
          Deployments,
          ref,
        );
        expect(seen.status.readyReplicas).toBe(seen.spec.replicas);
      }
    },
    { within: 20_000, every: 250 },
  );
}

it('an installation that runs works, and what is still to do is no failure', async () => {
  const account = await controlPlane.serviceAccountKubeconfig(namespace, 'support-access-webhook');
  admission = await startAdmission({
    client: await createKubeClient({ kubeconfigPath: account.kubeconfig }),
    namespace,
    bind: '127.0.0.1',
    port: Number(new URL(url).port),
    serviceName: 'support-access-webhook',
    url,
    now: Date.now,
    onCertificate: () => undefined,
    onProblem: () => undefined,
    deps: {
      ...noIdentities,
      judge: async () => Promise.reject(new Error('a matrix of a dry run is judged by itself')),
      advise: async () => [],
      record: async () => undefined,
      tell: () => undefined,
      appendInBackground: () => undefined,
      stamp: () => ({ id: '019aa000-0000-7000-8000-000000000001', time: new Date().toISOString() }),
    },
  });
  await everyPodIsReady();
  await admin.mergePatch(
    PersistentVolumeClaims,
    { namespace, name: 'support-access-records' },
    { patch: { status: { phase: 'Bound' } }, subresource: 'status' },
  );
  await admin.create(Leases, {
    metadata: { namespace, name: 'support-access-operator' },
    spec: {
      holderIdentity: 'pod-1_x',
      renewTime: new Date().toISOString().replace('Z', '000Z'),
      leaseDurationSeconds: 15,
    },
  });
  const called = await check();
  const rows = rowsOf(called);
  expect(Object.entries(rows).filter(([, [state]]) => state === 'failed')).toEqual([]);
  expect(called.code).toBe(0);
  expect(called.err).toContain('4 things are still to do');
  expect(rows['operator leads']).toEqual(['ok', 'pod-1']);
  expect(rows['admission answers']).toEqual(['ok', 'the API server reaches it']);
});

it('programs or kinds of another version are told', async () => {
  const patch = { metadata: { labels: { 'app.kubernetes.io/version': '9.9.9' } } };
  await admin.mergePatch(Deployments, { namespace, name: 'support-access-gateway' }, { patch });
  const rows = rowsOf(await check());
  expect(rows['gateway']).toEqual(['failed', expect.stringContaining('of version 9.9.9') as string]);
});

it('the account of helm test makes nothing', async () => {
  const matrix = {
    metadata: { name: 'left-behind-1' },
    spec: {
      system: 'left-behind',
      revision: 1,
      masking: 'Enabled',
      modules: [{ name: 'M', access: 'Read' }],
    },
  };
  await expect(ofTest.create(kinds.SupportPermissionMatrix, matrix)).rejects.toThrow('only ask by a dry run');
});
