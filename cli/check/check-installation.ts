/** Looks at everything, prints a table, and says by the exit code whether the installation works, or can be made. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import { defaultNamespaces } from '../../crds/names.ts';
import { withCluster } from '../cluster/cluster.ts';
import { type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { fittedTable } from '../output/fitted.ts';
import type { Column } from '../output-table.ts';
import { admissionChecks } from './admission.ts';
import { checksBefore, isNothingInstalled } from './before.ts';
import { conclusionOn, type When } from './conclusion.ts';
import { type CheckDeps, type Finding, findingOf, type InstallationCheck } from './finding.ts';
import { programChecks } from './programs.ts';
import { readers } from './readers.ts';
import { recordsChecks } from './records.ts';
import { clock, serverVersion } from './server.ts';
import { settingsChecks } from './settings.ts';

/** THE list of what is looked at in an installation, in the order of the table. */
export const checks: readonly InstallationCheck[] = [
  serverVersion,
  ...admissionChecks,
  ...programChecks,
  ...recordsChecks,
  readers,
  ...settingsChecks,
  clock,
];

/** Exit 0: it works, or can be installed, also where something is to do; 1: something failed; 3: the cluster cannot be asked. */
export async function checkInstallation(
  input: CommandInput,
  terminal: Terminal,
  version: string,
): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) => {
    const deps: CheckDeps = {
      client: cluster.client,
      namespace: input.option('namespace') ?? defaultNamespaces.release,
      version,
      tokenFile: input.option('tokenFile'),
      now: () => cluster.now(),
    };
    const isBefore = input.flag('before') || (await isNothingInstalled(deps));
    const rows = await Promise.all(
      (isBefore ? checksBefore : checks).map(async (check) => ({
        what: check.what,
        ...(await findingOf(check, deps)),
      })),
    );
    return report(rows, terminal, isBefore ? 'before' : 'after');
  });
}

async function report(
  rows: readonly (Finding & { readonly what: string })[],
  terminal: Terminal,
  when: When,
): Promise<ExitCode> {
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { title: 'WHAT', of: ({ what }) => what },
    { title: 'STATE', of: ({ state }) => state },
    { title: 'SAYS', of: ({ says }) => escapeUnsafe(says.replaceAll(/\s+/g, ' ')) },
  ];
  await terminal.out(fittedTable(columns, rows, terminal.columns));
  terminal.say(conclusionOn(rows, when));
  return rows.some(({ state }) => state === 'failed') ? exitCodes.bad : exitCodes.good;
}
