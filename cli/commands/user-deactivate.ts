/** `user deactivate`: a person comes in nowhere any more. */
import { type Command, writtenFormats } from '../command.ts';

export const userDeactivate: Command = {
  words: ['user', 'deactivate'],
  summary: 'Let a person in nowhere any more',
  cluster: true,
  names: { arguments: ['people'] },
  changes: true,
  output: writtenFormats,
  configure(parser) {
    parser.argument('<name>', 'the SupportUser');
  },
  async run(input, terminal) {
    const { deactivateUser } = await import('../users/deactivate-user.ts');
    return deactivateUser(input, terminal);
  },
};
