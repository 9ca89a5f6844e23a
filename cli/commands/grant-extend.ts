/** `grant extend`: a later end for a grant that is there. */
import { type Command, writtenFormats } from '../command.ts';

const help = `
kubectl support-access grant extend case-4711 until friday 18:00

--for counts from now, --by from its present end. What the policy allows at most is counted from the grant's start.`;

export const grantExtend: Command = {
  words: ['grant', 'extend'],
  summary: 'Give a grant more time',
  cluster: true,
  names: { arguments: ['grants'] },
  changes: true,
  output: writtenFormats,
  configure(parser) {
    parser
      .argument('<name>', 'the SupportAccessGrant')
      .argument('[when...]', 'for 4h; by 1h; until friday 18:00')
      .option('--for <time>', 'how long from now')
      .option('--by <time>', 'how much longer than until its present end')
      .option('--until <time>', 'when it ends')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { extendGrant } = await import('../grants/extend-grant.ts');
    return extendGrant(input, terminal);
  },
};
