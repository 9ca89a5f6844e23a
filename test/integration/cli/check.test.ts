/** `kubectl support-access check`, with the rights of `helm test` on a real API server: from nothing works to all works. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kinds } from '../../../crds/kinds.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { Deployments, Leases, PersistentVolumeClaims } from '../../../kube/resources.ts';
import { type RunningAdmission, startAdmission } from '../../../webhook/in-cluster/admission/start.ts';
import { type Called, call } from '../../kit/cli/call.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import type { OwnControlPlane } from '../../kit/control-plane/control-plane.ts';
import { freePort } from '../../kit/control-plane/free-port.ts';
import { installChart, releaseNamespace as namespace } from '../../kit/installation/install.ts';
import { problemComplaints } from '../../kit/messages/good-message.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

let controlPlane: OwnControlPlane;
let admin: KubeClient;
let ofTest: KubeClient;
let kubeconfigOfTest: string;
let url: string;
let admission: RunningAdmission | undefined;

beforeAll(async () => {
  controlPlane = await dedicatedControlPlane();
  url = `https://127.0.0.1:${await freePort()}/${randomBytes(12).toString('hex')}`;
  await installChart(controlPlane, { webhook: { url } });
  const { kubeconfig } = await controlPlane.serviceAccountKubeconfig(namespace, 'support-access-test');
  kubeconfigOfTest = kubeconfig;
  ofTest = await createKubeClient({ kubeconfigPath: kubeconfig });
  admin = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
});

afterAll(async () => {
  await admission?.stop();
  await Promise.all([ofTest?.close(), admin?.close()]);
});

/** State and words by the first column, as the table shows them; a line that begins with spaces goes on with the one before. */
function rowsOf({ out }: Called): Record<string, [state: string, says: string]> {
  const lines = out
    .replaceAll(/\n {3,}/g, ' ')
    .split('\n')
    .slice(1, -1);
  return Object.fromEntries(
    lines.map((line) => {
      const [what = '', state = '', ...says] = line.split(/ {3,}/);
      return [what, [state, says.join(' ')]];
    }),
  );
}

const check = async (): Promise<Called> => call(['check', '--kubeconfig', kubeconfigOfTest]);

it('an installation of which nothing runs yet fails, and each row says why', async () => {
  const called = await check();
  expect(called.code).toBe(1);
  const rows = rowsOf(called);
  expect(rows['kinds']).toEqual(['ok', '7 established']);
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
