/** `matrix diff`: what one matrix lets in that another does not. */
import type { Command } from '../command.ts';

const help = `
kubectl support-access matrix diff shop-3 shop-4.yaml

A word with a slash or with .yaml, .yml or .json at its end is a file, - is stdin, and any other is the name of an installed
matrix. It says first whether B lets more in. What cannot be told for certain, such as other versions, counts as more.

Exit codes: 0 no difference, 1 a difference, 3 one of them cannot be read, 4 usage.`;

export const matrixDiff: Command = {
  words: ['matrix', 'diff'],
  summary: 'Say what one permission matrix lets in that another does not',
  cluster: true,
  names: { arguments: ['matrices', 'matrices'] },
  output: ['json', 'yaml'],
  configure(parser) {
    parser
      .argument('<a>', 'the name, the file or -')
      .argument('[b]', 'the other one: the name, the file or -')
      .option('--system <name>', 'the one that comes with the product is A, for example casepoint-ecase')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { diffMatrices } = await import('../matrix/diff-matrices.ts');
    return diffMatrices(input, terminal);
  },
};
