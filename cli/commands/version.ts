/** `version`: which plugin is this? */
import { readFile } from 'node:fs/promises';
import { exitCodes } from '../exit-codes.ts';
import type { Command } from './command.ts';

export const version: Command = {
  words: ['version'],
  summary: 'Print the version of this plugin',
  configure: () => undefined,
  async run(_asked, terminal) {
    const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
    await terminal.out(`${String((JSON.parse(text) as { version?: unknown }).version)}\n`);
    return exitCodes.good;
  },
};
