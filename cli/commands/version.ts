/** `version`: prints the version of the plugin. */
import { readFile } from 'node:fs/promises';
import type { Command } from '../command.ts';
import { exitCodes } from '../command.ts';

export const version: Command = {
  words: ['version'],
  summary: 'Print the version of this plugin',
  configure: () => undefined,
  async run(_input, terminal) {
    const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
    await terminal.out(`${String((JSON.parse(text) as { version?: unknown }).version)}\n`);
    return exitCodes.good;
  },
};
