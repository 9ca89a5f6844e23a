/** `records print`: who did what, as a table for people or as data. */
import type { Command } from '../command.ts';
import { addFilterOptions } from '../records/record-filter.ts';
import { addSourceOptions } from '../records/record-source.ts';

const help = `
Without --file or --url the records of the installation are read through a port that the API server forwards: as you, by the
client certificate of your kubeconfig or the reader account that the installation has for you. That you read them is recorded.
The time is when it happened; when it was recorded is said where that is a second or more apart.
Filters are all to hold at once; any of them searches, by an index of the installation or one by one in a file. Then it is said
under which head of the records it was searched, and after or before which record to go on where --limit ended it. That you searched, and
for what, is recorded once for all of it.
-o wide prints a record a line, with everything that has a column, both times among it; json writes one record a line in its canonical form: a copy that "records verify --file" can check.
Lines that are no records are named on stderr and make the exit code 1.`;

export const recordsPrint: Command = {
  words: ['records', 'print'],
  summary: 'Print the records',
  cluster: true,
  output: ['json', 'yaml', 'wide'],
  configure(parser) {
    addSourceOptions(parser);
    parser
      .option('--after <seq>', 'only records after this sequence number', '0')
      .option('--before <seq>', 'only records before this sequence number')
      .option('--newest-first', 'in the order from the newest to the oldest')
      .option('--by-time', 'in the order in which it happened, not in which it was recorded')
      .option('-f, --follow', 'go on with what is recorded from now on, until Ctrl-C')
      .option(
        '--since <time>',
        'only from then on: 4h, 2d (so long ago), "2026-12-04 18:00", 2026-12-04T17:00:00Z',
      )
      .option('--until <time>', 'only before then')
      .option('--limit <count>', 'at most so many records')
      .addHelpText('after', help);
    addFilterOptions(parser);
  },
  async run(input, terminal) {
    const { printSource } = await import('../records/print-source.ts');
    return printSource(input, terminal);
  },
};
