/** `explain`: what the records say of the reference number on the page of a refusal. */
import type { Command } from '../command.ts';
import { addSourceOptions } from '../records/record-source.ts';

const help = `
kubectl support-access explain A1B2-C3D4-E5F6

The number stands on the page that a refused person reads. Printed are when, who, from where, what was refused, by which rule, and what was
received against what was expected. Small and capital letters are the same. That you read the records is recorded.

Exit codes: 0 found, 1 no such record, 3 the records cannot be read, 4 usage.`;

export const explain: Command = {
  words: ['explain'],
  summary: 'Say what the reference number on the page of a refusal stands for',
  cluster: true,
  output: ['json', 'yaml'],
  configure(parser) {
    addSourceOptions(parser);
    parser.argument('<reference>', 'the number on the page').addHelpText('after', help);
  },
  async run(input, terminal) {
    const { explainReference } = await import('../records/explain-reference.ts');
    return explainReference(input, terminal);
  },
};
