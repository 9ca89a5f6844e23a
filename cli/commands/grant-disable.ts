/** `grant disable`: takes the access of a grant back. */
import { type Command, writtenFormats } from '../command.ts';

const help = `
Open streams end at once, sessions with them. Git or Helm may set it to Enabled again; "kubectl support-access revoke" makes
a lock, which they cannot.`;

export const grantDisable: Command = {
  words: ['grant', 'disable'],
  summary: 'Take the access of a grant back',
  cluster: true,
  names: { arguments: ['grants'] },
  changes: true,
  output: writtenFormats,
  configure(parser) {
    parser.argument('<name>', 'the SupportAccessGrant').addHelpText('after', help);
  },
  async run(input, terminal) {
    const { disableGrant } = await import('../grants/switch-grant.ts');
    return disableGrant(input, terminal);
  },
};
