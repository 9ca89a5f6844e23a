/** `completion`: what a shell reads to complete the plugin's words. */
import { Argument } from 'commander';
import type { Command } from '../command.ts';
import { exitCodes } from '../command.ts';

const help = `
bash, zsh and fish complete "kubectl-support_access". For "kubectl support-access" kubectl's own completion asks a program:
kubectl support-access completion kubectl > ~/bin/kubectl_complete-support_access; chmod +x it.`;

export const completion: Command = {
  words: ['completion'],
  summary: 'Print what a shell needs to complete commands and options',
  configure(parser) {
    parser
      .addArgument(
        new Argument('<shell>', 'which shell, or kubectl itself').choices(['bash', 'zsh', 'fish', 'kubectl']),
      )
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { completionScript, shells } = await import('../completion/scripts.ts');
    const shell = shells.find((known) => known === input.arguments[0]) ?? 'bash';
    await terminal.out(completionScript(shell));
    return exitCodes.good;
  },
};
