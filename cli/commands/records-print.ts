/** `records print`: who did what, as a table for people or as data. */
import type { Command } from '../command.ts';
import { addSourceOptions, printFormats } from '../records/record-source.ts';

const help = `
json writes one record a line in its canonical form: a copy that "records verify --file" can check.
Lines that are no records are named on stderr and make the exit code 1.`;

export const recordsPrint: Command = {
  words: ['records', 'print'],
  summary: 'Print the records',
  configure(parser) {
    addSourceOptions(parser);
    parser
      .option('-o, --output <format>', printFormats.join(', '), 'table')
      .option('--after <seq>', 'only records after this sequence number', '0')
      .option('--limit <count>', 'at most so many records')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { printSource } = await import('../records/print-source.ts');
    return printSource(input, terminal);
  },
};
