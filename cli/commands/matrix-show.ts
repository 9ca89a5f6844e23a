/** `matrix show`: a matrix as a table, to be laid beside the vendor's document. */
import type { Command } from '../command.ts';

const help = `
A word with a slash or with .yaml, .yml or .json at its end is a file, - is stdin, and any other is the name of an installed
matrix. The table has a row for each module and sub-module and a column for each action; below it stand what is never allowed, and
the Kubernetes rights in words.

Exit codes: 0 shown, 1 something is wrong with it, 3 cannot be read, 4 usage.`;

export const matrixShow: Command = {
  words: ['matrix', 'show'],
  summary: 'Show a permission matrix as a table of modules and actions',
  cluster: true,
  names: { arguments: ['matrices'] },
  output: ['json', 'yaml'],
  configure(parser) {
    parser
      .argument('[matrix]', 'the name, the file or -')
      .option('--system <name>', 'a matrix that comes with the product, for example casepoint-ecase')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { showMatrix } = await import('../matrix/show-matrix.ts');
    return showMatrix(input, terminal);
  },
};
