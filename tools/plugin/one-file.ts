/**
 * The plugin as one file: JavaScript that any Node from version 20 on runs, on Linux, macOS and Windows, with nothing beside it.
 * It does what the sources do.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { onlyTheReader, root, version } from '../image/bundles.ts';

/** The oldest Node that runs it; the first with `hash` of node:crypto. */
const oldestNode = '20.12.0';

/** What that Node lacks and the sources use. */
const sinceThen = `Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new this((one, other) => { resolve = one; reject = other; });
  return { promise, resolve, reject };
};
require('node:worker_threads').markAsUncloneable ??= () => undefined;`;

const ownVersion = /await readFile\(new URL\('\.\.\/\.\.\/package\.json', import\.meta\.url\), 'utf8'\)/;

/** The version is written in: there is no package.json beside the one file. */
const writtenVersion: Plugin = {
  name: 'written version',
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]cli[\\/]commands[\\/]version\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!ownVersion.test(text)) throw new Error(`${path} reads its version in another way`);
      return { contents: text.replace(ownVersion, `'${JSON.stringify({ version })}'`), loader: 'ts' };
    });
  },
};

/**
 * Of undici only what sends requests. Its `fetch`, caches and mocks are half of what there is, are never called here, and
 * need a newer Node as soon as they are loaded.
 */
const onlyTheDispatcher: Plugin = {
  name: 'only the dispatcher',
  setup(bundler) {
    bundler.onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'dispatcher' }));
    bundler.onLoad({ filter: /./, namespace: 'dispatcher' }, () => ({
      contents: `
        import Agent from './node_modules/undici/lib/dispatcher/agent.js';
        import Dispatcher from './node_modules/undici/lib/dispatcher/dispatcher.js';
        import buildConnector from './node_modules/undici/lib/core/connect.js';
        import api from './node_modules/undici/lib/api/index.js';
        Object.assign(Dispatcher.prototype, api);
        export { Agent, buildConnector };
        // Half of undici comes with it, so it is loaded when records are read through the API server, and never before.
        export class WebSocket {
          constructor(...given) {
            const { WebSocket: Real } = require('./node_modules/undici/lib/web/websocket/websocket.js');
            return new Real(...given);
          }
        }
        export class ProxyAgent { constructor() { throw new Error('proxies are not supported'); } }`,
      resolveDir: root,
    }));
  },
};

/** Of the official client not the classes that call the API server either: the plugin calls it by itself. */
const noGeneratedClasses: Plugin = {
  name: 'no generated classes',
  setup(bundler) {
    bundler.onResolve({ filter: /^\.\/(gen\/index|middleware)\.js$/ }, ({ importer }) =>
      importer.includes('client-node') ? { path: 'none', namespace: 'none' } : undefined,
    );
    bundler.onLoad({ filter: /./, namespace: 'none' }, () => ({
      contents: `const none = () => { throw new Error('not in this file'); };
        export { none as createConfiguration, none as ServerConfiguration, none as setHeaderMiddleware };`,
    }));
  },
};

/** Node that is too old would stop at the first word it does not know, with a stack. */
const checkNode = `const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 12)) {
  process.stderr.write('kubectl support-access needs Node ${oldestNode} or newer; this is ' + process.versions.node + '\\n');
  process.exit(3);
}`;

/** What kubectl finds on Windows, beside the file itself. */
const forWindows = '@node "%~dp0kubectl-support_access" %*\r\n';

/**
 * Writes it into a folder. Its name is the one that kubectl looks for; without an ending it is CommonJS to every Node. The
 * answer is its path.
 */
export async function bundlePlugin(folder: string): Promise<string> {
  const file = join(folder, 'kubectl-support_access');
  mkdirSync(folder, { recursive: true });
  const { outputFiles } = await build({
    entryPoints: [join(root, 'cli/main.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: `node${oldestNode}`,
    format: 'cjs',
    minify: true,
    legalComments: 'eof',
    plugins: [writtenVersion, noGeneratedClasses, onlyTheReader, onlyTheDispatcher],
    write: false,
    absWorkingDir: root,
    logLevel: 'warning',
  });
  const [{ text } = { text: '' }] = outputFiles;
  writeFileSync(file, `#!/usr/bin/env node\n${checkNode}\n${sinceThen}\n${text}`);
  chmodSync(file, 0o755);
  writeFileSync(`${file}.cmd`, forWindows);
  return file;
}
