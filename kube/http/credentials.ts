/**
 * The credentials for the API server. Reads kubeconfig files (through @kubernetes/client-node, which also runs exec
 * plugins) or the pod's ServiceAccount, and reads them again before a rotated token or CA goes stale.
 */
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import type { Clock } from '../clock.ts';

/** Where the credentials come from. Without a path: `$KUBECONFIG`, then `~/.kube/config`. */
export type KubeConfigSource =
  | { readonly inCluster: true; readonly serviceAccountFolder?: string }
  | { readonly kubeconfigPath?: string | undefined; readonly context?: string | undefined };

export interface TlsIdentity {
  readonly ca?: string | Buffer | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  readonly servername?: string | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
}

export interface Credentials {
  /** The value of the Authorization header. */
  readonly authorization?: string | undefined;
  readonly tls: TlsIdentity;
}

export interface CredentialSource {
  readonly server: URL;
  /** The credentials, at most ten seconds old. */
  current(): Promise<Credentials>;
  /** After the server refused `seen`, or its certificate was not trusted: reads again now, once for all callers. */
  renewed(seen: Credentials): Promise<Credentials>;
}

/** The kubelet replaces a token file long before it expires, so ten seconds are ample (client-go waits 60). */
const rereadAfterMs = 10_000;

/** Throws when there is no configuration, or it cannot be read: there is no default server to fall back to. */
export async function loadCredentials(source: KubeConfigSource, clock: Clock): Promise<CredentialSource> {
  const origin = 'inCluster' in source ? podAccount(source.serviceAccountFolder) : await kubeconfig(source);
  return rereading(origin, clock);
}

interface Origin {
  readonly server: URL;
  read(): Promise<Credentials>;
}

async function rereading(origin: Origin, clock: Clock): Promise<CredentialSource> {
  let latest = await origin.read();
  let readAt = clock.monotonic();
  let reading: Promise<Credentials> | undefined;

  async function reread(): Promise<Credentials> {
    try {
      const found = await origin.read();
      if (!sameCredentials(found, latest)) latest = found;
    } catch {
      // A half-written or missing file: the credentials in use may still be good; the server decides that.
    }
    readAt = clock.monotonic();
    reading = undefined;
    return latest;
  }

  function shared(): Promise<Credentials> {
    reading ??= reread();
    return reading;
  }

  return {
    server: origin.server,
    current: async () => (clock.monotonic() - readAt < rereadAfterMs ? latest : shared()),
    renewed: async (seen) => (seen === latest ? shared() : latest),
  };
}

function sameCredentials(a: Credentials, b: Credentials): boolean {
  return a.authorization === b.authorization && sameIdentity(a.tls, b.tls);
}

/** Whether two identities would make the same TLS connection. */
export function sameIdentity(a: TlsIdentity, b: TlsIdentity): boolean {
  const parts = ['ca', 'cert', 'key', 'servername', 'rejectUnauthorized'] as const;
  return parts.every((part) => String(a[part]) === String(b[part]));
}

/** The pod's own ServiceAccount. Without client-node, whose import costs half a second and 80 MiB. */
function podAccount(folder = '/var/run/secrets/kubernetes.io/serviceaccount'): Origin {
  const host = process.env['KUBERNETES_SERVICE_HOST'];
  const port = process.env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) throw new Error('not in a cluster: KUBERNETES_SERVICE_HOST and _PORT are not set');
  return {
    server: new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`),
    read: async () => ({
      authorization: await bearerFrom(resolve(folder, 'token')),
      tls: { ca: await readFile(resolve(folder, 'ca.crt')) },
    }),
  };
}

async function bearerFrom(path: string): Promise<string> {
  const token = (await readFile(path, 'utf8')).trim();
  if (token === '') throw new Error(`${path} is empty`);
  return `Bearer ${token}`;
}

async function kubeconfig(source: {
  kubeconfigPath?: string | undefined;
  context?: string | undefined;
}): Promise<Origin> {
  const library = await import('@kubernetes/client-node');
  const config = new library.KubeConfig();
  if (source.kubeconfigPath === undefined) config.loadFromDefault();
  else config.loadFromFile(source.kubeconfigPath);
  if (source.context !== undefined) config.setCurrentContext(source.context);
  const cluster = config.getCurrentCluster();
  // loadFromDefault ends in plain http://localhost:8080, where any user of this machine may listen.
  if (!cluster || new URL(cluster.server).protocol !== 'https:')
    throw new Error(`no usable kubeconfig: context "${config.getCurrentContext()}" names no https server`);

  if (cluster.proxyUrl) throw new Error(`cluster "${cluster.name}": proxy-url is not supported`);
  const tokenFile = source.kubeconfigPath && (await tokenFileIn(source.kubeconfigPath, config));
  return { server: new URL(cluster.server), read: () => readThrough(config, tokenFile || undefined) };
}

async function readThrough(config: KubeConfig, tokenFile: string | undefined): Promise<Credentials> {
  const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
  await config.applyToHTTPSOptions(options);
  const headers = new Headers(options.headers as Record<string, string>);
  return {
    authorization: tokenFile ? await bearerFrom(tokenFile) : (headers.get('authorization') ?? undefined),
    tls: {
      ca: options.ca as string | Buffer | undefined,
      cert: options.cert as string | Buffer | undefined,
      key: options.key as string | Buffer | undefined,
      servername: options.servername,
      rejectUnauthorized: options.rejectUnauthorized,
    },
  };
}

interface UserEntry {
  readonly name?: string;
  readonly user?: { readonly tokenFile?: string };
}

/** client-node ignores kubectl's `tokenFile` (it looks for `token-file`), and would read it only once. */
async function tokenFileIn(path: string, config: KubeConfig): Promise<string | undefined> {
  const document = parse(await readFile(path, 'utf8')) as { users?: readonly UserEntry[] } | null;
  const name = config.getCurrentUser()?.name;
  const file = document?.users?.find((entry) => entry.name === name)?.user?.tokenFile;
  return file ? resolve(dirname(path), file) : undefined;
}
