/**
 * `npm run bundle [-- folder]`: the programs of the image, each one file that needs Node and nothing else. They do what
 * the sources do; what differs is that no module is looked for at run time.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'dist'));

/** THE list of what is bundled: file name in the image, and where it begins. */
const programs = {
  operator: 'operator/main.ts',
  webhook: 'webhook/main.ts',
  'sqlite-worker': 'webhook/in-cluster/records/sqlite/worker.ts',
};

/** A source that starts another one as a thread names it by its URL; in the image that neighbour is a bundle. */
const neighbours = {
  source: 'webhook/in-cluster/records/sqlite/store.ts',
  from: './worker.ts',
  to: './sqlite-worker.js',
};

const renameNeighbours: Plugin = {
  name: 'rename neighbours',
  setup(bundler) {
    let renamed = 0;
    bundler.onLoad({ filter: /[/\\]store\.ts$/ }, async ({ path }) => {
      if (relative(root, path) !== neighbours.source) return undefined;
      const text = await readFile(path, 'utf8');
      const parts = text.split(`new URL('${neighbours.from}', import.meta.url)`);
      if (parts.length !== 2)
        throw new Error(`${path} does not start ${neighbours.from} exactly once, as the bundle expects`);
      renamed++;
      return { contents: parts.join(`new URL('${neighbours.to}', import.meta.url)`), loader: 'ts' };
    });
    // Without this, a store that moves would be bundled as it is and only fail in the image, at its start.
    bundler.onEnd(() => {
      if (renamed !== 1) throw new Error(`${neighbours.source} was bundled ${renamed} times, not once`);
    });
  },
};

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const { metafile } = await build({
  entryPoints: Object.entries(programs).map(([out, path]) => ({ out, in: join(root, path) })),
  outdir: folder,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // The official client's 16 MiB are needed where a kubeconfig is read, which no pod does: a file of its own, never loaded there.
  splitting: true,
  chunkNames: 'part-[hash]',
  // Packages that are CommonJS ask for Node's own modules by `require`, which an ES module does not have.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  legalComments: 'eof',
  plugins: [renameNeighbours],
  metafile: true,
  absWorkingDir: root,
  logLevel: 'warning',
});
// Says what the files are, so that Node need not find out by trying.
writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ type: 'module', private: true })}\n`);
for (const [path, { bytes }] of Object.entries(metafile.outputs))
  console.log(`${relative(process.cwd(), resolve(root, path))}  ${(bytes / 2 ** 20).toFixed(1)} MiB`);
