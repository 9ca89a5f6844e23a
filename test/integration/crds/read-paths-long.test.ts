import { expect, it } from 'vitest';
import { comparePaths } from './read-paths.ts';

it('reads 5,000 generated paths as the real API server does, by its audit log', async () => {
  const { differences, read, unlogged } = await comparePaths(8000, 20_261_201);
  expect(differences).toEqual([]);
  expect(unlogged).toEqual([]);
  expect(read).toBeGreaterThanOrEqual(5000);
});
