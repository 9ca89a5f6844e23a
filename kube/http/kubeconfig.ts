/**
 * Kubeconfig files, as kubectl reads them: several files of which the first wins, a context, and what kubectl's flags put in
 * the place of its parts. @kubernetes/client-node reads the entries and runs the plugins for credentials.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { bearerFrom, type CredentialOrigin, type Credentials } from './identity.ts';

/** Who is asked to be taken for the caller; the API server asks whether the caller may. */
export interface Impersonation {
  readonly user: string;
  readonly groups?: readonly string[] | undefined;
  readonly uid?: string | undefined;
}

/** Where the credentials are, and what replaces parts of the context. All is left to the files where nothing is said. */
export interface KubeconfigWish {
  readonly kubeconfigPath?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly server?: string | undefined;
  readonly impersonate?: Impersonation | undefined;
}

/** Reads the files. Throws where they name no https server: there is no default server to fall back to. */
export async function openKubeconfig(wish: KubeconfigWish): Promise<CredentialOrigin> {
  const files = filesOf(wish.kubeconfigPath);
  const config = narrowed(await merged(files), wish);
  const { name, server } = clusterOf(config);
  if (server.proxyUrl) throw new Error(`cluster "${name}": proxy-url is not supported`);
  const { tokenFile, groups, uid } = await userEntry(files, config.getCurrentUser()?.name);
  const impersonate = wish.impersonate ?? inFile(config, groups, uid);
  return {
    server: new URL(server.server),
    context: config.getCurrentContext(),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    read: () => readThrough(config, tokenFile, impersonate),
  };
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

async function merged(files: readonly string[]): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const config = new Config();
  for (const file of files) {
    const one = new Config();
    try {
      one.loadFromFile(file);
    } catch (error) {
      throw new Error(`no usable kubeconfig: ${file} cannot be read: ${firstLine(error)}`, { cause: error });
    }
    config.clusters = firstOfEachName(config.clusters, one.clusters);
    config.users = firstOfEachName(config.users, one.users);
    config.contexts = firstOfEachName(config.contexts, one.contexts);
    if (!config.currentContext) config.currentContext = one.currentContext;
  }
  return config;
}

/** What a parser says after the first line quotes the file, which may hold tokens. */
function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
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
  config.clusters = config.clusters.map((each) =>
    each.name === cluster ? { ...each, server: wish.server ?? each.server } : each,
  );
  return config;
}

const longestList = 10;

function oneOf(what: string, wanted: string, entries: readonly { readonly name: string }[]): string {
  const names = entries.map(({ name }) => name);
  if (names.includes(wanted)) return wanted;
  const listed = names.length === 0 ? 'it has none' : `it has ${names.slice(0, longestList).join(', ')}`;
  throw new Error(`no usable kubeconfig: no ${what} is named "${wanted}"; ${listed}`);
}

function clusterOf(config: KubeConfig) {
  const server = config.getCurrentCluster();
  // Plain http to a port of this machine is where any of its users may listen.
  if (!server || !URL.canParse(server.server) || new URL(server.server).protocol !== 'https:')
    throw new Error(`no usable kubeconfig: context "${config.getCurrentContext()}" names no https server`);
  return { name: server.name, server };
}

function inFile(
  config: KubeConfig,
  groups: readonly string[] | undefined,
  uid: string | undefined,
): Impersonation | undefined {
  const user = config.getCurrentUser()?.impersonateUser;
  return user ? { user, groups, uid } : undefined;
}

async function readThrough(
  config: KubeConfig,
  tokenFile: string | undefined,
  impersonate: Impersonation | undefined,
): Promise<Credentials> {
  const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
  await config.applyToHTTPSOptions(options);
  const headers = new Headers(options.headers as Record<string, string>);
  return {
    authorization: tokenFile ? await bearerFrom(tokenFile) : (headers.get('authorization') ?? undefined),
    ...(impersonate ? { headers: headersOf(impersonate) } : {}),
    tls: {
      ca: options.ca as string | Buffer | undefined,
      cert: options.cert as string | Buffer | undefined,
      key: options.key as string | Buffer | undefined,
      servername: options.servername,
      rejectUnauthorized: options.rejectUnauthorized,
    },
  };
}

function headersOf({ user, groups = [], uid }: Impersonation): Record<string, string | string[]> {
  return {
    'impersonate-user': user,
    ...(groups.length > 0 ? { 'impersonate-group': [...groups] } : {}),
    ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
  };
}

interface UserEntry {
  readonly name?: string;
  readonly user?: {
    readonly tokenFile?: string;
    readonly 'as-groups'?: readonly string[];
    readonly 'as-uid'?: string;
  } | null;
}

interface UserParts {
  readonly tokenFile?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
}

/** What client-node passes over: kubectl's `tokenFile` (it looks for `token-file`, and reads it once), and `as-groups`. */
async function userEntry(files: readonly string[], wanted: string | undefined): Promise<UserParts> {
  for (const file of files) {
    const document = parse(await readFile(file, 'utf8')) as { users?: readonly UserEntry[] } | null;
    const found = document?.users?.find(({ name }) => name !== undefined && name === wanted)?.user;
    if (!found) continue;
    const { tokenFile, 'as-groups': groups, 'as-uid': uid } = found;
    return {
      ...(tokenFile ? { tokenFile: resolve(dirname(file), tokenFile) } : {}),
      ...(groups ? { groups } : {}),
      ...(uid ? { uid } : {}),
    };
  }
  return {};
}
