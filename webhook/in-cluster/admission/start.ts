/**
 * The process role `admission`: an HTTPS server with a path for each entry of its registrations, certificates of its own, and the word to the API
 * server where to find it. Ready only when what it serves and what is published agree.
 */

import { createServer } from 'node:https';
import { installed } from '../../../crds/names.ts';
import { type RegistrationKind, registrations } from '../../../crds/rules/registration.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { startPeriodic } from '../../../process/periodic.ts';
import { closeServer, keepIdleConnections, listen } from '../../../process/server.ts';
import {
  type CertificateDeps,
  ensureServingCertificate,
  publishBundle,
  type ServingCertificate,
} from './certificates.ts';
import { type ApiServerClient, provesCallerBy, tlsFor } from './client-certificate.ts';
import type { AdmissionDeps } from './handler.ts';
import { createAdmissionHttp } from './http.ts';
import type { ReviewObserver } from './observed-review.ts';
import { publishWebhook } from './publish.ts';

export interface AdmissionConfig {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly bind: string;
  readonly port: number;
  /** Name of the Service in front; it is the first of the certificate's names. */
  readonly serviceName: string;
  /** The whole URL at which the API server calls us, where it cannot reach Services. Its path is then ours. */
  readonly url?: string;
  readonly deps: AdmissionDeps;
  /** How the API server proves that it is the caller, where the cluster is configured for that. */
  readonly apiServerClient?: ApiServerClient | undefined;
  readonly now: () => number;
  /** Told of each new certificate, so that the records are served with it too. */
  readonly onCertificate: (certificate: ServingCertificate) => void;
  /** Told what went wrong while renewing; the old certificate goes on serving. */
  readonly onProblem: (error: unknown) => void;
  /** Told of each look at the certificates, for metrics. */
  readonly onLook?: (isGood: boolean) => void;
  /** Told of each object that did not hold any more what this process had published there, and was put right. */
  readonly onRestored?: (kind: PublishedKind) => void;
  readonly observer?: ReviewObserver;
}

/** Where callers learn of us; whatever others make of it, it is put right. */
const registrationKinds = Object.keys(registrations) as RegistrationKind[];
export const publishedKinds = ['ConfigMap', ...registrationKinds] as const;
type PublishedKind = (typeof publishedKinds)[number];

export interface RunningAdmission {
  readonly port: number;
  readonly isReady: () => boolean;
  /** When the certificate ends, epoch milliseconds. */
  readonly certificateEnd: () => number;
  /** Looks at the certificates now: makes, publishes and serves what is due. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

/** Often, since nothing that opens or widens passes when what was published is wiped, as by the chart's text put in its place. */
const refreshEveryMs = 10_000;

/** Starts to listen. Rejects when the certificates cannot be made or published: nothing is served that callers cannot verify. */
export async function startAdmission(config: AdmissionConfig): Promise<RunningAdmission> {
  const names = namesOf(config);
  let published = '';
  const certificateDeps = { client: config.client, namespace: config.namespace, names, now: config.now };
  const publish = async ({ bundle, path }: ServingCertificate): Promise<void> => {
    // what was published by us in the same words was taken away by another; a new bundle is our own news
    const restored = (kind: PublishedKind, wasMissing: boolean) =>
      wasMissing && published === bundle && config.onRestored?.(kind);
    await publishAll(config, { bundle, path, certificateDeps, restored });
    published = bundle;
  };
  let serving = await ensureServingCertificate(certificateDeps);
  await publish(serving);
  config.onCertificate(serving);
  const serve = createAdmissionHttp({
    path: () => pathOf(config, serving),
    deps: config.deps,
    provesCaller: provesCallerBy(config.apiServerClient),
    observer: config.observer,
  });
  const server = createServer(tlsFor(serving, config.apiServerClient), serve);
  const refresh = async (): Promise<void> => {
    const next = await ensureServingCertificate(certificateDeps);
    // Publish first: otherwise callers would meet a certificate whose authority has not been announced.
    await publish(next);
    if (next.certificate === serving.certificate) return;
    server.setSecureContext(tlsFor(next, config.apiServerClient));
    serving = next;
    config.onCertificate(next);
  };
  const look = async (): Promise<void> => {
    try {
      await refresh();
      config.onLook?.(true);
    } catch (error) {
      config.onLook?.(false);
      throw error;
    }
  };
  keepIdleConnections(server);
  const port = await listen(server, config);
  const stopTasks = startPeriodic(
    [{ name: 'serving certificate', everyMs: refreshEveryMs, firstAfterMs: refreshEveryMs, run: look }],
    (_, error) => config.onProblem(error),
  );
  return {
    port,
    isReady: () => published !== '' && config.now() < serving.notAfter,
    certificateEnd: () => serving.notAfter,
    refresh,
    stop: async () => {
      stopTasks();
      await closeServer(server);
    },
  };
}

interface Publishing extends Pick<ServingCertificate, 'bundle' | 'path'> {
  readonly certificateDeps: CertificateDeps;
  readonly restored: (kind: PublishedKind, wasMissing: boolean) => unknown;
}

/** None waits for another: where the ConfigMap was deleted, the API server must still be able to ask. */
async function publishAll(
  { client, url, namespace, serviceName }: AdmissionConfig,
  { bundle, path, certificateDeps, restored }: Publishing,
): Promise<void> {
  const service = url ? {} : { service: { namespace, name: serviceName, path } };
  const registration = { client, name: installed.webhookConfiguration, bundle, ...service };
  const all = await Promise.allSettled([
    publishBundle(certificateDeps, bundle).then((was) => restored('ConfigMap', was)),
    ...registrationKinds.map((kind) =>
      publishWebhook({ ...registration, kind }).then((was) => restored(kind, was)),
    ),
  ]);
  for (const one of all) if (one.status === 'rejected') throw one.reason;
}

/** Service names as the cluster resolves them, and the host of the URL where there is one. */
function namesOf({ serviceName, namespace, url }: AdmissionConfig): string[] {
  const service = `${serviceName}.${namespace}`;
  const host = url ? [new URL(url).hostname.replace(/^\[|\]$/g, '')] : [];
  return [`${service}.svc`, `${service}.svc.cluster.local`, service, serviceName, ...host];
}

/** Our own secret path behind a Service; the one that the administrator chose where the chart names a whole URL. */
function pathOf({ url }: AdmissionConfig, { path }: ServingCertificate): string {
  return url ? new URL(url).pathname.replace(/\/$/, '') : path;
}
