/** Is the image made of what was tested? No container engine runs here, so the Dockerfile is read. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const pinned = Object.values(
  (JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> }).optionalDependencies,
);

it('builds the image on exactly the Node that package.json pins and that runs the tests', () => {
  const bases = [...read('Dockerfile').matchAll(/^FROM node:(\S+)/gm)].map(([, tag]) => tag);
  expect(bases).toHaveLength(1);
  for (const version of pinned) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(bases[0]).toMatch(new RegExp(`^${version.replaceAll('.', '\\.')}-`));
    expect(process.versions.node).toBe(version);
  }
});

it('takes the Node of the image from that base and from nowhere else', () => {
  const text = read('Dockerfile');
  expect(text).toContain('COPY --from=build /usr/local/bin/node /usr/local/bin/node');
  expect(text.match(/^FROM /gm)).toHaveLength(2);
});
