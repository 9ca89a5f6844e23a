/** `status`: how access stands now, on one screen. */
import type { Command } from '../command.ts';

const help = `
kubectl support-access status
kubectl support-access status case-4711 -n ecase

Of a grant: whether it is open and if not why and what would open it, who may come in, from where, until when, to what,
locks, sessions, and what was done last. The last actions are read from the records, which records that you read them; where
you may not, it says so. Without a grant: the whole installation, or one namespace with -n. What you may not read is named.`;

export const status: Command = {
  words: ['status'],
  summary: 'Say how a grant, or all of support access, stands now',
  cluster: true,
  names: { arguments: ['grants'] },
  output: ['json', 'yaml', 'wide', 'name'],
  configure(parser) {
    parser
      .argument('[grant]', 'the SupportAccessGrant; all of them without it')
      .option('-A, --all-namespaces', 'in all namespaces')
      .option('--release-namespace <name>', 'where the release is, for its records')
      .option('--identities-namespace <name>', 'where the support identities are')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const [{ showStatus }, { lastRecords, recordLines }] = await Promise.all([
      import('../status/show-status.ts'),
      import('../records/last-records.ts'),
    ]);
    return showStatus({ input, terminal, records: { lastRecords, recordLines } });
  },
};
