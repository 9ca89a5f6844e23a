/** Whether `npm ci` works with the lock file wherever it is run: it refuses one that lacks a package of any platform. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly version?: string;
  readonly integrity?: string;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

/** Where Node would find a package from the folder of another one: there, or in a folder above it. */
function placeOf(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[place] !== undefined) return place;
    if (folder === '') return undefined;
  }
}

const optional = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
  Object.keys(optionalDependencies).map((name) => ({ name, from })),
);

it('names every optional package of every platform, each with its version and hash', () => {
  expect(optional.length).toBeGreaterThan(50);
  const missing = optional.filter(({ name, from }) => {
    const found = packages[placeOf(name, from) ?? ''];
    return found?.version === undefined || found.integrity === undefined;
  });
  expect(missing.map(({ name }) => name)).toEqual([]);
});
