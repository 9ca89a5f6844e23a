/** A ServiceAccount's token is replaced, as the kubelet does, and the old one stops being good: no process restarts. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { systemClock } from '../../../kube/clock.ts';
import { KubeError } from '../../../kube/errors.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { ConfigMaps, RoleBindings, ServiceAccounts } from '../../../kube/resources.ts';
import { createWatchCache } from '../../../kube/watch/watch-cache.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import type { ControlPlane, ServiceAccountKubeconfig } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import { SelfSubjectReviews } from '../../kit/objects/kube-kinds.ts';
import { useControlPlane } from '../../kit/vitest/use-control-plane.ts';

let controlPlane: ControlPlane;
let admin: KubeClient;
let namespace: string;
const opened: KubeClient[] = [];

beforeAll(async () => {
  controlPlane = await useControlPlane();
  admin = await aClient(controlPlane.kubeconfig);
  namespace = await aNamespace(controlPlane);
  await admin.create(RoleBindings, {
    metadata: { name: 'viewers', namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'ServiceAccount', name: 'worker', namespace }],
  });
});

afterAll(async () => {
  await Promise.all(opened.map(async (client) => client.close()));
});

async function aClient(kubeconfigPath: string, frozen = false): Promise<KubeClient> {
  // With a clock that stands still, ten seconds never pass: only the server's refusal makes the client look again.
  const clock = frozen ? { ...systemClock, monotonic: () => 0 } : systemClock;
  const client = await createKubeClient({ kubeconfigPath }, { clock });
  opened.push(client);
  return client;
}

async function signInAnew(account: ServiceAccountKubeconfig): Promise<string> {
  const old = await readFile(account.tokenFile, 'utf8');
  // A new account of the same name: the tokens of the old one die with its uid.
  await admin.delete(ServiceAccounts, { namespace, name: 'worker' });
  await admin.create(ServiceAccounts, { metadata: { name: 'worker', namespace } });
  return old;
}

async function isRefused(token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetchStatus(headers);
  expect(response).toBe(401);
}

async function fetchStatus(headers: Record<string, string>): Promise<number> {
  const path = `${controlPlane.directory}/probe-${headers['authorization']?.length}.kubeconfig`;
  const token = headers['authorization']?.replace('Bearer ', '') ?? '';
  const cluster = { server: controlPlane.url, 'certificate-authority-data': btoa(controlPlane.ca) };
  const config = {
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  await writeFile(path, JSON.stringify(config), { mode: 0o600 });
  const probe = await aClient(path);
  return (await probe.raw('GET', '/api/v1/namespaces/default')).status;
}

async function whoAmI(client: KubeClient): Promise<string> {
  type Review = KubeObject & { status: { userInfo: { username: string } } };
  return (await client.create<Review>(SelfSubjectReviews, {})).status.userInfo.username;
}

describe('when the token of a ServiceAccount is replaced and the old one is dead', () => {
  it.each([
    ['by looking at the file from time to time', false],
    ['at once when the server refuses the old one', true],
  ])('requests and watches go on, %s', async (_, frozen) => {
    await admin.create(ServiceAccounts, { metadata: { name: 'worker', namespace } });
    const account = await controlPlane.serviceAccountKubeconfig(namespace, 'worker');
    const client = await aClient(account.kubeconfig, frozen);
    expect(await whoAmI(client)).toBe(`system:serviceaccount:${namespace}:worker`);
    const reflector = { watchSeconds: { least: 1, most: 1 } };
    const cache = createWatchCache(client, ConfigMaps, { namespace, reflector });
    cache.start();
    await cache.synced;

    const old = await signInAnew(account);
    await account.renew();
    // The API server remembers a good token for some seconds; only afterwards is the old one really dead.
    await eventually(async () => isRefused(old), { within: 30_000, every: 500 });
    expect(await whoAmI(client)).toBe(`system:serviceaccount:${namespace}:worker`);
    const name = `after-${frozen}`;
    await admin.create(ConfigMaps, { metadata: { name, namespace } });
    await eventually(() => expect(cache.get(namespace, name)).toBeDefined());

    await cache.stop();
    account.stop();
    await admin.delete(ServiceAccounts, { namespace, name: 'worker' });
  });

  it('and there is no new one, the refusal is passed on', async () => {
    await admin.create(ServiceAccounts, { metadata: { name: 'worker', namespace } });
    const account = await controlPlane.serviceAccountKubeconfig(namespace, 'worker');
    const client = await aClient(account.kubeconfig);
    account.stop();
    await admin.delete(ServiceAccounts, { namespace, name: 'worker' });
    const isOut = async () => {
      const answer: unknown = await whoAmI(client).catch((error: unknown) => error);
      expect(answer).toBeInstanceOf(KubeError);
      expect(answer).toMatchObject({ status: 401, reason: 'Unauthorized' });
    };
    await eventually(isOut, { within: 30_000, every: 500 });
  });
});
