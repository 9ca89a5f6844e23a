/** `unlock`: lifts what `revoke` made. */
import { Argument } from 'commander';
import { type Command, writtenFormats } from '../command.ts';

const help = `
kubectl support-access unlock namespace ecase --reason "A false alarm"

Where the grant or the person is gone by now, the lock says whom it stops; "unlock lock NAME" lifts any lock by its own name.

Two writes: the reason is written to the lock, which is recorded, and then the lock is deleted.`;

export const unlock: Command = {
  words: ['unlock'],
  summary: 'Lift a lock, with a reason',
  cluster: true,
  names: { arguments: [undefined, { grant: 'grants', person: 'people', namespace: 'namespaces' }] },
  changes: true,
  output: writtenFormats,
  configure(parser) {
    parser
      .addArgument(
        new Argument('<what>', 'what was stopped').choices(['grant', 'person', 'namespace', 'lock', 'all']),
      )
      .argument('[name...]', 'of the grant, the SupportUser, the namespace or the lock')
      .option('--reason <text>', 'why it may be lifted, for records; must be given')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { unlock: lift } = await import('../locks/unlock.ts');
    return lift(input, terminal);
  },
};
