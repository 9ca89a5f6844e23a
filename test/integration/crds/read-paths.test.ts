import { expect, it } from 'vitest';
import { comparePaths } from './read-paths.ts';

it('reads generated paths as the real API server does, by its audit log', async () => {
  const { differences, read, unlogged } = await comparePaths(600, 1);
  expect(differences).toEqual([]);
  expect(unlogged).toEqual([]);
  expect(read).toBeGreaterThan(300);
});
