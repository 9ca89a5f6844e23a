/** `routes lint`: what is wrong or unwise in the routes of an application, beside the matrix that is to hold for it. */
import type { Command } from '../command.ts';

const help = `
kubectl support-access routes lint ecase -n ecase
kubectl support-access routes lint application.yaml --system casepoint-ecase

A word with a slash or with .yaml, .yml or .json at its end is a file, - is stdin, and any other is the name of an application of the
namespace. Without --matrix or --system the matrices are those of the grants that name the application, or those beside it in the file.
It says which routes no action covers, which actions no route leads to, which routes are never met, paths that read like regular
expressions, and all that is refused when it is applied.

Exit codes: 0 nothing is wrong, 1 something is (with --strict also: something is unwise), 3 cannot be read, 4 usage.`;

export const routesLint: Command = {
  words: ['routes', 'lint'],
  summary: 'Say all that is wrong or unwise in the routes of an application, beside a matrix',
  cluster: true,
  names: { arguments: ['applications'], options: { matrix: 'matrices' } },
  output: ['json', 'yaml'],
  configure(parser) {
    parser
      .argument('[application]', 'the name, the file or -')
      .option(
        '--matrix <matrix...>',
        'the matrix that is to hold for it: a name or a file; may be given several times',
      )
      .option('--system <name>', 'a matrix that comes with the product, for example casepoint-ecase')
      .option('--strict', 'what is unwise counts as wrong')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { lintRoutes } = await import('../matrix/lint.ts');
    return lintRoutes(input, terminal);
  },
};
