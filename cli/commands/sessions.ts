/** `sessions`: who is signed in now. */
import type { Command } from '../command.ts';

const help = `
kubectl support-access sessions -A
kubectl support-access sessions -n ecase --grant case-4711

Who works by which grant, in which application, from where, since when, used last, and when the session ends. A session that
is not used ends sooner: -o wide has that too. To end one: kubectl delete supportsession, or "revoke" for what is behind it.`;

export const sessions: Command = {
  words: ['sessions'],
  summary: 'List who is signed in now, from where and until when',
  cluster: true,
  names: { options: { grant: 'grants', person: 'people' } },
  output: ['json', 'yaml', 'wide', 'name'],
  configure(parser) {
    parser
      .option('-A, --all-namespaces', 'in all namespaces')
      .option('--grant <name>', 'only of this grant')
      .option('--person <name>', 'only of this SupportUser')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { listSessions } = await import('../status/list-sessions.ts');
    return listSessions(input, terminal);
  },
};
