/**
 * A release on a node of one's own, by Helm alone, where a test needs another one than the page makes: another chart, name,
 * namespace or network. `installed.ts` has the one that all share.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAuthority } from '../control-plane/pki.ts';
import { chartFolder } from '../installation/chart.ts';
import type { ClusterNode } from '../node/node.ts';
import { importPodImages, type PodImages } from './pod-images.ts';
import { type PodSite, podSite, runHelmOn, throughNodePort } from './pod-site.ts';
import { applicationHost, apply, gatewayPort, makePrerequisites, supportHost } from './prerequisites.ts';

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));

export interface ReleaseWish {
  readonly name?: string;
  readonly namespace?: string;
  /** Path; that of these sources unless said. */
  readonly chart?: string;
  /** More flags for `helm install`. */
  readonly settings?: readonly string[];
  /** The Pod Security Standard that the namespace enforces. */
  readonly podSecurity?: 'restricted' | 'privileged';
  /** Whether Helm makes the namespace, and the certificate comes afterwards. */
  readonly createNamespace?: boolean;
  /** Where people may come from, for every grant. */
  readonly allowedCIDRs?: readonly string[];
}

/** Brings up what is there before the product, the release, and everything but a grant. */
export async function installRelease(
  node: ClusterNode,
  images: PodImages,
  wish: ReleaseWish = {},
): Promise<PodSite> {
  const { name = 'support-access', namespace = 'support-access', chart = chartFolder, settings = [] } = wish;
  await importPodImages(node, images);
  const { idpMetadata } = await makePrerequisites(node, {
    application: images.application.name,
    idp: images.idp.name,
  });
  const flags = [`--namespace=${namespace}`, ...throughNodePort, ...settings, '--wait', '--timeout=4m'];
  const install = ['install', name, chart, ...flags];
  if (wish.createNamespace === true) await runHelmOn(node, [...install, '--create-namespace']);
  const ca = await makeNamespace(node, namespace, wish.podSecurity ?? 'restricted');
  if (wish.createNamespace !== true) await runHelmOn(node, install);
  const site = podSite(node, { ca, namespace });
  await applyObjects(site, idpMetadata, wish.allowedCIDRs);
  return site;
}

/** The release's namespace with the gateway's certificate; returns the authority that signed it. */
async function makeNamespace(node: ClusterNode, name: string, podSecurity: string): Promise<string> {
  const authority = await createAuthority('the customer’s authority');
  const { certificate, key } = await authority.issueLoopbackServer([supportHost, applicationHost]);
  await apply(node, undefined, [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': podSecurity } },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'support-access-gateway-tls', namespace: name },
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': certificate, 'tls.key': key },
    },
  ]);
  return authority.certificate;
}

/** Policy, application, matrix and users of the examples. */
async function applyObjects(
  site: PodSite,
  idpMetadata: string,
  allowedCIDRs: readonly string[] = [],
): Promise<void> {
  const policy = await site.example('policy.yaml', ({ spec }) => {
    spec.gateway = { ...(spec.gateway as object), port: gatewayPort };
    spec.sso = { nameIDFormat: 'EmailAddress', identityProvider: { metadata: idpMetadata } };
    spec.allowedCIDRs = allowedCIDRs;
    // The example has no policy of the network; here one is enforced.
    delete spec.network;
  });
  await site.kubectl(['apply', '-f', '-'], policy);
  for (const file of [
    'casepoint-ecase/application.yaml',
    'generated/casepoint-ecase-1.yaml',
    'casepoint-ecase/users.yaml',
  ])
    await site.kubectl(['apply', '-f', join(examples, file)]);
  await site.kubectl(['wait', 'sapol/default', '--for=condition=Ready', '--timeout=60s']);
  await site.kubectl(['wait', '-n', 'ecase', 'sapp/ecase', '--for=condition=Ready', '--timeout=60s']);
}
