/** Looks at everything, prints a table, and says by the exit code whether the installation works, or can be made. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import { defaultNamespaces } from '../../crds/names.ts';
import { withCluster } from '../cluster/cluster.ts';
import { type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { fittedTable } from '../output/fitted.ts';
import type { Column } from '../output-table.ts';
import { admissionChecks } from './admission.ts';
import { checksBefore, isNothingInstalled } from './before.ts';
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
    return report(rows, terminal, isBefore ? before : after);
  });
}

/** What is said below the table. */
interface Verdict {
  readonly bad: string;
  readonly good: string;
  readonly open: string;
}

const after: Verdict = {
  bad: 'The installation does not work',
  good: 'The installation works',
  open: 'things are still to do before someone can come in',
};
const before: Verdict = {
  bad: 'Nothing is installed, and it cannot be installed like this',
  good: 'Nothing is installed, and it can be',
  open: 'things are to do, or to know, first',
};

async function report(
  rows: readonly (Finding & { readonly what: string })[],
  terminal: Terminal,
  { bad, good, open }: Verdict,
): Promise<ExitCode> {
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { title: 'WHAT', of: ({ what }) => what },
    { title: 'STATE', of: ({ state }) => state },
    { title: 'SAYS', of: ({ says }) => escapeUnsafe(says.replaceAll(/\s+/g, ' ')) },
  ];
  await terminal.out(fittedTable(columns, rows, terminal.columns));
  const count = (state: Finding['state']): number => rows.filter((row) => row.state === state).length;
  const [failures, toDo] = [count('failed'), count('to do')];
  if (failures > 0) terminal.say(`${bad}: ${failures} of ${rows.length} checks failed.`);
  else terminal.say(toDo > 0 ? `${good}; ${toDo} ${open}.` : `${good}.`);
  return failures > 0 ? exitCodes.bad : exitCodes.good;
}
