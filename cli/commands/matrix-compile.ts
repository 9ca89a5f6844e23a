/** `matrix compile`: a matrix and what it needs in the cluster, ready to apply; or everything that is wrong with it. */
import { defaultNamespaces } from '../../crds/names.ts';
import type { Command } from '../command.ts';

const help = `
FILE holds one SupportPermissionMatrix as YAML or JSON; - is stdin. Printed are the matrix and, where it gives Kubernetes
rights, its ClusterRole and the operator's right to bind that role by name. Rules that would lead to more rights than are
written down are refused.

Exit codes: 0 printed, 1 refused (every problem on stderr), 3 cannot be read, 4 usage.`;

export const matrixCompile: Command = {
  words: ['matrix', 'compile'],
  summary: 'Print a permission matrix with the roles that it needs, to apply',
  configure(parser) {
    parser
      .argument('[file]', 'the file; - is stdin')
      .option('--system <name>', 'a matrix that comes with the product, for example casepoint-ecase')
      .option('--release-namespace <name>', 'where the operator runs', defaultNamespaces.release)
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { compileFile } = await import('../matrix/compile-file.ts');
    return compileFile(input, terminal);
  },
};
