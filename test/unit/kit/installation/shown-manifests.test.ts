/** Manifests as the demo shows them: one line between two documents, whether or not the file has one, and no long values. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { shownManifests } from '../../../kit/installation/shown-manifests.ts';

const example = async (file: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`../../../../examples/${file}`, import.meta.url)), 'utf8');

it.each([
  ['casepoint-ecase/users.yaml', 1],
  ['own-application.yaml', 3],
  ['lock.yaml', 0],
])('%s is shown with one line between two documents', async (file, lines) => {
  const shown = shownManifests(await example(file)).split('\n');
  expect(shown.filter((line) => line === '---')).toHaveLength(lines);
});

it('a long value is cut, and says how long it is', () => {
  const shown = shownManifests(JSON.stringify({ spec: { metadata: 'x'.repeat(500), reason: 'short' } }));
  expect(shown).toContain('… (500 characters)');
  expect(shown).toContain('reason: short');
});
