/** Lists the support cases that the caller may read. */
import type { SupportCase } from '../../crds/generated/support-case.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { withCluster } from '../cluster/cluster.ts';
import { type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { cutTable, usualWidth } from '../output/fitted.ts';
import { formatOf, printData, printObjects } from '../output/print-object.ts';
import type { Column } from '../output-table.ts';
import { readableCases } from './own-cases.ts';

/** `case list`. */
export async function listCases(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) => {
    const namespace = input.flag('allNamespaces') ? undefined : cluster.namespace;
    const readable = await readableCases(cluster, namespace);
    const shown = input.flag('closed') ? readable : readable.filter(({ spec }) => spec.state !== 'Closed');
    await print(shown, { input, terminal, namespace });
    return exitCodes.good;
  });
}

interface Printing {
  readonly input: CommandInput;
  readonly terminal: Terminal;
  readonly namespace: string | undefined;
}

async function print(cases: readonly SupportCase[], { input, terminal, namespace }: Printing): Promise<void> {
  const format = formatOf(input);
  const items = cases as unknown as readonly KubeObject[];
  if (format === 'name') return printObjects(items, format, terminal);
  if (format === 'json' || format === 'yaml')
    return printData({ apiVersion: 'v1', kind: 'List', items }, format, terminal);
  if (cases.length === 0) {
    const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
    terminal.say(
      `There is no support case${where} that you may read and that is open; --closed has the others too.`,
    );
    return;
  }
  await terminal.out(cutTable(columnsFor(namespace === undefined), cases, terminal.columns ?? usualWidth));
}

function columnsFor(everywhere: boolean): Column<SupportCase>[] {
  const name = ({ metadata }: SupportCase): string =>
    everywhere ? `${metadata.namespace}/${metadata.name}` : metadata.name;
  return [
    { title: 'CASE', of: name },
    { title: 'STATE', of: ({ spec }) => spec.state ?? 'Open' },
    { title: 'OWNER', of: ({ spec }) => spec.owner ?? '' },
    { title: 'CONTACTS', of: ({ spec }) => (spec.contacts ?? []).map((contact) => contact.name).join(', ') },
    { title: 'SUBJECT', of: ({ spec }) => spec.subject },
  ];
}
