/** `status`: one screen about a grant, or about the whole installation. */
import type { StoredRecord } from '../../crds/audit/record.ts';
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import { kinds } from '../../crds/kinds.ts';
import { defaultNamespaces } from '../../crds/names.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import { type Cluster, withCluster } from '../cluster/cluster.ts';
import { find, missing } from '../cluster/find.ts';
import { CannotTell, type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { usualWidth } from '../output/fitted.ts';
import { formatOf, printData, printObjects } from '../output/print-object.ts';
import { grantReport, type LastActions } from './grant-report.ts';
import { grantText } from './grant-text.ts';
import { seeInstallation } from './installation-report.ts';
import { installationText } from './installation-text.ts';
import { grantData, installationData } from './report-data.ts';
import { seeAll } from './seen.ts';
import { seeWorld } from './world.ts';

/** What reads and prints the records: a room of its own, which the command brings along. */
export interface RecordsReading {
  lastRecords(
    wish: {
      readonly client: KubeClient;
      readonly releaseNamespace: string;
      readonly grantUid: string;
      readonly most: number;
    },
    terminal: Terminal,
  ): Promise<LastActions>;
  recordLines(records: readonly StoredRecord[], width: number, zone: string): string[];
}

interface Showing {
  readonly input: CommandInput;
  readonly terminal: Terminal;
  readonly records: RecordsReading;
}

/** `status [grant]`. */
export async function showStatus(showing: Showing): Promise<ExitCode> {
  const { input, terminal } = showing;
  return withCluster(input, terminal, async (cluster) => {
    const [name] = input.arguments;
    await (name === undefined ? showInstallation(cluster, showing) : showGrant(cluster, name, showing));
    return exitCodes.good;
  });
}

const mostActions = 5;

async function showGrant(cluster: Cluster, name: string, showing: Showing): Promise<void> {
  const { input, terminal, records } = showing;
  const format = formatOf(input);
  const grant = await grantNamed(cluster, name, input.flag('allNamespaces'));
  if (format === 'name') return printObjects([grant], format, terminal);
  const { namespace, uid } = grant.metadata;
  const identitiesNamespace = input.option('identitiesNamespace') ?? defaultNamespaces.identities;
  const releaseNamespace = input.option('releaseNamespace') ?? defaultNamespaces.release;
  const wish = { client: cluster.client, releaseNamespace, grantUid: uid, most: mostActions };
  const [world, sessions, lastActions] = await Promise.all([
    seeWorld(cluster, grant, { identitiesNamespace, forRequest: false }),
    seeAll<SupportSession>(cluster, kinds.SupportSession, { namespace }),
    records.lastRecords(wish, terminal),
  ]);
  const now = cluster.now();
  const report = grantReport(world, { now, sessions, lastActions });
  if (format === 'json' || format === 'yaml') return printData(grantData(report), format, terminal);
  const { zone } = terminal;
  const actions = (width: number): string[] =>
    'records' in lastActions ? records.recordLines(lastActions.records, width, zone) : [];
  await terminal.out(grantText(report, { now, zone, width: widthOf(format, terminal), actions }));
}

/** `wide` breaks no line. */
function widthOf(format: string | undefined, { columns }: Terminal): number {
  return format === 'wide' ? Number.MAX_SAFE_INTEGER : (columns ?? usualWidth);
}

/** The grant of the namespace, or the one of that name in all of them. */
async function grantNamed(cluster: Cluster, name: string, everywhere: boolean): Promise<SupportAccessGrant> {
  const resource = kinds.SupportAccessGrant;
  if (!everywhere) return find<SupportAccessGrant>(cluster, resource, { namespace: cluster.namespace, name });
  const { items } = await cluster.client.list<SupportAccessGrant>(resource);
  const named = items.filter(({ metadata }) => metadata.name === name);
  const [only, ...others] = named;
  if (only === undefined) throw new CannotTell(await missing(cluster, resource, { name }));
  if (others.length === 0) return only;
  const places = named.map(({ metadata }) => metadata.namespace).join(', ');
  throw new CannotTell(`there are grants named ${name} in these namespaces: ${places}; say which with -n`);
}

async function showInstallation(cluster: Cluster, { input, terminal }: Showing): Promise<void> {
  const format = formatOf(input);
  // Without a word about where, it is the whole installation; the context's namespace would hide the rest.
  const namespace = input.flag('allNamespaces') ? undefined : input.option('namespace');
  const report = await seeInstallation(cluster, namespace);
  if (format === 'name') {
    const { object, lacks } = report.grants;
    // No name printed would mean that there is no grant.
    if (object === undefined)
      throw new CannotTell(`${lacks}; name one namespace with -n, or ask for that right`);
    return printObjects(object, format, terminal);
  }
  if (format === 'json' || format === 'yaml') return printData(installationData(report), format, terminal);
  const where = {
    now: cluster.now(),
    zone: terminal.zone,
    width: widthOf(format, terminal),
    screen: terminal.columns,
    isWide: format === 'wide',
  };
  await terminal.out(installationText(report, where));
}
