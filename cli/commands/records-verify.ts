/** `records verify`: checks that these are the records that were written. */
import type { Command } from '../command.ts';
import { addSourceOptions } from '../records/record-source.ts';

const help = `
What is checked: canonical form, schema, contiguous sequence, each record's citation of the one before, times that never
go back, an intent for each outcome, an outcome or a recovery for each intent, the name and the end of the log as its
source remembers them, and in a records file every table beside the records, rebuilt from them.

A person or a program that can write the file can make all of that again. Only a head that was kept elsewhere shows it: give --head, as
"records head" printed it. Up to the record that it names nothing was then changed, removed or added; without one the
answer is "cannot tell". docs/records.md lists what is found and what is not.

A part that "records export" wrote is verified by itself, from its first record to its last, with the manifest beside it.

Exit codes: 0 intact, 1 changed (the first bad record is named), 2 something is missing, 3 cannot tell, 4 usage.`;

export const recordsVerify: Command = {
  words: ['records', 'verify'],
  summary: 'Check that no record was changed, removed, added or moved',
  cluster: true,
  output: ['json', 'yaml'],
  configure(parser) {
    addSourceOptions(parser);
    parser
      .option(
        '--head <seq:hash>',
        'the head as it was printed earlier, kept where the log could not be changed',
      )
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const file = input.option('file');
    const { hasManifest } = await import('../records/part-manifest.ts');
    if (file !== undefined && hasManifest(file)) {
      const { verifyPart } = await import('../records/verify-part.ts');
      return verifyPart(file, input, terminal);
    }
    const { verifySource } = await import('../records/verify-source.ts');
    return verifySource(input, terminal);
  },
};
