/** `case list`: the support cases that you may read. */
import type { Command } from '../command.ts';

const help = `
kubectl support-access case list -n ecase
kubectl support-access case list --closed -o yaml

Your own cases; elevated contacts of the policy see all of them. "kubectl get supportcases" lists them for elevated contacts alone,
since Kubernetes gives no right to a part of a list; "kubectl get supportcase NAME" works for each of your own.`;

export const caseList: Command = {
  words: ['case', 'list'],
  summary: 'List your support cases',
  cluster: true,
  output: ['json', 'yaml', 'name'],
  configure(parser) {
    parser
      .option('-A, --all-namespaces', 'in all namespaces, for elevated contacts')
      .option('--closed', 'closed ones too')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { listCases } = await import('../cases/list-cases.ts');
    return listCases(input, terminal);
  },
};
