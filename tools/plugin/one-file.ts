/**
 * The plugin as one file: JavaScript that any Node from version 20 on runs, on Linux, macOS and Windows, with nothing beside it.
 * It does what the sources do.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { onlyTheReader, root, version } from '../image/bundles.ts';
import { joinParts } from './parts.ts';

/** The oldest Node that runs it: the first of 20 with `process.getBuiltinModule`. */
const oldestNode = '20.16.0';

/**
 * Without an ending the file is CommonJS, but a module where a package.json above it says that all its files are modules. It
 * runs as either.
 */
const requireOfNode = `const nodeRequire =
  typeof require === 'function' ? require : process.getBuiltinModule('node:module').createRequire(process.argv[1]);`;

/** What that Node lacks and the sources use. */
const sinceThen = `Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new this((one, other) => { resolve = one; reject = other; });
  return { promise, resolve, reject };
};
if (major < 22 || (major === 22 && minor < 10)) nodeRequire('node:worker_threads').markAsUncloneable = () => undefined;`;

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
    bundler.onResolve(
      { filter: /^\.\/(web-socket|proxy-agent)\.js$/, namespace: 'dispatcher' },
      ({ path }) => ({
        path,
        external: true,
      }),
    );
    bundler.onLoad({ filter: /./, namespace: 'dispatcher' }, () => ({
      contents: `
        import Agent from './node_modules/undici/lib/dispatcher/agent.js';
        import Dispatcher from './node_modules/undici/lib/dispatcher/dispatcher.js';
        import buildConnector from './node_modules/undici/lib/core/connect.js';
        import api from './node_modules/undici/lib/api/index.js';
        Object.assign(Dispatcher.prototype, api);
        export { Agent, buildConnector };
        // Parts of their own, loaded for who reads records through the API server, or reaches it by a proxy.
        export class WebSocket {
          constructor(...given) {
            const { WebSocket: Real } = require('./web-socket.js').default;
            return new Real(...given);
          }
        }
        export class ProxyAgent {
          constructor(...given) {
            const { default: Real } = require('./proxy-agent.js');
            return new Real(...given);
          }
        }`,
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

/** HTTP/2 is never asked for, and Node takes as long to load it as for all else that a call needs. */
const noHttp2: Plugin = {
  name: 'no HTTP/2',
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/ }, () => ({
      contents: `module.exports = () => { throw new Error('HTTP/2 is not in this file'); };`,
    }));
  },
};

/** The parser could start a program for each command, and loads what starts programs; ours are all in the file. */
const noProgramsOfCommands: Plugin = {
  name: 'no programs of commands',
  setup(bundler) {
    bundler.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: 'no programs', namespace: 'no programs' } : undefined,
    );
    bundler.onLoad({ filter: /./, namespace: 'no programs' }, () => ({ contents: 'export default {};' }));
  },
};

/**
 * One reader of YAML is enough: ours also reads kubeconfigs for the official client, which brings another. It warns of nothing, and
 * quotes nothing: its warnings and errors would print the line, and a token may stand there.
 */
const oneYaml: Plugin = {
  name: 'one reader of YAML',
  setup(bundler) {
    bundler.onResolve({ filter: /^js-yaml$/ }, () => ({ path: 'js-yaml', namespace: 'yaml' }));
    bundler.onLoad({ filter: /./, namespace: 'yaml' }, () => ({
      contents: `import { parse } from 'yaml';
        export const load = (text) => parse(text, { logLevel: 'error', prettyErrors: false });`,
      resolveDir: root,
    }));
  },
};

/** Nor its programs that speak to proxies, which it loads at once and only it would use. */
const noProxies: Plugin = {
  name: 'no proxies of the official client',
  setup(bundler) {
    bundler.onResolve({ filter: /^(hpagent|socks|socks-proxy-agent)$/ }, ({ importer }) =>
      importer.includes('client-node') ? { path: 'no proxy', namespace: 'no proxy' } : undefined,
    );
    bundler.onLoad({ filter: /./, namespace: 'no proxy' }, () => ({
      contents: `export class HttpProxyAgent { constructor() { throw new Error('not in this file'); } }
        export { HttpProxyAgent as HttpsProxyAgent, HttpProxyAgent as SocksProxyAgent, HttpProxyAgent as SocksClient };`,
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
 * Writes it into a folder. Its name is the one that kubectl looks for. The answer is its path.
 */
export async function bundlePlugin(folder: string): Promise<string> {
  const file = join(folder, 'kubectl-support_access');
  mkdirSync(folder, { recursive: true });
  const { outputFiles } = await build({
    entryPoints: [
      { in: join(root, 'cli/main.ts'), out: 'main' },
      { in: join(root, 'node_modules/undici/lib/web/websocket/websocket.js'), out: 'web-socket' },
      { in: join(root, 'node_modules/undici/lib/dispatcher/proxy-agent.js'), out: 'proxy-agent' },
    ],
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: `node${oldestNode}`,
    format: 'esm',
    // What only some calls need is a part of its own: each command, the reader of kubeconfigs, what sends requests.
    splitting: true,
    chunkNames: 'part-[hash]',
    minify: true,
    legalComments: 'external',
    plugins: [
      writtenVersion,
      noGeneratedClasses,
      noProxies,
      noHttp2,
      noProgramsOfCommands,
      oneYaml,
      onlyTheReader,
      onlyTheDispatcher,
    ],
    write: false,
    absWorkingDir: root,
    logLevel: 'warning',
  });
  const text = await joinParts(
    outputFiles.map(({ path, text: content }) => ({ name: basename(path), content })),
  );
  writeFileSync(file, `#!/usr/bin/env node\n${checkNode}\n${requireOfNode}\n${sinceThen}\n${text}`);
  chmodSync(file, 0o755);
  writeFileSync(`${file}.cmd`, forWindows);
  return file;
}
