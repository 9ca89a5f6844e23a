/** `revoke`: the emergency stop. */
import { Argument } from 'commander';
import { type Command, writtenFormats } from '../command.ts';

const defaultReason = 'Stopped with kubectl support-access revoke';

const help = `
kubectl support-access revoke grant case-4711 -n ecase
kubectl support-access revoke person ada
kubectl support-access revoke namespace ecase
kubectl support-access revoke all --yes

From the API server's answer on no request passes; streams are cut within a second. What is confirmed is that grants are closed
and sessions are gone. It needs no more than the right to create locks (ClusterRole support-access-locker).`;

export const revoke: Command = {
  words: ['revoke'],
  summary: 'Stop access at once, by a lock that Git cannot revert',
  cluster: true,
  names: { arguments: [undefined, { grant: 'grants', person: 'people', namespace: 'namespaces' }] },
  changes: true,
  output: writtenFormats,
  configure(parser) {
    parser
      .addArgument(new Argument('<what>', 'what is stopped').choices(['grant', 'person', 'namespace', 'all']))
      .argument('[name...]', 'of the grant, the SupportUser or the namespace')
      .option('--reason <text>', 'why, for people and records', defaultReason)
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { revoke: stop } = await import('../locks/revoke.ts');
    return stop(input, terminal);
  },
};
