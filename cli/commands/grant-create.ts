/** `grant create`: one consent, from names and plain words about time. */
import { type Command, writtenFormats } from '../command.ts';
import { repeatable } from '../frame-options.ts';

const help = `
kubectl support-access grant create case-4711 -n ecase --person ada --matrix casepoint-ecase-1 --application ecase \\
  --from 203.0.113.0/24 --reason "Mail jobs are stuck" for 4h

Required: the name, --person, --matrix, and when it ends (for, until, --for or --until). The policy may require --from as well.
Without --from the grant has no addresses of its own: people come from those that the policy lists, and where the policy lists
none either, from any address, or no one gets in (spec.requireAllowedCIDRs of the policy). Which of these holds is said before it is asked.
Without --application only the Kubernetes rights of the matrix are given. With --disabled nothing opens.

Words about time: for 4h, for "3 days", until "friday 18:00", until 2026-12-04 (its end), until 2026-12-04T17:00:00Z. They are
read by the clocks of your time zone (TZ sets another), and shown as the instant that is written.
--from takes the list of the source document too: "203.0.113.7;203.0.113.8".`;

export const grantCreate: Command = {
  words: ['grant', 'create'],
  summary: 'Let people of the vendor in: who, where, what, from where, until when',
  cluster: true,
  names: { options: { person: 'people', matrix: 'matrices', application: 'applications' } },
  changes: true,
  output: writtenFormats,
  configure(parser) {
    parser
      .argument('<name>', 'of the SupportAccessGrant')
      .argument('[when...]', 'for 4h; until friday 18:00')
      .addOption(
        repeatable('--person <name>', 'who (required): a SupportUser, who need not exist yet; several times'),
      )
      .option('--matrix <name>', 'what they may do (required): a SupportPermissionMatrix')
      .option('--application <name>', 'where: a SupportApplication; without it, Kubernetes rights only')
      .option('--for <time>', 'how long, from its start')
      .option('--until <time>', 'when it ends')
      .option('--start <time>', 'when it starts, a day at its begin; at once otherwise')
      .addOption(
        repeatable(
          '--from <addresses>',
          'from these addresses only; without it, from those of the policy; several times, or with ";"',
        ),
      )
      .addOption(repeatable('--support-role <name>', 'only people with one of these roles'))
      .option('--reason <text>', 'why, for people and records')
      .option('--disabled', 'only prepare it; "grant enable" opens it')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { createGrant } = await import('../grants/create-grant.ts');
    return createGrant(input, terminal);
  },
};
