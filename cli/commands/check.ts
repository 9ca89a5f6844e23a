/** `check`: says whether the installation works. */
import type { Command } from '../command.ts';
import { ownVersion } from './version.ts';

const help = `
Prints what it looked at, each with ok, "to do" or failed, and exits with 1 when something failed. It changes nothing: that the
API server asks the webhook is seen by a dry run. In a pod it uses the pod's own account; "helm test" runs it so.`;

export const check: Command = {
  words: ['check'],
  summary: 'Say whether the installation works, and what is still to do',
  configure(parser) {
    parser
      .option('-n, --namespace <namespace>', 'where the release is', 'support-access')
      .option('--kubeconfig <file>', 'kubeconfig, when it is another one than kubectl would take')
      .option('--context <name>', 'context of the kubeconfig')
      .option(
        '--token-file <file>',
        'token for the audience support-access, to call the records from within the cluster',
      )
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { checkInstallation } = await import('../check/check-installation.ts');
    return checkInstallation(input, terminal, await ownVersion());
  },
};
