/**
 * What an installation is upgraded from: the newest release before these sources. Nothing has been released yet, so it is a
 * commit that is named here.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The first build that was installed by `docs/install.md` on a real node. Used until a release is tagged `v*`. */
const firstInstallable = '7759e933c588d8244469b9daa20282e80d078535';

export interface Previous {
  readonly commit: string;
}

/** Which build that is for a clone, or why it cannot be had there. Builds nothing. */
export function previousOrWhyNot(clone = root): Previous | { readonly why: string } {
  const git = (...args: readonly string[]): string | undefined => gitIn(clone, args);
  if (git('rev-parse', '--verify', '--quiet', 'HEAD') === undefined)
    return { why: 'these sources have no history (no git, or not a clone)' };
  // A release that is these very sources is not before them.
  const release = git('describe', '--tags', '--abbrev=0', '--match=v[0-9]*', 'HEAD^');
  const named = release ?? firstInstallable;
  const commit = git('rev-parse', '--verify', '--quiet', `${named}^{commit}`);
  const why = `this clone does not hold the earlier commit ${named.slice(0, 12)}: git fetch --unshallow`;
  return commit === undefined ? { why } : { commit };
}

function gitIn(clone: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: clone, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Writes its chart into a folder, which must be empty or not there, and returns the path of the chart. */
export function previousChart(previous: Previous, folder: string): string {
  writeSources(previous, folder, ['charts/support-access']);
  return join(folder, 'charts/support-access');
}

function writeSources({ commit }: Previous, folder: string, paths: readonly string[] = []): void {
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, 'sources.tar');
  execFileSync('git', ['archive', `--output=${archive}`, commit, ...paths], { cwd: root });
  execFileSync('tar', ['--extract', `--file=${archive}`, `--directory=${folder}`]);
  rmSync(archive);
}

/** The tag under which its image is known; its chart is told it. */
export const previousTag = 'previous';

/**
 * Builds its image by its own sources, with the packages that are installed here, into a folder. Returns the archive's path.
 * The packages are linked, not copied: which ones go into an image is told by their place beside the sources.
 */
export function previousImage(previous: Previous, folder: string): string {
  const sources = join(folder, 'previous');
  writeSources(previous, sources);
  const modules = join(root, 'node_modules');
  if (spawnSync('cp', ['-al', modules, sources]).status !== 0) execFileSync('cp', ['-a', modules, sources]);
  const out = join(folder, 'previous-image');
  const name = `ghcr.io/support-access/support-access:${previousTag}`;
  const args = ['tools/image/main.ts', `--name=${name}`, `--revision=${previous.commit}`, `--out=${out}`];
  const env = { ...process.env, SOURCE_DATE_EPOCH: '0' };
  execFileSync(process.execPath, args, { cwd: sources, env, stdio: ['ignore', 'ignore', 'inherit'] });
  rmSync(sources, { recursive: true });
  const archive = readdirSync(out).find((file) => file.endsWith('.oci.tar'));
  if (archive === undefined) throw new Error(`the earlier commit ${previous.commit} built no image`);
  return join(out, archive);
}
