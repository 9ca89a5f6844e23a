/** The rendered chart on a real API server: everything is accepted, and a second application changes nothing. */
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { chartFolder, type RenderedObject, runHelm } from '../../kit/installation/chart.ts';
import { installChart, webhookConfigurations } from '../../kit/installation/install.ts';
import { helm3, helm4 } from '../../kit/machine/helm.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

interface PolicyStatus {
  readonly status?: { readonly typeChecking?: { readonly expressionWarnings?: readonly unknown[] } };
}

describe('the chart on a real API server', () => {
  let cp: ControlPlane;
  let objects: RenderedObject[];

  beforeAll(async () => {
    cp = await dedicatedControlPlane();
    objects = await installChart(cp);
  });

  it('is accepted as a whole', () => {
    expect(objects.filter(({ kind }) => kind === 'CustomResourceDefinition')).toHaveLength(8);
  });

  it('may be applied again, and writes nothing then', async () => {
    const kinds = 'clusterroles,roles,rolebindings,services,deployments,validatingadmissionpolicies';
    const args = ['get', kinds, '-A', '-l', 'app.kubernetes.io/part-of=support-access', '-o', 'json'];
    const generations = async (): Promise<unknown[]> => {
      const { items } = JSON.parse((await cp.kubectl(args)).stdout) as { items: RenderedObject[] };
      return items.map(({ kind, metadata }) => ({
        kind,
        name: metadata.name,
        generation: Reflect.get(metadata, 'generation'),
      }));
    };
    const before = await generations();
    await installChart(cp);
    expect(await generations()).toEqual(before);
    expect(before.length).toBeGreaterThan(20);
  });

  it('has expressions that the API server finds no fault with', async () => {
    const warnings = await eventually(async () => {
      const { stdout } = await cp.kubectl(['get', 'validatingadmissionpolicies', '-o', 'json']);
      const { items } = JSON.parse(stdout) as { items: PolicyStatus[] };
      expect(items.every(({ status }) => status?.typeChecking !== undefined)).toBe(true);
      return items.flatMap(({ status }) => status?.typeChecking?.expressionWarnings ?? []);
    });
    expect(warnings).toEqual([]);
  });

  it('is not in the way of reading every account and Secret and putting it back, as re-encryption does', async () => {
    const namespace = 'support-access-identities';
    const { kubeconfig } = await cp.serviceAccountKubeconfig('support-access', 'support-access-operator');
    const labels = { 'app.kubernetes.io/managed-by': 'support-access' };
    const metadata = { name: 'sa-0123456789abcdef0123', namespace, labels };
    for (const kind of ['ServiceAccount', 'Secret']) {
      const input = JSON.stringify({ apiVersion: 'v1', kind, metadata });
      await cp.kubectl(['create', '-f', '-'], { input, kubeconfig });
      const { stdout } = await cp.kubectl(['get', kind, metadata.name, '-n', namespace, '-o', 'json']);
      await cp.kubectl(['replace', '-f', '-'], { input: stdout });
      const stored = JSON.parse(stdout) as { metadata: object };
      const changes = [
        { metadata: { ...stored.metadata, labels: { ...labels, more: 'x' } } },
        { metadata: { ...stored.metadata, finalizers: ['example.com/hold'] } },
        kind === 'Secret' ? { data: { token: 'eA==' } } : { imagePullSecrets: [{ name: 'x' }] },
        kind === 'Secret' ? { immutable: true } : { automountServiceAccountToken: true },
      ];
      for (const change of changes) {
        const changed = JSON.stringify({ ...stored, ...change });
        const refused = await cp.kubectl(['replace', '-f', '-'], { input: changed, expectFailure: true });
        // Two policies refuse a Secret with data, and either may be told first.
        expect(refused.stderr).toMatch(/must not be written|must be empty/);
      }
    }
  });
});

describe('the notes that Helm prints on a cluster', () => {
  let cp: ControlPlane;
  let helms: readonly string[];
  const namespace = 'support-access';

  /** The same with both majors. */
  const notes = async (...args: string[]): Promise<string> => {
    const where = ['--namespace', namespace, '--kubeconfig', cp.kubeconfig, '--dry-run=server'];
    const printed = await Promise.all(
      helms.map(async (helm) => runHelm([...args, 'support-access', chartFolder, ...where], {}, helm)),
    );
    const [three = '', four = ''] = printed.map((text) => text.slice(text.indexOf('NOTES:')).trim());
    expect(three).toBe(four);
    return four;
  };

  beforeAll(async () => {
    cp = await dedicatedControlPlane();
    helms = [await helm3(), await helm4()];
  });

  it('say that all is off and what is missing at first, and what is open later, also when it is installed anew', async () => {
    const first = await notes('install', '--create-namespace');
    expect(first).toContain('Access is OFF');
    expect(first).toContain('is installed in namespace support-access');
    for (const missing of [
      'TLS Secret support-access-gateway-tls',
      'spec.sso',
      'ClusterRole',
      'gateway.service.type',
    ])
      expect(first.replaceAll('clusterrole=', 'ClusterRole')).toContain(missing);

    await installChart(cp, {}, { without: webhookConfigurations });
    const { kubeconfig } = await cp.serviceAccountKubeconfig(namespace, 'support-access-operator');
    const create = async (object: object): Promise<unknown> =>
      cp.kubectl(['create', '-f', '-'], { input: JSON.stringify(object) });
    const gateway = { host: 'support.example.com', tlsSecretRefs: [{ name: 'support-access-gateway-tls' }] };
    const apiVersion = 'supportaccess.dev/v1beta1';
    await create({
      apiVersion,
      kind: 'SupportAccessPolicy',
      metadata: { name: 'default' },
      spec: { access: 'Enabled', gateway },
    });
    const spec = {
      access: 'Enabled',
      userRefs: [{ name: 'ada' }],
      matrixRef: { name: 'casepoint-ecase-1' },
      expirationTime: '2030-12-03T08:00:00Z',
    };
    await create({ apiVersion, kind: 'SupportAccessGrant', metadata: { name: 'g', namespace }, spec });
    expect(await notes('install', '--take-ownership')).toContain('these are enabled: support-access/g');
    const patch = JSON.stringify({ status: { activeReason: 'Open' } });
    const status = [
      'patch',
      'sag',
      'g',
      '-n',
      namespace,
      '--subresource=status',
      '--type=merge',
      '-p',
      patch,
    ];
    await cp.kubectl(status, { kubeconfig });
    const again = await notes('install', '--take-ownership');
    expect(again).toContain('Access is ON, and 1 grant was open');
    expect(again).not.toContain('OFF');
    // As it is printed, as far as it needs no kubelet.
    for (const line of again.split('\n').filter((one) => /^ {2}kubectl /.test(one)))
      await cp.kubectl(line.trim().split(' ').slice(1));
  });

  it('are none where a RoleBinding of another hand waits for the identities: both majors name it, and the way out', async () => {
    const where = ['--namespace', 'support-access-identities'];
    const left = ['rolebinding', 'left'];
    await cp.kubectl(['create', ...left, '--clusterrole=edit', '--user=eve', ...where]);
    await expect(notes('install', '--take-ownership')).rejects.toThrow(
      'kubectl delete rolebinding left --namespace support-access-identities',
    );
    await cp.kubectl(['delete', ...left, ...where]);
  });

  it('are none where another release is installed already: both majors name it, and the way out', async () => {
    const annotations = {
      'meta.helm.sh/release-name': 'other',
      'meta.helm.sh/release-namespace': 'elsewhere',
    };
    const metadata = { name: 'support-access', annotations };
    const object = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata,
    };
    await cp.kubectl(['create', '-f', '-'], { input: JSON.stringify(object) });
    await expect(notes('install', '--take-ownership')).rejects.toThrow(
      'and a cluster can hold one: upgrade that one (helm upgrade other --namespace elsewhere)',
    );
  });
});
