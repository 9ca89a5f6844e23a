/**
 * The programs of the image, each one file that needs Node and nothing else. They do what the sources do; what differs is
 * that no module is looked for at run time.
 */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string;
};

/** THE list of what the image holds: file name, and where it begins. */
const programs = {
  operator: 'operator/main.ts',
  webhook: 'webhook/main.ts',
  'sqlite-worker': 'webhook/in-cluster/records/sqlite/worker.ts',
  'search-worker': 'webhook/in-cluster/records/search/worker.ts',
  'kubectl-support_access': 'cli/main.ts',
};

/** What a person or a job types: without `node` before it, for there is no shell to find out. */
const typed = 'kubectl-support_access.js';
const typedStart = '#!/usr/local/bin/node --disable-warning=ExperimentalWarning\n';

/** Files that sources name by their URL, to start or to read them, and where they are in the image. */
const neighbours: Readonly<Record<string, string>> = {
  'webhook/in-cluster/records/sqlite/worker.ts': './sqlite-worker.js',
  'webhook/in-cluster/records/search/worker.ts': './search-worker.js',
  'package.json': './package.json',
};

/** A file that is named and not in the list would be looked for in the image, and missed at the start or in the middle. */
const renameNeighbours: Plugin = {
  name: 'rename neighbours',
  setup(bundler) {
    const named = new Set<string>();
    bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const renamed = text.replaceAll(/new URL\('([^']+)', import\.meta\.url\)/g, (_, from: string) => {
        const file = relative(root, join(path, '..', from));
        const to = neighbours[file];
        if (to === undefined) throw new Error(`${path} names ${file}, which is not in the image`);
        named.add(file);
        return `new URL('${to}', import.meta.url)`;
      });
      return { contents: renamed, loader: 'ts' };
    });
    bundler.onEnd(() => {
      const forgotten = Object.keys(neighbours).filter((file) => !named.has(file));
      if (forgotten.length > 0) throw new Error(`no source names ${forgotten.join(', ')}`);
    });
  },
};

const client = '@kubernetes/client-node';

/**
 * Of the official client only its reader of kubeconfigs is used. The client does not say that its modules may be left out,
 * so that 15 MiB of API classes came along which nothing ever loaded.
 */
export const onlyTheReader: Plugin = {
  name: 'only the reader of kubeconfigs',
  setup(bundler) {
    const inside = `${join(root, 'node_modules', client, 'dist')}/`;
    bundler.onResolve({ filter: new RegExp(`^${client}$`) }, () => ({ path: client, namespace: 'reader' }));
    bundler.onLoad({ filter: /./, namespace: 'reader' }, () => ({
      contents: `export { KubeConfig } from './node_modules/${client}/dist/config.js';`,
      resolveDir: root,
    }));
    bundler.onResolve({ filter: /^\./ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === client || !importer.startsWith(inside)) return undefined;
      const found = await bundler.resolve(path, { importer, resolveDir, kind, pluginData: client });
      return { path: found.path, sideEffects: false };
    });
  },
};

/** Bundles the product into an empty folder. The answer says which sources and packages went into which file. */
export async function bundleProduct(folder: string): Promise<Metafile> {
  const metafile = await bundle(programs, folder, [renameNeighbours, onlyTheReader]);
  const path = join(folder, typed);
  writeFileSync(path, typedStart + readFileSync(path, 'utf8'));
  chmodSync(path, 0o755);
  return metafile;
}

/** Bundles programs, by name in the folder and path in this repository. */
export async function bundle(
  entries: Readonly<Record<string, string>>,
  folder: string,
  plugins: Plugin[] = [],
): Promise<Metafile> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    entryPoints: Object.entries(entries).map(([out, path]) => ({ out, in: join(root, path) })),
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // What only some calls need is a file of its own, loaded when it is needed: the reader of kubeconfigs, each command.
    splitting: true,
    chunkNames: 'part-[hash]',
    // Packages that are CommonJS ask for Node's own modules by `require`, which an ES module does not have.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    legalComments: 'eof',
    plugins,
    metafile: true,
    absWorkingDir: root,
    logLevel: 'warning',
  });
  // Says what the files are, so that Node need not find out by trying, and to the plugin its version.
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ version, type: 'module', private: true })}\n`,
  );
  return metafile;
}
