/** `matrix lint`: everything that is wrong or unwise in a matrix, before it is applied. */
import type { Command } from '../command.ts';

const help = `
A word with a slash or with .yaml, .yml or .json at its end is a file, - is stdin, and any other is the name of an installed
matrix. "wrong" is refused when it is applied; "unwise" is taken. Each finding names the field, the value, the rule and the way out.

Exit codes: 0 nothing is wrong, 1 something is (with --strict also: something is unwise), 3 cannot be read, 4 usage.`;

export const matrixLint: Command = {
  words: ['matrix', 'lint'],
  summary: 'Say all that is wrong or unwise in a permission matrix',
  cluster: true,
  names: { arguments: ['matrices'] },
  output: ['json', 'yaml'],
  configure(parser) {
    parser
      .argument('[matrix]', 'the file, - or the name')
      .option('--system <name>', 'a matrix that comes with the product, for example casepoint-ecase')
      .option('--strict', 'what is unwise counts as wrong')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { lintMatrix } = await import('../matrix/lint.ts');
    return lintMatrix(input, terminal);
  },
};
