/** Looks at everything, prints a table, and says by the exit code whether the installation works. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import { defaultNamespaces } from '../../crds/names.ts';
import { createKubeClient } from '../../kube/api/create-client.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import { CannotTell, type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { fittedTable } from '../output/fitted.ts';
import type { Column } from '../output-table.ts';
import { admissionChecks } from './admission.ts';
import { type CheckDeps, type Finding, findingOf, type InstallationCheck } from './finding.ts';
import { programChecks } from './programs.ts';
import { recordsChecks } from './records.ts';
import { settingsChecks } from './settings.ts';

/** THE list of what is looked at, in the order of the table. */
export const checks: readonly InstallationCheck[] = [
  ...admissionChecks,
  ...programChecks,
  ...recordsChecks,
  ...settingsChecks,
];

/** Exit 0: it works, also where something is still to do; 1: something failed; 3: the cluster cannot be asked. */
export async function checkInstallation(
  input: CommandInput,
  terminal: Terminal,
  version: string,
): Promise<ExitCode> {
  const deps = await depsOf(input, terminal, version).catch((error: unknown) => {
    throw new CannotTell(`no cluster can be asked: ${errorWithCauses(error)}`);
  });
  try {
    const rows = await Promise.all(
      checks.map(async (check) => ({ what: check.what, ...(await findingOf(check, deps)) })),
    );
    return await report(rows, terminal);
  } finally {
    await deps.client.close();
  }
}

async function depsOf(input: CommandInput, { environment }: Terminal, version: string): Promise<CheckDeps> {
  const kubeconfigPath = input.option('kubeconfig');
  const isInPod = (environment['KUBERNETES_SERVICE_HOST'] ?? '') !== '' && !environment['KUBECONFIG'];
  const source =
    isInPod && kubeconfigPath === undefined
      ? ({ inCluster: true } as const)
      : { kubeconfigPath, context: input.option('context') };
  return {
    client: await createKubeClient(source, { userAgent: 'kubectl-support_access' }),
    namespace: input.option('namespace') ?? defaultNamespaces.release,
    version,
    tokenFile: input.option('tokenFile'),
    now: Date.now,
  };
}

async function report(
  rows: readonly (Finding & { readonly what: string })[],
  terminal: Terminal,
): Promise<ExitCode> {
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { title: 'WHAT', of: ({ what }) => what },
    { title: 'STATE', of: ({ state }) => state },
    { title: 'SAYS', of: ({ says }) => escapeUnsafe(says.replaceAll(/\s+/g, ' ')) },
  ];
  await terminal.out(fittedTable(columns, rows, terminal.columns));
  const count = (state: Finding['state']): number => rows.filter((row) => row.state === state).length;
  const [failures, open] = [count('failed'), count('to do')];
  if (failures > 0)
    terminal.say(`The installation does not work: ${failures} of ${rows.length} checks failed.`);
  else if (open > 0)
    terminal.say(`The installation works; ${open} things are still to do before someone can come in.`);
  else terminal.say('The installation works.');
  return failures > 0 ? exitCodes.bad : exitCodes.good;
}
