import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import { useControlPlane } from '../../kit/vitest/use-control-plane.ts';

let cp: ControlPlane;

beforeAll(async () => {
  cp = await useControlPlane();
});

async function apply(object: unknown): Promise<void> {
  await cp.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
}

async function statusOf(path: string): Promise<number> {
  return (await cp.admin.send('GET', path)).status;
}

describe('the shared control plane', () => {
  it('is ready and is the version that the kit names', async () => {
    const { stdout } = await cp.kubectl(['version', '-o', 'json']);
    expect(JSON.parse(stdout).serverVersion.gitVersion).toMatch(/^v1\.37\./);
    expect(await statusOf('/readyz')).toBe(200);
  });

  it('collects an object whose owner is gone', async () => {
    const namespace = await aNamespace(cp);
    const owner = await cp.admin.send('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
      body: { metadata: { name: 'owner' } },
    });
    const { uid } = (owner.body as { metadata: { uid: string } }).metadata;
    await apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'owned',
        namespace,
        ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }],
      },
    });
    await cp.kubectl(['delete', 'configmap', 'owner', '-n', namespace]);
    await eventually(
      async () => expect(await statusOf(`/api/v1/namespaces/${namespace}/configmaps/owned`)).toBe(404),
      { within: 30_000 },
    );
  });

  it('finishes the deletion of a namespace', async () => {
    const namespace = await aNamespace(cp);
    await cp.kubectl(['create', 'configmap', 'something', '-n', namespace]);
    await cp.kubectl(['delete', 'namespace', namespace, '--wait=false']);
    await eventually(async () => expect(await statusOf(`/api/v1/namespaces/${namespace}`)).toBe(404), {
      within: 30_000,
    });
  });

  it('aggregates ClusterRoles by label', async () => {
    const name = await aNamespace(cp, { prefix: 'aggregate' });
    await apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [`test/${name}`]: 'true' } }] },
      rules: [],
    });
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    await apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: `${name}-part`, labels: { [`test/${name}`]: 'true' } },
      rules,
    });
    await eventually(async () => {
      const { body } = await cp.admin.send('GET', `/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`);
      expect((body as { rules: unknown }).rules).toEqual(rules);
    });
  });

  it('publishes its root CA into a new namespace', async () => {
    const namespace = await aNamespace(cp);
    await eventually(async () => {
      const { body } = await cp.admin.send(
        'GET',
        `/api/v1/namespaces/${namespace}/configmaps/kube-root-ca.crt`,
      );
      expect((body as { data: Record<string, string> }).data['ca.crt']?.trim()).toBe(cp.ca.trim());
    });
  });
});

describe('the kit’s identities', () => {
  it('signs in an arbitrary user and groups, awkward names included', async () => {
    const kubeconfig = await cp.userKubeconfig('ada, O=system:masters', ['blue', 'green']);
    const { stdout } = await cp.kubectl(['auth', 'whoami', '-o', 'json'], { kubeconfig });
    expect(JSON.parse(stdout).status.userInfo).toMatchObject({
      username: 'ada, O=system:masters',
      groups: ['blue', 'green', 'system:authenticated'],
    });
  });

  it('gives an arbitrary user no rights', async () => {
    const kubeconfig = await cp.userKubeconfig('nobody');
    const { stderr } = await cp.kubectl(['get', 'secrets', '-A'], { kubeconfig, expectFailure: true });
    expect(stderr).toContain('forbidden');
  });

  it('signs in a ServiceAccount by a token file, which renewal replaces', async () => {
    const namespace = await aNamespace(cp);
    const account = await cp.serviceAccountKubeconfig(namespace, 'default');
    const whoami = async (): Promise<string> =>
      (await cp.kubectl(['auth', 'whoami'], { kubeconfig: account.kubeconfig })).stdout;
    const first = await whoami();
    await account.renew();
    const second = await whoami();
    expect(first).toContain(`system:serviceaccount:${namespace}:default`);
    expect(second).toContain(`system:serviceaccount:${namespace}:default`);
    expect(second).not.toBe(first);
    account.stop();
  });

  it('asks for a token of another audience, which the API server itself does not take', async () => {
    const namespace = await aNamespace(cp);
    const account = await cp.serviceAccountKubeconfig(namespace, 'default', { audience: 'support-access' });
    const { stderr } = await cp.kubectl(['auth', 'whoami'], {
      kubeconfig: account.kubeconfig,
      expectFailure: true,
    });
    expect(stderr).toMatch(/Unauthorized|logged in/);
    account.stop();
  });
});

describe('kubectl in the kit', () => {
  it('throws with what kubectl said when it fails', async () => {
    await expect(cp.kubectl(['get', 'unicorns'])).rejects.toThrow(/unicorns/);
  });

  it('throws when a failure was expected and none came', async () => {
    await expect(cp.kubectl(['get', 'namespaces'], { expectFailure: true })).rejects.toThrow(/succeeded/);
  });
});
