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

/** A kubeconfig file, and what it holds. */
export interface ReadKubeconfig {
  readonly file: string;
  readonly document: Document;
}

/** Neither a warning nor an error of the parser may be printed: each quotes the line, and a token may stand there. */
const quiet = { logLevel: 'error', prettyErrors: false } as const;

/** Reads a file. What is said of one that is no YAML names the line, and quotes nothing. */
export async function readKubeconfig(file: string): Promise<ReadKubeconfig> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `no usable kubeconfig: ${file} cannot be read (${error.code}); correct the path, or let yourself read the file`,
    );
  });
  try {
    return { file, document: (parse(text, quiet) ?? {}) as Document };
  } catch (error) {
    throw noYaml(file, text, error as { readonly pos?: readonly number[] });
  }
}

/** Without the parser's error as its cause, which would be printed too. */
function noYaml(file: string, text: string, { pos: [at] = [] }: { readonly pos?: readonly number[] }): Error {
  const line = at === undefined ? '' : ` at line ${text.slice(0, at).split('\n').length}`;
  return new Error(`no usable kubeconfig: ${file} cannot be read: it is no YAML${line}; correct it`);
}

/** The entries of these names; the first file that has one wins. */
export function entriesOf(
  files: readonly ReadKubeconfig[],
  names: { readonly user: string | undefined; readonly cluster: string },
): FoundEntries {
  let found: FoundEntries = { user: undefined, execConfig: undefined };
  // The last that is looked at wins, and the first file is to win.
  for (const { file, document } of files.toReversed()) {
    const { users, clusters } = document;
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
