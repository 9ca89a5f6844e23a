/**
 * The credentials for the API server: those of a kubeconfig, or of the pod's ServiceAccount. Reads them again before a
 * rotated token or CA goes stale.
 */
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import type { Clock } from '../clock.ts';
import {
  bearerFrom,
  type ConfiguredPlace,
  type CredentialOrigin,
  type Credentials,
  sameIdentity,
} from './identity.ts';
import { headersOf, type Impersonation } from './impersonation.ts';
import { type KubeconfigWish, openKubeconfig } from './kubeconfig.ts';

/** Where the credentials come from. Without a path: `$KUBECONFIG`, then `~/.kube/config`. */
export type KubeConfigSource =
  | {
      readonly inCluster: true;
      readonly serviceAccountFolder?: string;
      readonly impersonate?: Impersonation | undefined;
    }
  | KubeconfigWish;

export interface CredentialSource extends ConfiguredPlace {
  /** The credentials, at most ten seconds old. */
  current(): Promise<Credentials>;
  /** After the server refused `seen`, or its certificate was not trusted: reads again now, once for all callers. */
  renewed(seen: Credentials): Promise<Credentials>;
}

/** The kubelet replaces a token file long before it expires, so ten seconds are ample (client-go waits 60). */
const rereadAfterMs = 10_000;

/** Throws when there is no configuration, or it cannot be read: there is no default server to fall back to. */
export async function loadCredentials(source: KubeConfigSource, clock: Clock): Promise<CredentialSource> {
  const origin = await ('inCluster' in source ? podAccount(source) : openKubeconfig(source));
  return rereading(origin, clock);
}

async function rereading(origin: CredentialOrigin, clock: Clock): Promise<CredentialSource> {
  let latest = await origin.read(false);
  let readAt = clock.monotonic();
  let reading: Promise<Credentials> | undefined;

  async function reread(wereRefused: boolean): Promise<Credentials> {
    try {
      const found = await origin.read(wereRefused);
      if (!sameCredentials(found, latest)) latest = found;
    } catch {
      // A half-written or missing file: the credentials in use may still be good; the server decides that.
    }
    readAt = clock.monotonic();
    reading = undefined;
    return latest;
  }

  function shared(wereRefused: boolean): Promise<Credentials> {
    reading ??= reread(wereRefused);
    return reading;
  }

  return {
    server: origin.server,
    proxy: origin.proxy,
    context: origin.context,
    namespace: origin.namespace,
    current: async () => (clock.monotonic() - readAt < rereadAfterMs ? latest : shared(false)),
    renewed: async (seen) => (seen === latest ? shared(true) : latest),
  };
}

function sameCredentials(a: Credentials, b: Credentials): boolean {
  // Whom the caller asks to be taken for never changes while a program runs.
  return a.authorization === b.authorization && sameIdentity(a.tls, b.tls);
}

/** The pod's own ServiceAccount. Without client-node, whose import costs half a second and 80 MiB. */
async function podAccount({
  serviceAccountFolder: folder = '/var/run/secrets/kubernetes.io/serviceaccount',
  impersonate,
}: Extract<KubeConfigSource, { readonly inCluster: true }>): Promise<CredentialOrigin> {
  const host = process.env['KUBERNETES_SERVICE_HOST'];
  const port = process.env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) throw new Error('not in a cluster: KUBERNETES_SERVICE_HOST and _PORT are not set');
  return {
    namespace: await podNamespace(folder),
    server: new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`),
    read: async () => ({
      authorization: await bearerFrom(resolve(folder, 'token')),
      ...(impersonate ? { headers: headersOf(impersonate) } : {}),
      tls: { ca: await readFile(resolve(folder, 'ca.crt')) },
    }),
  };
}

/** The pod's own namespace, as client-go finds it. */
async function podNamespace(folder: string): Promise<string | undefined> {
  const told =
    process.env['POD_NAMESPACE'] || (await readFile(resolve(folder, 'namespace'), 'utf8').catch(() => ''));
  return told.trim() || undefined;
}
