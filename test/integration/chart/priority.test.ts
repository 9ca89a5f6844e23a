/** In which seats of the API server a request waits, by the server's own word: the header that it answers with; and how few. */
import { beforeAll, expect, it } from 'vitest';
import { type Caller, callerOf, mergePatch } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { installChart, releaseNamespace } from '../../kit/installation/install.ts';
import { collection, grant, lock, policy } from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

let cp: ControlPlane;
const callers: Record<string, Caller> = {};
const levels: Record<string, string> = {};

const group = '/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations';

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  await installChart(cp);
  for (const name of ['gateway', 'webhook', 'operator']) {
    const account = await cp.serviceAccountKubeconfig(releaseNamespace, `support-access-${name}`);
    callers[name] = callerOf(account.kubeconfig);
  }
  callers['editor'] = callerOf(await cp.userKubeconfig('editor'));
  const { body } = await cp.admin.send('GET', group);
  const { items } = body as { items: readonly { metadata: { name: string; uid: string } }[] };
  for (const { metadata } of items) levels[metadata.uid] = metadata.name;
});

/** How often the API server has tried an update so far, by its own count: each try is admitted anew. */
async function triesSoFar(): Promise<number> {
  const { text } = await cp.admin.send('GET', '/metrics');
  const counted = text
    .split('\n')
    .filter((line) => line.startsWith('apiserver_admission_controller_admission_duration_seconds_count{'))
    .filter((line) => /name="ValidatingAdmissionPolicy",operation="UPDATE"/.test(line));
  return counted.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

const tokenReview = {
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenReview',
  metadata: {},
  spec: { token: 'none' },
};
const accessReview = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SubjectAccessReview',
  metadata: {},
  spec: { user: 'ada', resourceAttributes: { verb: 'get', resource: 'auditrecords' } },
};
const grants = '/apis/supportaccess.dev/v1beta1/namespaces/default/supportaccessgrants';

it.each([
  ['gateway', `GET ${collection(policy)}/default`, undefined, 'support-access-gateway'],
  ...[
    'GET /api/v1/namespaces/default/pods/ecase-0',
    'GET /api/v1/namespaces/default/services/ecase',
    'GET /apis/discovery.k8s.io/v1/endpointslices',
    `GET /api/v1/namespaces/${releaseNamespace}/secrets/support-access-sso`,
    `PATCH /api/v1/namespaces/${releaseNamespace}/configmaps/support-access-certificates`,
  ].map((what) => ['gateway', what, undefined, 'support-access-gateway'] as const),
  ['webhook', 'POST /apis/authentication.k8s.io/v1/tokenreviews', tokenReview, 'support-access-control'],
  [
    'webhook',
    'POST /apis/authorization.k8s.io/v1/subjectaccessreviews',
    accessReview,
    'support-access-control',
  ],
  ['operator', `GET ${grants}`, undefined, 'support-access-control'],
  ['editor', `POST ${grants}`, grant.base(), 'support-access-writes'],
  ['editor', `PATCH ${grants}/any`, {}, 'support-access-writes'],
  ['editor', `PATCH ${grants}/any/status`, {}, 'support-access-writes'],
  ['editor', `DELETE ${grants}`, undefined, 'support-access-writes'],
  ['editor', `POST ${collection(lock)}`, lock.base(), 'support-access-locks'],
  ['editor', `GET ${grants}`, undefined, 'global-default'],
  ['editor', 'POST /api/v1/namespaces/default/configmaps', {}, 'global-default'],
] as const)('the %s waits for %s in seats of its kind', async (who, what, body, level) => {
  const [method = '', path = ''] = what.split(' ');
  const contentType = method === 'PATCH' ? mergePatch : 'application/json';
  const { headers } = await (callers[who] as Caller)(method, path, { body, contentType });
  expect(levels[String(headers['x-kubernetes-pf-prioritylevel-uid'])]).toBe(level);
});

it('patches of one object at a time make each other try anew once, not ten times', async () => {
  const role = '--clusterrole=support-access-editor';
  await cp.kubectl(['create', 'rolebinding', 'editor', '-n', 'default', role, '--user=editor']);
  const { spec, ...disabled } = grant.base() as { spec: object };
  const { status } = await cp.admin.send('POST', grants, {
    body: { ...disabled, spec: { ...spec, access: 'Disabled' } },
  });
  expect(status).toBe(201);
  const before = await triesSoFar();
  const patches = Array.from({ length: 120 }, (_, at) =>
    (callers['editor'] as Caller)('PATCH', `${grants}/case-4711`, {
      body: { metadata: { annotations: { note: `${at}` } } },
      contentType: mergePatch,
    }),
  );
  const statuses = new Set((await Promise.all(patches)).map((patched) => patched.status));
  expect([...statuses]).toEqual([200]);
  expect(((await triesSoFar()) - before) / patches.length).toBeLessThan(3);
});
