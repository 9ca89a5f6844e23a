/** `confirm-restore`: says that what came back from a backup of the cluster is meant to be as it is. */
import { Option } from 'commander';
import { defaultNamespaces } from '../../crds/names.ts';
import { type Command, writtenFormats } from '../command.ts';

const help = `
kubectl support-access confirm-restore
kubectl support-access confirm-restore --dry-run=server -o wide
kubectl support-access confirm-restore --only SupportUser/ada --only SupportAccessGrant/ecase/case-4711

The records have seen later states of the grants, the people, the policy, the matrices, the applications and the locks than a
restored backup of the cluster shows. What they find older stays closed (RolledBack) until you say that it is meant to be as it is now. Look at each first: a
grant that was disabled after the backup is enabled again, and a lock that was made after it is gone.

It needs the right "restore" on auditrecords.supportaccess.dev, as the ClusterRole support-access-administrator gives it. Who
confirmed what is recorded. Sessions that had ended stay ended.`;

export const confirmRestore: Command = {
  words: ['confirm-restore'],
  summary: 'Accept what came back from a backup of the cluster as it is now',
  cluster: true,
  changes: true,
  output: writtenFormats,
  configure(parser) {
    parser
      .addOption(
        new Option('-n, --namespace <name>', 'where the release is').default(defaultNamespaces.release),
      )
      .option(
        '--only <thing...>',
        'confirm these alone, each by its UID or as KIND/NAME; else all that is refused',
      )
      .option('--token-file <path>', 'a token for the audience support-access in place of your own')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { confirmRestored } = await import('../records/confirm-restored.ts');
    return confirmRestored(input, terminal);
  },
};
