/** `case open`: a support case of your own. */
import { type Command, writtenFormats } from '../command.ts';
import { repeatable } from '../frame-options.ts';

const help = `
kubectl support-access case open case-4711 -n ecase --subject "Mail jobs are stuck since Monday" --contact grace

You own the case: you and the elevated contacts of the policy read it. Contacts are administrators whom the policy lists.`;

export const caseOpen: Command = {
  words: ['case', 'open'],
  summary: 'Open a support case',
  cluster: true,
  changes: true,
  output: writtenFormats,
  configure(parser) {
    parser
      .argument('<name>', 'of the SupportCase')
      .option('--subject <text>', 'what it is about, in a line; must be given')
      .option('--description <text>', 'what was seen, tried and expected')
      .addOption(
        repeatable(
          '--contact <name>',
          'an administrator of the policy who may talk to support; several times',
        ),
      )
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { openCase } = await import('../cases/open-case.ts');
    return openCase(input, terminal);
  },
};
