/** `records print`: who did what, as a table for people or as data. */
import type { Command } from '../command.ts';
import { addSourceOptions, printFormats } from '../records/record-source.ts';

const help = `
Without --file or --url the records of the installation are read through a port that the API server forwards: as you, by the
client certificate of your kubeconfig or the reader account that the installation has for you. That you read them is recorded.
The time is when it happened; when it was recorded is said where that is a second or more apart.
-o wide prints a record a line, with everything that has a column, both times among it; json writes one record a line in its canonical form: a copy that "records verify --file" can check.
Lines that are no records are named on stderr and make the exit code 1.`;

export const recordsPrint: Command = {
  words: ['records', 'print'],
  summary: 'Print the records',
  cluster: true,
  configure(parser) {
    addSourceOptions(parser);
    parser
      .option('-o, --output <format>', printFormats.join(', '), 'table')
      .option('--after <seq>', 'only records after this sequence number', '0')
      .option('--grant <name>', 'only of this grant: case-4711, or ecase/case-4711')
      .option(
        '--person <name>',
        'only what this person or program did or asked for, by the name in the records',
      )
      .option(
        '--since <time>',
        'only from then on: 4h, 2d (so long ago), "2026-12-04 18:00", 2026-12-04T17:00:00Z',
      )
      .option('--until <time>', 'only before then')
      .option('--limit <count>', 'at most so many records')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { printSource } = await import('../records/print-source.ts');
    return printSource(input, terminal);
  },
};
