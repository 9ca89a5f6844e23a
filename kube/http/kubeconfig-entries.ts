/**
 * What client-node passes over in kubeconfig files, or does otherwise than kubectl: `tokenFile` (it looks for `token-file`, and
 * reads it once), who is impersonated beside the name, and the program for credentials.
 */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import type { ExecEntry } from './exec-credential.ts';

export interface FoundUser {
  /** Of the file in which it stands. */
  readonly folder: string;
  readonly tokenFile?: string | undefined;
  readonly exec?: ExecEntry | undefined;
  readonly as?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly uid?: string | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

export interface FoundEntries {
  readonly user: FoundUser | undefined;
  /** What the cluster's entry has for the program for credentials. */
  readonly execConfig: unknown;
}

interface Document {
  readonly users?: readonly { readonly name?: string; readonly user?: UserEntry | null }[];
  readonly clusters?: readonly { readonly name?: string; readonly cluster?: ClusterEntry | null }[];
}

interface UserEntry {
  readonly tokenFile?: string;
  readonly exec?: ExecEntry | null;
  readonly as?: string;
  readonly 'as-groups'?: readonly string[];
  readonly 'as-uid'?: string;
  readonly 'as-user-extra'?: Readonly<Record<string, readonly string[]>>;
}

interface ClusterEntry {
  readonly extensions?: readonly { readonly name?: string; readonly extension?: unknown }[];
}

/** The entries of these names; the first file that has one wins. */
export async function entriesOf(
  files: readonly string[],
  names: { readonly user: string | undefined; readonly cluster: string },
): Promise<FoundEntries> {
  let found: FoundEntries = { user: undefined, execConfig: undefined };
  // The last that is looked at wins, and the first file is to win.
  for (const file of files.toReversed()) {
    const { users, clusters } = (parse(await readFile(file, 'utf8')) ?? {}) as Document;
    const user = names.user && named(users, names.user)?.user;
    const cluster = named(clusters, names.cluster)?.cluster;
    found = {
      user: user ? userIn(user, dirname(resolve(file))) : found.user,
      execConfig: cluster ? execConfigIn(cluster) : found.execConfig,
    };
  }
  return found;
}

function named<T extends { readonly name?: string }>(
  entries: readonly T[] | undefined,
  wanted: string,
): T | undefined {
  return entries?.find(({ name }) => name === wanted);
}

function execConfigIn({ extensions }: ClusterEntry): unknown {
  return named(extensions, 'client.authentication.k8s.io/exec')?.extension;
}

function userIn(entry: UserEntry, folder: string): FoundUser {
  return {
    folder,
    tokenFile: entry.tokenFile ? resolve(folder, entry.tokenFile) : undefined,
    exec: entry.exec ?? undefined,
    as: entry.as,
    groups: entry['as-groups'],
    uid: entry['as-uid'],
    extra: entry['as-user-extra'],
  };
}
