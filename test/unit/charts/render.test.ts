/** What the chart renders, with both majors of Helm: the same every time, and nothing that later fights with us. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  chartFolder,
  type RenderedObject,
  renderChart,
  renderChartText,
  runHelm,
} from '../../kit/installation/chart.ts';
import { type PodSpec, restrictedViolations } from '../../kit/laws/pod-security.ts';
import { helm3, helm4 } from '../../kit/machine/helm.ts';
import { ofKind } from './fixture.ts';

let objects: RenderedObject[];
const helms: Record<string, string> = {};

beforeAll(async () => {
  Object.assign(helms, { 'Helm 3': await helm3(), 'Helm 4': await helm4() });
  objects = await renderChart();
}, 120_000);

/** Of the three processes, and of `helm test`. */
const podSpecs = (rendered: readonly RenderedObject[]): PodSpec[] => [
  ...ofKind(rendered, 'Deployment').map(
    (deployment) => (deployment['spec'] as { template: { spec: PodSpec } }).template.spec,
  ),
  ...ofKind(rendered, 'Pod').map((pod) => pod['spec'] as PodSpec),
];

describe.each(['Helm 3', 'Helm 4'])('with %s', (name) => {
  it('lints without a complaint', async () => {
    expect(await runHelm(['lint', chartFolder, '--strict'], {}, helms[name])).toContain('0 chart(s) failed');
  });

  it('renders the same text twice', async () => {
    const helm = helms[name] ?? '';
    expect(await renderChartText({}, { helm })).toBe(await renderChartText({}, { helm }));
  });
});

it('both majors of Helm render the same objects', async () => {
  const three = await renderChart({}, { helm: helms['Helm 3'] ?? '' });
  const sorted = (rendered: readonly RenderedObject[]): string[] =>
    rendered.map((one) => JSON.stringify(one)).sort();
  expect(sorted(three)).toEqual(sorted(objects));
});

describe('rendered objects', () => {
  it('are unique, labelled and in a namespace that the release knows', () => {
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    const own = objects.filter(({ kind }) => kind !== 'CustomResourceDefinition');
    expect(
      own.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/part-of'] !== 'support-access'),
    ).toEqual([]);
    const namespaces = new Set(own.flatMap(({ metadata }) => metadata.namespace ?? []));
    const known = 'kube-system support-access support-access-cases support-access-identities';
    expect([...namespaces].sort().join(' ')).toBe(known);
  });

  it('hold no data that a process writes, no caBundle, and no hook', () => {
    const filled = ofKind(objects, 'Secret', 'ConfigMap').filter(
      (one) => 'data' in one || 'stringData' in one,
    );
    expect(filled).toEqual([]);
    const text = JSON.stringify(objects);
    expect(text).not.toContain('"caBundle":');
    const hooks = objects.filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] !== undefined);
    expect(hooks.map(({ kind, metadata }) => [kind, metadata.annotations?.['helm.sh/hook']])).toEqual([
      ['Pod', 'test'],
    ]);
  });

  it('keep kinds, the keys of SAML and records when the release is uninstalled, and no identities', () => {
    const kept = objects.filter(
      ({ metadata }) => metadata.annotations?.['helm.sh/resource-policy'] === 'keep',
    );
    const byKind = kept.map(({ kind }) => kind);
    expect(byKind.filter((kind) => kind === 'CustomResourceDefinition')).toHaveLength(8);
    expect(byKind).toContain('PersistentVolumeClaim');
    const rest = kept.filter(
      ({ kind }) => kind !== 'CustomResourceDefinition' && kind !== 'PersistentVolumeClaim',
    );
    expect(rest.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Secret support-access-sso',
    ]);
  });

  it('include no policy, grant or user: an upgrade must never flip a switch', () => {
    expect(objects.filter(({ apiVersion }) => apiVersion.startsWith('supportaccess.dev/'))).toEqual([]);
  });
});

describe('the webhook configurations', () => {
  interface Entry {
    readonly name: string;
    readonly failurePolicy: string;
    readonly timeoutSeconds: number;
    readonly sideEffects: string;
    readonly clientConfig: { readonly url?: string; readonly service?: { readonly path?: string } };
    readonly rules: readonly {
      readonly apiGroups: readonly string[];
      readonly operations: readonly string[];
    }[];
  }
  const entries = (rendered: readonly RenderedObject[]): Entry[] =>
    ofKind(rendered, 'ValidatingWebhookConfiguration').flatMap((one) => one['webhooks'] as Entry[]);

  it('matches our kinds only, never fails closed on a deletion, and allows dry runs', () => {
    for (const { rules, sideEffects } of entries(objects).slice(0, 2)) {
      expect(rules.every(({ apiGroups }) => apiGroups.join() === 'supportaccess.dev')).toBe(true);
      expect(sideEffects).toBe('NoneOnDryRun');
    }
    const [decide, record] = entries(objects);
    expect(decide).toMatchObject({ name: 'decide.supportaccess.dev', failurePolicy: 'Fail' });
    expect(decide?.timeoutSeconds).toBeLessThanOrEqual(10);
    expect(decide?.rules.flatMap(({ operations }) => operations)).not.toContain('DELETE');
    expect(record).toMatchObject({
      name: 'record.supportaccess.dev',
      failurePolicy: 'Ignore',
      timeoutSeconds: 1,
    });
  });

  it('takes a URL where the API server cannot reach Services', async () => {
    const url = 'https://127.0.0.1:10250/x7';
    const rendered = await renderChart({ webhook: { url } });
    expect(entries(rendered).map(({ clientConfig }) => clientConfig)).toEqual([
      { url: `${url}/decide` },
      { url: `${url}/record` },
      { url: `${url}/support` },
    ]);
    expect(entries(objects).every(({ clientConfig }) => clientConfig.service?.path === undefined)).toBe(true);
  });
});

describe('the pods', () => {
  it('fit the restricted Pod Security Standard, with a read-only root and a numeric user', () => {
    expect(podSpecs(objects)).toHaveLength(4);
    for (const pod of podSpecs(objects)) {
      expect(restrictedViolations(pod)).toEqual([]);
      expect(pod.securityContext?.runAsUser).toBe(65532);
      expect(pod.containers.map(({ securityContext }) => securityContext?.readOnlyRootFilesystem)).toEqual([
        true,
      ]);
    }
  });

  it('fit it too where the platform gives the user, as OpenShift does', async () => {
    const rendered = await renderChart({
      podSecurityContext: { runAsUser: null, runAsGroup: null, fsGroup: null },
    });
    for (const pod of podSpecs(rendered)) {
      expect(restrictedViolations(pod)).toEqual([]);
      expect(pod.securityContext).not.toHaveProperty('runAsUser');
    }
  });

  it.each([
    ['where the cluster is an OpenShift', {}, ['--api-versions', 'security.openshift.io/v1']],
    ['by force', { global: { compatibility: { openshift: { adaptSecurityContext: 'force' } } } }, []],
    ['by an empty text', { podSecurityContext: { runAsUser: '', runAsGroup: '', fsGroup: '' } }, []],
  ])('leave user and groups to the platform %s', async (_, values, also) => {
    for (const helm of Object.values(helms)) {
      for (const pod of podSpecs(await renderChart(values, { helm, also }))) {
        expect(restrictedViolations(pod)).toEqual([]);
        expect(pod.securityContext).toEqual({
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
        });
      }
    }
  });

  it('are on the network of the node where that is asked for, clear of the kubelet and with the cluster’s DNS', async () => {
    const rendered = await renderChart({ webhook: { hostNetwork: true } });
    const [pod] = ofKind(rendered, 'Deployment')
      .filter(({ metadata }) => metadata.name === 'support-access-webhook')
      .map((one) => (one['spec'] as { template: { spec: object } }).template.spec);
    expect(pod).toMatchObject({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' });
    expect(JSON.stringify(pod)).toContain('--admission-port=10260');
    expect(JSON.stringify(pod)).toContain('{"name":"admission","containerPort":10260}');
    expect(JSON.stringify(pod)).not.toContain('10250');
  });

  it('take registry, digest and pull secrets from one place', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const rendered = await renderChart({
      global: { imageRegistry: 'mirror.example.com/x', imagePullSecrets: [{ name: 'mirror' }] },
      image: { digest },
    });
    for (const pod of podSpecs(rendered)) {
      expect(pod).toMatchObject({ imagePullSecrets: [{ name: 'mirror' }] });
      expect(pod.containers).toMatchObject([
        { image: `mirror.example.com/x/support-access/support-access@${digest}` },
      ]);
    }
  });

  it('ask for resources, have probes, and are found by their Services', () => {
    for (const deployment of ofKind(objects, 'Deployment')) {
      const spec = deployment['spec'] as {
        selector: { matchLabels: Record<string, string> };
        template: {
          metadata: { labels: Record<string, string> };
          spec: { containers: Record<string, unknown>[] };
        };
      };
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
      expect(Object.keys(spec.template.spec.containers[0] ?? {})).toEqual(
        expect.arrayContaining(['resources', 'livenessProbe', 'readinessProbe']),
      );
      const service = ofKind(objects, 'Service').find(
        ({ metadata }) => metadata.name === deployment.metadata.name,
      );
      expect(service?.['spec']).toMatchObject({ selector: spec.selector.matchLabels });
    }
  });

  it('never write records from two pods at once', () => {
    const webhook = ofKind(objects, 'Deployment').find(
      ({ metadata }) => metadata.name === 'support-access-webhook',
    );
    expect(webhook?.['spec']).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  });
});

describe('values', () => {
  it.each([
    ['a word that does not exist', { webhok: {} }, 'webhok'],
    ['a digest that is none', { image: { digest: 'latest' } }, 'digest'],
    ['a matrix role without a revision', { matrixRoles: ['cluster-admin'] }, 'matrixRoles'],
    ['a timeout beyond ten seconds', { webhook: { timeoutSeconds: 30 } }, 'timeoutSeconds'],
    [
      'a webhook on plain http',
      { webhook: { url: 'http://webhook' } },
      'webhook.url must begin with https://',
    ],
    ['another name', { fullnameOverride: 'access' }, 'fullnameOverride must stay empty'],
    ['a port that its type has not', { gateway: { service: { nodePort: 30443 } } }, 'nodePort needs'],
    [
      'identities beside our own Secrets',
      { identities: { namespace: 'support-access' } },
      'identities.namespace must not be',
    ],
  ])('are refused with %s', async (_, values, says) => {
    await expect(renderChart(values)).rejects.toThrow(says);
  });

  it('are refused in kube-system, with the way out', async () => {
    await expect(renderChart({}, { namespace: 'kube-system' })).rejects.toThrow('--namespace support-access');
  });

  it('may come from an umbrella chart, which adds `global` and `enabled`', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'umbrella-'));
    try {
      mkdirSync(join(folder, 'charts'));
      symlinkSync(chartFolder, join(folder, 'charts/support-access'));
      writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: umbrella\nversion: 1.0.0\n');
      const values = { global: { anything: true }, 'support-access': { enabled: true } };
      const rendered = await renderChart(values, { chart: folder });
      expect(ofKind(rendered, 'Deployment')).toHaveLength(3);
      // One major passes a null of the parent on, the other one drops it.
      const nulls = { podSecurityContext: { runAsUser: null }, gateway: null, image: null };
      for (const helm of Object.values(helms)) {
        const pods = podSpecs(await renderChart({ 'support-access': nulls }, { chart: folder, helm }));
        expect(pods).toHaveLength(4);
        for (const pod of pods) expect(pod.securityContext).not.toHaveProperty('runAsUser');
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('leave the kinds out where somebody else installs them', async () => {
    const rendered = await renderChart({ crds: { enabled: false } });
    expect(ofKind(rendered, 'CustomResourceDefinition')).toEqual([]);
    const dropped = await renderChart({ crds: { keep: false } });
    expect(ofKind(dropped, 'CustomResourceDefinition')[0]?.metadata.annotations).toBeUndefined();
  });
});

it('the notes claim nothing about a cluster that they do not see, and print commands that work', async () => {
  const args = ['install', 'support-access', chartFolder, '--namespace', 'elsewhere', '--dry-run=client'];
  const notes = await runHelm(args, {}, helms['Helm 4']);
  expect(notes).toContain('It is OFF unless');
  expect(notes).toContain('helm test support-access --namespace elsewhere --logs');
});

it('the chart carries the version of the product', () => {
  const read = (path: string): string => readFileSync(join(chartFolder, path), 'utf8');
  const { version } = JSON.parse(read('../../package.json')) as { version: string };
  expect(parse(read('Chart.yaml'))).toMatchObject({ version, appVersion: version });
});
