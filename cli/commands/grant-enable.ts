/** `grant enable`: opens a grant that is there. */
import { type Command, writtenFormats } from '../command.ts';

const help = `
kubectl support-access grant enable case-4711 -n ecase

Shown before it is asked: what changes, who gets in, to which data, whether it is masked, from where and until when.
A consent that has ended, because a person, a matrix or an application is not the one that was consented to, is given
again with --consent-again.`;

export const grantEnable: Command = {
  words: ['grant', 'enable'],
  summary: 'Give the access that a grant describes',
  cluster: true,
  names: { arguments: ['grants'] },
  changes: true,
  output: writtenFormats,
  configure(parser) {
    parser
      .argument('<name>', 'the SupportAccessGrant')
      .option('--consent-again', 'consent to what has changed under the same names (raises spec.consent)')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { enableGrant } = await import('../grants/switch-grant.ts');
    return enableGrant(input, terminal);
  },
};
