/** `can-i`: would this person be let in? */
import type { Command } from '../command.ts';

const help = `
kubectl support-access can-i ada -n ecase --from 203.0.113.7
kubectl support-access can-i ada --grant case-4711 --from 203.0.113.7 --module "Scheduled Jobs" --action Run
kubectl support-access can-i ada --grant case-4711 --from 203.0.113.7 --url https://ecase.apps.example.com/jobs/7 --method POST

The answer is that of the gateway's own rules, over what you may read. Exit code 0 is yes, 1 is no, and 3 that it cannot be
told: what you may not read is named, and never makes it a yes. Of a request it is told what the rules say, not what the
gateway refuses for its form (headers, a body that is too large). Nothing is recorded: no one came.`;

export const canI: Command = {
  words: ['can-i'],
  summary: 'Say whether a person would be let in now, from an address, to an action',
  cluster: true,
  names: { arguments: ['people'], options: { grant: 'grants' } },
  output: ['json', 'yaml'],
  configure(parser) {
    parser
      .argument('<person>', 'the SupportUser')
      .option('--grant <name>', 'by this grant; without it the one that names the person')
      .option('--from <address>', 'from this IP address, as the gateway sees it; must be given')
      .option('--module <name>', 'to do something there: a module of the matrix')
      .option('--sub-module <name>', 'a sub-module of it')
      .option('--action <name>', 'the action in it')
      .option('--url <url>', 'to send a request to this address of the application')
      .option('--path <path>', 'the same by its path and query, to the host of the application')
      .option('--method <method>', 'the method of that request; GET without it')
      .option('--at <instant>', 'at this later moment in place of now, such as 2026-12-04T17:00:00Z')
      .option('--identities-namespace <name>', 'where the support identities are')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { canI: answer } = await import('../status/can-i.ts');
    return answer(input, terminal);
  },
};
