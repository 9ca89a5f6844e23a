/** `records head`: prints the end of the records, to be kept where they cannot be changed. */
import type { Command } from '../command.ts';
import { addSourceOptions } from '../records/record-source.ts';

const help = `
Prints sequence and hash of the last record, as 42:<64 hex digits>. Keep it where those who can write the records cannot
write: "records verify --head" then shows whether anything up to it was changed or removed. It checks nothing itself.`;

export const recordsHead: Command = {
  words: ['records', 'head'],
  summary: 'Print the end of the records, for a later verify',
  cluster: true,
  configure(parser) {
    addSourceOptions(parser);
    parser.addHelpText('after', help);
  },
  async run(input, terminal) {
    const { printHead } = await import('../records/print-head.ts');
    return printHead(input, terminal);
  },
};
