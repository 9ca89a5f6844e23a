/** Second source: what an earlier run downloaded or built. Silent: this is the everyday case. */
import type { Source } from '../binary-source.ts';
import { executablesIn } from './executable.ts';

export const cacheFolder: Source = {
  name: 'cache',
  find: async (wanted, { folder }) => executablesIn(folder, wanted),
};
