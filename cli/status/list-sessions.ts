/** Lists the sessions that are alive, as far as the caller may see them. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import { kinds } from '../../crds/kinds.ts';
import { policyName } from '../../crds/names.ts';
import type { Resource } from '../../kube/resources.ts';
import { type Cluster, withCluster } from '../cluster/cluster.ts';
import { missing, namesOf } from '../cluster/find.ts';
import { CannotTell, type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { formatOf, printData, printObjects } from '../output/print-object.ts';
import { type LiveSession, limitsNote, liveSessions, shownSession } from './live-sessions.ts';
import { see, seeAll } from './seen.ts';
import { sessionTable, wideSessionTable } from './session-table.ts';

/** `sessions`. */
export async function listSessions(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) => {
    const namespace = input.flag('allNamespaces') ? undefined : cluster.namespace;
    const [{ items }, grants, policy] = await Promise.all([
      cluster.client.list<SupportSession>(kinds.SupportSession, { namespace }),
      seeAll<SupportAccessGrant>(cluster, kinds.SupportAccessGrant, { namespace }),
      see<SupportAccessPolicy>(cluster, kinds.SupportAccessPolicy, { name: policyName }),
    ]);
    const wanted = items.filter(wantedBy(input));
    const now = cluster.now();
    const live = liveSessions({
      sessions: wanted,
      grants: grants.object ?? [],
      policy,
      now,
    });
    if (live.length === 0) await refuseUnknown(cluster, input, namespace);
    const alive = new Set(live.map(({ handle }) => handle));
    const objects = wanted.filter(({ spec }) => alive.has(spec.handle));
    const note = live.length === 0 ? undefined : limitsNote(policy.lacks);
    if (note !== undefined) terminal.say(escapeUnsafe(note));
    await print(live, objects, { input, terminal, namespace, now });
    return exitCodes.good;
  });
}

function wantedBy(input: CommandInput): (session: SupportSession) => boolean {
  const [grant, person] = [input.option('grant'), input.option('person')];
  return ({ spec }) =>
    (grant === undefined || spec.grantRef.name === grant) &&
    (person === undefined || spec.userRef.name === person);
}

/** Nothing is found also where a name was mistyped, which must not read as if no one were in. */
async function refuseUnknown(
  cluster: Cluster,
  input: CommandInput,
  namespace: string | undefined,
): Promise<void> {
  const named: readonly (readonly [string, Resource, string | undefined])[] = [
    ['grant', kinds.SupportAccessGrant, namespace],
    ['person', kinds.SupportUser, undefined],
  ];
  for (const [option, resource, where] of named) {
    const name = input.option(option);
    const known = name === undefined ? undefined : await namesOf(cluster, resource, where);
    if (name !== undefined && known?.includes(name) === false)
      throw new CannotTell(await missing(cluster, resource, { name, namespace: where }));
  }
}

interface Printing {
  readonly input: CommandInput;
  readonly terminal: Terminal;
  readonly namespace: string | undefined;
  readonly now: number;
}

async function print(
  live: readonly LiveSession[],
  objects: readonly SupportSession[],
  { input, terminal, namespace, now }: Printing,
): Promise<void> {
  const format = formatOf(input);
  const items = objects.map(shownSession);
  if (format === 'name') return printObjects(items, format, terminal);
  if (format === 'json' || format === 'yaml')
    return printData({ apiVersion: 'v1', kind: 'List', items }, format, terminal);
  if (live.length === 0) {
    terminal.say(
      namespace === undefined
        ? 'No one is signed in.'
        : `No one is signed in by a grant of namespace ${namespace}.`,
    );
    return;
  }
  const { zone, columns } = terminal;
  const everywhere = namespace === undefined;
  if (format === 'wide') return terminal.out(wideSessionTable(live));
  terminal.say(`Times are those of ${zone}.`);
  await terminal.out(sessionTable(live, { now, zone, screen: columns, everywhere }));
}
