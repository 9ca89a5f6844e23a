/** Which packages the product may use, and by which of them it serves HTTP. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../kit/architecture/source-files.ts';
import { complaints, product } from './sources.ts';

const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

/** `@scope/name` or `name` of `name/some/file.js`. */
function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

describe('packages', () => {
  it('of the product are its dependencies: what only tests and tools use is for development', () => {
    const found = complaints(product, (file) =>
      file.theirs
        .filter((name) => !name.startsWith('node:') && !Object.hasOwn(dependencies, packageOf(name)))
        .map((name) => `${file.path} imports ${name}`),
    );
    expect(found).toEqual([]);
  });

  it('that are dependencies are all used by the product', () => {
    const used = new Set(product.flatMap(({ theirs }) => theirs.map(packageOf)));
    expect(Object.keys(dependencies).filter((name) => !used.has(name))).toEqual([]);
  });
});

/** In a bundle `import()` gives of a CommonJS package its default alone, so that what works in the sources fails there. */
describe('packages that are loaded when they are needed', () => {
  it('are modules themselves, or are imported by a file of ours that is', () => {
    const found = complaints(product, ({ path }) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/\bimport\('([^.'][^']*)'\)/g)]
        .map(([, name = '']) => name)
        .filter((name) => !name.startsWith('node:') && !isModule(packageOf(name)))
        .map((name) => `${path} imports ${name} when it is needed`),
    );
    expect(found).toEqual([]);
  });
});

function isModule(name: string): boolean {
  const file = join(root, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly type?: string }).type === 'module';
}

/** What faces the internet is served by Node alone; what faces the cluster by express. */
describe('HTTP', () => {
  const facingTheCluster = /^(process|webhook\/in-cluster)\//;
  const listener = 'webhook/gateway/listener/listener.ts';

  it('is served by express inside the cluster only', () => {
    const served = product.filter(({ theirs }) => theirs.includes('express')).map(({ path }) => path);
    expect(served.length).toBeGreaterThan(0);
    expect(served.filter((path) => !facingTheCluster.test(path))).toEqual([]);
  });

  it('is listened to in no other place than health, the inner listeners and the one of the gateway', () => {
    const listening = product.filter(({ mentions }) => mentions.has('createServer')).map(({ path }) => path);
    expect(listening).toContain(listener);
    expect(listening.filter((path) => path !== listener && !facingTheCluster.test(path))).toEqual([]);
  });
});
