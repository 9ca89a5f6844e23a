/** `check`: says whether the installation works. */
import type { Command } from '../command.ts';
import { ownVersion } from './version.ts';

const help = `
Prints what it looked at, each with ok, "to do", "not seen" or failed. Where nothing is installed yet, it looks at what an
installation will meet; --before does so where an earlier one has left something. It changes nothing: that the API server asks
the webhook is seen by a dry run. In a pod without a kubeconfig it uses the pod's own account; "helm test" runs it so.

Exit codes: 0 it works, or can be installed; 1 something failed; 3 the cluster cannot be asked; 4 usage.`;

export const check: Command = {
  words: ['check'],
  summary: 'Say whether it can be installed here, or works, and what is still to do',
  cluster: true,
  configure(parser) {
    parser
      .option('-n, --namespace <namespace>', 'where the release is', 'support-access')
      .option('--before', 'look at what an installation would meet')
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
