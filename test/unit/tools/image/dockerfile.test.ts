/** Does the Dockerfile say what the image tool does? What it builds is compared file by file in test/e2e/image.test.ts. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { environment, user } from '../../../../tools/image/ground.ts';
import { command, labels } from '../../../../tools/image/product.ts';

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const dockerfile = read('Dockerfile');
const pinned = Object.values(
  (JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> }).optionalDependencies,
);

it('builds the image on exactly the Node that package.json pins and that runs the tests', () => {
  const bases = [...dockerfile.matchAll(/^ARG NODE_IMAGE=node:(\S+)/gm)].map(([, tag]) => tag);
  expect(bases).toHaveLength(1);
  for (const version of pinned) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(bases[0]).toMatch(new RegExp(`^${version.replaceAll('.', '\\.')}-`));
    expect(process.versions.node).toBe(version);
  }
});

it('takes every file of the image from the image tool, and none from a base', () => {
  const [, last = ''] = dockerfile.split(/^FROM scratch$/m);
  expect(dockerfile.match(/^FROM /gm)).toHaveLength(2);
  expect([...last.matchAll(/^(?:COPY|ADD|RUN) .*/gm)].map(([line]) => line)).toEqual([
    'COPY --from=build /image/ /',
  ]);
});

it('gives user, environment, command and labels as the image tool does', () => {
  const said = (word: string): string[] =>
    [...dockerfile.matchAll(new RegExp(`^${word} (.*)`, 'gm'))].map(([, rest = '']) => rest);
  expect(said('USER')).toEqual([user]);
  expect(said('ENV')).toEqual(environment);
  expect(said('CMD').map((text) => JSON.parse(text) as unknown)).toEqual([command]);
  const labelled = [...dockerfile.matchAll(/(org\.opencontainers\.image\.\w+)="([^"]*)"/g)];
  expect(Object.fromEntries(labelled.map(([, key, value]) => [key, value]))).toEqual(labels('${REVISION}'));
});

it('lets the build see every folder and file that it copies, and nothing else', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  );
  const visible = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, name]) => name);
  expect(new Set(visible)).toEqual(new Set(copied));
});
