/** The bundles can be made of the sources as they are now. What they do is tried in test/e2e/bundles.test.ts. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleProduct } from '../../../../tools/image/bundles.ts';
import { bundledPackages } from '../../../../tools/image/packages.ts';

let folder: string;
let metafile: Awaited<ReturnType<typeof bundleProduct>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'support-access-bundles-'));
  metafile = await bundleProduct(folder);
  // Two cores that do other things as well take two minutes for it.
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('names no file that is not beside it in the image', () => {
  const names = readdirSync(folder);
  const named = names.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/new URL\("([^"]+)", import\.meta\.url\)/g)].map(
      ([, path = '']) => path,
    ),
  );
  expect(new Set(named)).toEqual(new Set(['./search-worker.js', './sqlite-worker.js', './package.json']));
  for (const path of named) expect(names).toContain(path.slice('./'.length));
});

it('holds packages that the lock file knows, each with the licence that copies must carry', () => {
  const packages = bundledPackages(metafile);
  expect(packages.length).toBeGreaterThan(20);
  for (const { integrity } of packages) expect(integrity).toMatch(/^sha512-/);
  const silent = packages.filter(({ license, texts }) => license === '' && texts.length === 0);
  expect(silent.map(({ name }) => name)).toEqual([]);
});
