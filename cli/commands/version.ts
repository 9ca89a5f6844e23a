/** `version`: prints the version of the plugin. */
import { readFile } from 'node:fs/promises';
import type { Command } from '../command.ts';
import { exitCodes } from '../command.ts';

/** The version of this program. */
export async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version?: unknown }).version);
}

export const version: Command = {
  words: ['version'],
  summary: 'Print the version of this plugin',
  configure: () => undefined,
  async run(_input, terminal) {
    await terminal.out(`${await ownVersion()}\n`);
    return exitCodes.good;
  },
};
