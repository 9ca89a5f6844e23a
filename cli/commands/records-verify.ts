/** `records verify`: are these the records that were written? */
import { addSourceOptions } from '../records/source-options.ts';
import type { Command } from './command.ts';

const help = `
What is checked: canonical form, schema, contiguous sequence, each record's citation of the one before, times that never
go back, an intent for each outcome, an outcome or a recovery for each intent, and the remembered head. A records file
and the records door remember their head; for a plain copy, or against somebody who could change that too, give --head.

Exit codes: 0 intact, 1 changed (the first bad record is named), 2 something is missing, 3 cannot tell, 4 usage.`;

export const recordsVerify: Command = {
  words: ['records', 'verify'],
  summary: 'Check that no record was changed, removed, added or moved',
  configure(parser) {
    addSourceOptions(parser);
    parser
      .option(
        '--head <seq:hash>',
        'the head as it was printed earlier, kept where the log could not be changed',
      )
      .option('-o, --output <format>', 'text or json', 'text')
      .addHelpText('after', help);
  },
  async run(asked, terminal) {
    const { verifySource } = await import('../records/verify-source.ts');
    return verifySource(asked, terminal);
  },
};
