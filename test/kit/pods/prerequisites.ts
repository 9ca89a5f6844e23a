/**
 * What is in a cluster before the product comes: a volume, the customer's application behind its Service, the vendor's
 * identity provider. Only objects, and what applies them.
 */
import { readFile } from 'node:fs/promises';
import { eventually } from '../clock/eventually.ts';
import { aSigningKey } from '../idp/signing-key.ts';
import { people } from '../installation/example-installation.ts';
import { inUrl } from '../node/families.ts';
import type { ClusterNode } from '../node/node.ts';

/** Ports of the node. */
export const gatewayPort = 30443;
const idpPort = 30080;

export const supportHost = 'support.localhost';
export const applicationHost = 'ecase.localhost';
export const origin = `https://${supportHost}:${gatewayPort}`;
/** Browsers take http from a name of loopback alone, and so does the product. */
const idpOrigin = `http://idp.localhost:${idpPort}`;
/** A folder of the node, which is there again after its restart. */
export const volumeFolder = '/var/lib/support-access-records';

interface PodWish {
  readonly name: string;
  readonly image: string;
  /** What answers 200 once it serves. */
  readonly health: string;
  /** The content of `/etc/<name>/config.json`. */
  readonly config?: unknown;
  readonly replicas?: number;
}

/** A web program on 8080 that fits a restricted namespace: its Deployment, and the file that it reads. */
export function webProgram({ name, image, health, config, replicas = 1 }: PodWish): readonly object[] {
  const labels = { 'app.kubernetes.io/name': name };
  const volume = { name: 'config', configMap: { name } };
  const container = {
    name,
    image,
    ports: [{ containerPort: 8080 }],
    readinessProbe: { httpGet: { path: health, port: 8080 }, periodSeconds: 1 },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    ...(config === undefined
      ? {}
      : { volumeMounts: [{ name: 'config', mountPath: `/etc/${name}`, readOnly: true }] }),
  };
  const spec = {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
    ...(config === undefined ? {} : { volumes: [volume] }),
  };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
  const file = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels },
    data: { 'config.json': JSON.stringify(config) },
  };
  return config === undefined ? [deployment] : [file, deployment];
}

export interface Prerequisites {
  /** XML, as the vendor gives it to the customer. */
  readonly idpMetadata: string;
}

export interface PrerequisiteImages {
  readonly application: string;
  readonly idp: string;
}

/** Puts all of it into the cluster, and returns when it serves. */
export async function makePrerequisites(
  node: ClusterNode,
  images: PrerequisiteImages,
): Promise<Prerequisites> {
  await makeVolume(node);
  await node.kubectl(['create', 'namespace', 'vendor']);
  const example = new URL('../../../examples/casepoint-ecase/service.yaml', import.meta.url);
  await node.kubectl(['apply', '-f', '-'], { input: await readFile(example, 'utf8') });
  await Promise.all([
    apply(node, 'ecase', webProgram({ name: 'ecase', image: images.application, health: '/healthz' })),
    apply(node, 'vendor', [...(await identityProvider(images.idp)), idpService]),
  ]);
  for (const [namespace, name] of [
    ['ecase', 'ecase'],
    ['vendor', 'idp'],
  ] as const)
    await node.kubectl(['-n', namespace, 'rollout', 'status', `deployment/${name}`, '--timeout=90s']);
  // The Service follows its pods within moments.
  return eventually(async () => {
    const metadata = await fetch(`http://${inUrl(node.nodeAddress)}:${idpPort}/metadata`);
    return { idpMetadata: await metadata.text() };
  });
}

async function identityProvider(image: string): Promise<readonly object[]> {
  const { privateKey, certificate } = await aSigningKey({ commonName: 'Test identity provider' });
  const config = {
    origin: idpOrigin,
    serviceProvider: {
      entityID: `${origin}/support-access/saml/metadata`,
      acsURL: `${origin}/support-access/saml/acs`,
    },
    people: people.map(({ user, password, nameID, userId }) => ({
      user,
      password,
      nameID,
      attributes: { userId },
    })),
    key: { privateKey, certificate },
  };
  return webProgram({ name: 'idp', image, health: '/metadata', config });
}

const idpService = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'idp' },
  spec: {
    type: 'NodePort',
    selector: { 'app.kubernetes.io/name': 'idp' },
    ports: [{ port: 80, targetPort: 8080, nodePort: idpPort }],
  },
};

/** Nothing provisions volumes here: one is made by hand, as some customers do. */
async function makeVolume(node: ClusterNode): Promise<void> {
  await node.insideNode(['install', '--directory', '--owner=65532', '--group=65532', volumeFolder]);
  await apply(node, undefined, [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'support-access-records' },
      spec: {
        capacity: { storage: '10Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        hostPath: { path: volumeFolder },
      },
    },
  ]);
}

/** Applies objects in one call. */
export async function apply(
  node: ClusterNode,
  namespace: string | undefined,
  items: readonly object[],
): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await node.kubectl([...(namespace ? ['-n', namespace] : []), 'apply', '-f', '-'], { input });
}
