/**
 * Kubeconfig files, as kubectl reads them: several files of which the first wins, a context, and what kubectl's flags put in
 * the place of its parts. @kubernetes/client-node reads the entries and runs the plugins for credentials.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isatty } from 'node:tty';
import type { Cluster, KubeConfig } from '@kubernetes/client-node';
import {
  type ExecCredentials,
  type ExecPlace,
  type ExecStatus,
  execCredentials,
  type WhileAtTerminal,
} from './exec-credential.ts';
import { bearerFrom, type CredentialOrigin, type Credentials, type TlsIdentity } from './identity.ts';
import { headersOf, type Impersonation } from './impersonation.ts';
import { entriesOf, type FoundUser, type ReadKubeconfig, readKubeconfig } from './kubeconfig-entries.ts';
import { proxyOf } from './proxy.ts';

/** Where the credentials are, and what replaces parts of the context. All is left to the files where nothing is said. */
export interface KubeconfigWish {
  readonly kubeconfigPath?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly server?: string | undefined;
  readonly impersonate?: Impersonation | undefined;
  /** Set where no one looks on, as while a shell completes: what becomes of a program for credentials then. */
  readonly unattended?: AbortSignal | undefined;
  /** Is told while a program for credentials has the terminal. */
  readonly whileAtTerminal?: WhileAtTerminal | undefined;
}

/** Reads the files. Throws where they name no https server: there is no default server to fall back to. */
export async function openKubeconfig(wish: KubeconfigWish): Promise<CredentialOrigin> {
  const files = await Promise.all(filesOf(wish.kubeconfigPath).map(readKubeconfig));
  const config = narrowed(await merged(files), wish);
  const server = clusterOf(config);
  const address = new URL(server.server);
  const { user: found, execConfig } = entriesOf(files, {
    user: config.getCurrentUser()?.name,
    cluster: server.name,
  });
  const exec =
    found?.exec &&
    execCredentials(
      found.exec,
      await execPlace({ ...wish, folder: found.folder, server, config: execConfig }),
    );
  const reading: Reading = {
    config: withoutItsParts(config),
    tokenFile: found?.tokenFile,
    exec,
    impersonate: wish.impersonate ?? inFile(found),
  };
  return {
    server: address,
    proxy: proxyOf(address, server.proxyUrl, process.env),
    context: config.getCurrentContext(),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    read: async (wereRefused) => readThrough(reading, wereRefused),
  };
}

/** As client-go tells it: with the certificates of the authority themselves, wherever they are. */
async function execPlace({
  folder,
  server,
  config,
  unattended,
  whileAtTerminal,
}: Omit<ExecPlace, 'cluster' | 'hasTerminal'> & {
  readonly server: Cluster;
  readonly config: unknown;
}): Promise<ExecPlace> {
  const ca = server.caData ?? (server.caFile && (await readFile(server.caFile)).toString('base64'));
  const cluster = {
    server: server.server,
    ...(server.tlsServerName ? { 'tls-server-name': server.tlsServerName } : {}),
    ...(server.skipTLSVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca ? { 'certificate-authority-data': ca } : {}),
    ...(server.proxyUrl ? { 'proxy-url': server.proxyUrl } : {}),
    ...(config === undefined ? {} : { config }),
  };
  return { folder, cluster, hasTerminal: unattended === undefined && isatty(0), unattended, whileAtTerminal };
}

interface Reading {
  readonly config: KubeConfig;
  readonly tokenFile: string | undefined;
  readonly exec: ExecCredentials | undefined;
  readonly impersonate: Impersonation | undefined;
}

/** What we do ourselves client-node must not do as well: it would run the program for credentials without a terminal. */
function withoutItsParts(config: KubeConfig): KubeConfig {
  config.users = config.users.map((entry) => {
    const { exec: _, ...user } = entry;
    return user;
  });
  config.clusters = config.clusters.map((entry) => {
    const { proxyUrl: _, ...cluster } = entry;
    return cluster;
  });
  return config;
}

/** A file that is named by the call must be there; of those in KUBECONFIG kubectl passes over what is missing. */
function filesOf(path: string | undefined): string[] {
  const named = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  const usual = join(process.env['HOME'] ?? homedir(), '.kube', 'config');
  const files = path === undefined ? (named.length > 0 ? named : [usual]) : [path];
  const there = files.filter((file) => existsSync(file));
  if (there.length > 0) return there;
  throw new Error(
    `no usable kubeconfig: there is no ${files.join(', no ')}; correct the path, or write the file`,
  );
}

async function merged(files: readonly ReadKubeconfig[]): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const config = new Config();
  for (const { file } of files) {
    const one = new Config();
    try {
      one.loadFromFile(file);
    } catch (error) {
      throw unreadable(file, error);
    }
    config.clusters = firstOfEachName(config.clusters, one.clusters);
    config.users = firstOfEachName(config.users, one.users);
    config.contexts = firstOfEachName(config.contexts, one.contexts);
    if (!config.currentContext) config.currentContext = one.currentContext;
  }
  return config;
}

/** What a parser of YAML says quotes the file, which may hold tokens: of that only the line is told, and it is no cause to be printed. */
function unreadable(file: string, error: unknown): Error {
  const { mark, message } = error as { readonly mark?: { readonly line: number }; readonly message?: string };
  const said = (message ?? String(error)).split('\n', 1)[0] ?? '';
  const why = mark === undefined ? said : `it is no YAML at line ${mark.line + 1}; correct it`;
  return new Error(`no usable kubeconfig: ${file} cannot be read: ${why}`);
}

function firstOfEachName<T extends { readonly name: string }>(before: T[], after: T[]): T[] {
  return [...before, ...after.filter(({ name }) => !before.some((known) => known.name === name))];
}

/** The configuration with the context of the call, and in it the parts that the call names. */
function narrowed(config: KubeConfig, wish: KubeconfigWish): KubeConfig {
  if (wish.context !== undefined) config.setCurrentContext(oneOf('context', wish.context, config.contexts));
  const current = config.getContextObject(config.getCurrentContext()) ?? { name: '', cluster: '', user: '' };
  const cluster =
    wish.cluster === undefined ? current.cluster : oneOf('cluster', wish.cluster, config.clusters);
  const user = wish.user === undefined ? current.user : oneOf('user', wish.user, config.users);
  const others = config.contexts.filter(({ name }) => name !== current.name);
  config.contexts = [...others, { ...current, cluster, user }];
  config.setCurrentContext(current.name);
  const { server } = wish;
  if (server !== undefined)
    config.clusters = config.clusters.map((each) => (each.name === cluster ? at(each, server) : each));
  return config;
}

/** The cluster at another address. The name that the file expects in its certificate is that of the address in the file, as for kubectl. */
function at(entry: Cluster, server: string): Cluster {
  const { tlsServerName: _, ...cluster } = entry;
  return { ...cluster, server };
}

const longestList = 10;

function oneOf(what: string, wanted: string, entries: readonly { readonly name: string }[]): string {
  const names = entries.map(({ name }) => name);
  if (names.includes(wanted)) return wanted;
  const listed = names.length === 0 ? 'it has none' : `it has ${names.slice(0, longestList).join(', ')}`;
  throw new Error(`no usable kubeconfig: no ${what} is named "${wanted}"; ${listed}`);
}

function clusterOf(config: KubeConfig): Cluster {
  const server = config.getCurrentCluster();
  // Plain http to a port of this machine is where any of its users may listen.
  if (!server || !URL.canParse(server.server) || new URL(server.server).protocol !== 'https:')
    throw new Error(`no usable kubeconfig: context "${config.getCurrentContext()}" names no https server`);
  return server;
}

function inFile(entry: FoundUser | undefined): Impersonation | undefined {
  return entry?.as ? { user: entry.as, groups: entry.groups, uid: entry.uid, extra: entry.extra } : undefined;
}

async function readThrough(
  { config, tokenFile, exec, impersonate }: Reading,
  wereRefused: boolean,
): Promise<Credentials> {
  const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
  await config.applyToHTTPSOptions(options);
  const given = await exec?.(wereRefused);
  // Its `Authorization`, as it writes it: the global Headers would load all of Node's fetch for one name.
  const ofFile = (options.headers as Readonly<Record<string, string>> | undefined)?.['Authorization'];
  const bearer = given?.token ? `Bearer ${given.token}` : ofFile;
  const authorization = tokenFile ? await bearerFrom(tokenFile) : (bearer ?? undefined);
  return {
    authorization: withPassword(options.auth, authorization),
    ...(impersonate ? { headers: headersOf(impersonate) } : {}),
    tls: { ...identityIn(options), ...certificateIn(given) },
  };
}

/** As kubectl does: a name and a password go along as they are, and beside a token they are refused, since only one can be sent. */
function withPassword(auth: string | null | undefined, bearer: string | undefined): string | undefined {
  if (!auth) return bearer;
  if (bearer === undefined) return `Basic ${Buffer.from(auth).toString('base64')}`;
  throw new Error(
    'no usable kubeconfig: users[].user must have a token, or username and password, and not both; remove one of them',
  );
}

function identityIn({ ca, cert, key, servername, rejectUnauthorized }: RequestOptions): TlsIdentity {
  type Pem = string | Buffer | undefined;
  return { ca: ca as Pem, cert: cert as Pem, key: key as Pem, servername, rejectUnauthorized };
}

function certificateIn(given: ExecStatus | undefined): Pick<TlsIdentity, 'cert' | 'key'> {
  return given?.clientCertificateData ? { cert: given.clientCertificateData, key: given.clientKeyData } : {};
}
