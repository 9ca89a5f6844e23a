/**
 * Third source: the archive that `setup-envtest` downloads, found in the same index and checked against the same
 * SHA-512. Having no network is no error and costs at most five seconds. Must not take a byte that the hash does not
 * vouch for. It holds etcd, kube-apiserver and kubectl.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { parse } from 'yaml';
import { type ArchivedFile, readTarGz } from '../../machine/archives.ts';
import type { BinaryName, BinaryPaths, Search, Source } from '../binary-source.ts';
import { executablesIn } from './executable.ts';

const INDEX = 'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml';
/** Milliseconds until an answer must have begun; a network that drops packets would hold us for minutes. */
const ANSWER_WITHIN = 5_000;
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

interface Entry {
  readonly hash: string;
  readonly selfLink: string;
}

export const envtestArchive: Source = {
  name: 'envtest archive',
  find: async (wanted, search) => {
    const index = process.env['SUPPORT_ACCESS_ENVTEST_INDEX'] ?? INDEX;
    try {
      const entry = await findEntry(index, search);
      if (entry === undefined) return {};
      const archive = await download(entry.selfLink, 'archive', search);
      return unpack(verified(archive, entry), wanted, search);
    } catch (error) {
      search.say(`no envtest archive: ${error instanceof Error ? error.message : String(error)}`);
      return {};
    }
  },
};

async function findEntry(index: string, search: Search): Promise<Entry | undefined> {
  const { releases } = parse((await download(index, 'index', search)).toString()) as {
    releases?: Record<string, Record<string, Entry>>;
  };
  const name = `envtest-v${search.version}-${process.platform}-${ARCHITECTURES[process.arch]}.tar.gz`;
  const entry = releases?.[`v${search.version}`]?.[name];
  if (entry === undefined) search.say(`the envtest index has no ${name}`);
  return entry;
}

async function download(url: string, what: string, { say, version }: Search): Promise<Buffer> {
  const slow = what === 'archive' ? '; about a minute, once' : '; at most 5 s without an answer';
  say(`asking for the envtest ${what} of ${version}${slow} (${url})`);
  const answered = new AbortController();
  const timer = setTimeout(() => answered.abort(), ANSWER_WITHIN);
  const dispatcher = new EnvHttpProxyAgent({ connectTimeout: ANSWER_WITHIN, bodyTimeout: 30_000 });
  try {
    const response = await fetch(url, { dispatcher, signal: answered.signal });
    clearTimeout(timer);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    if (answered.signal.aborted) throw new Error(`${url} did not answer within 5 s`, { cause: error });
    throw new Error(`${url}: ${reasonOf(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
    await dispatcher.destroy();
  }
}

/** fetch says "fetch failed" and keeps the reason in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function verified(archive: Buffer, { hash, selfLink }: Entry): Buffer {
  const actual = createHash('sha512').update(archive).digest('hex');
  if (actual !== hash) throw new Error(`${selfLink} has SHA-512 ${actual}, its index says ${hash}: refused`);
  return archive;
}

function unpack(
  archive: Buffer,
  wanted: readonly BinaryName[],
  { folder, say }: Search,
): Partial<BinaryPaths> {
  const files = readTarGz(archive);
  mkdirSync(folder, { recursive: true });
  const kept = wanted.filter((name) => {
    const file = files.find((candidate) => basename(candidate.name) === name);
    if (file) put(file, join(folder, name));
    return file !== undefined;
  });
  say(`${kept.join(', ') || 'nothing'} from the envtest archive`);
  return executablesIn(folder, kept);
}

/** Written beside and renamed: a run that is killed here leaves no half a program under the right name. */
function put({ content }: ArchivedFile, path: string): void {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, content);
  chmodSync(beside, 0o755);
  renameSync(beside, path);
}
