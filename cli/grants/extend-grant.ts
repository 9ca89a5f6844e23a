/** Gives a grant more time. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import { carryOut } from '../changes/carry-out.ts';
import type { PlannedChange } from '../changes/change.ts';
import { type Cluster, withCluster } from '../cluster/cluster.ts';
import { whereRead } from '../cluster/find.ts';
import { CannotTell, type CommandInput, type ExitCode, Refused, type Terminal } from '../command.ts';
import type { Moment } from '../times/read-times.ts';
import { readNewEnd, timeWords } from '../times/read-window.ts';
import { edited, plannedEdit } from './edit.ts';
import { readNamedByGrant } from './grant-world.ts';
import { refuseBrokenRules } from './rules.ts';
import { namedGrant } from './switch-grant.ts';
import { endWords, openingWords } from './words.ts';

/** `grant extend`. */
export async function extendGrant(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) => {
    // Counted once: a plan that is made again, also since a write of ours was stored and its answer lost, means the same end.
    let counted: { readonly moment: Moment; readonly end: string } | undefined;
    return carryOut(input, terminal, async () => {
      const grant = await namedGrant(cluster, input);
      counted ??= endOf(input, grant, { now: cluster.now(), zone: terminal.zone });
      return planExtending({ cluster, grant, ...counted });
    });
  });
}

interface Extending {
  readonly cluster: Cluster;
  readonly grant: SupportAccessGrant;
  readonly moment: Moment;
  readonly end: string;
}

async function planExtending({ cluster, grant, moment, end }: Extending): Promise<PlannedChange> {
  const { name, namespace = '', uid } = grant.metadata;
  const expirationTime = end;
  refuseEarlier(end, grant, moment);
  const next = edited(grant, { expirationTime });
  const world = await readNamedByGrant(cluster, next.spec, { namespace, name, uid });
  // Stored so already, perhaps by this very call, whose answer was lost: there is nothing to refuse.
  const isSo = parseTime(end) === presentEnd(grant);
  if (!isSo) refuseBrokenRules(next, { policy: whereRead(world.policy), ...moment });
  const opens = next.spec.access === 'Enabled';
  const disabled = `It stays disabled: nothing opens until "kubectl support-access grant enable ${name}".`;
  const words = opens
    ? openingWords(next.spec, { world, place: { namespace, name }, zone: moment.zone })
    : [disabled];
  return plannedEdit(cluster, moment.zone, {
    grant,
    spec: { expirationTime },
    act: 'Extend',
    done: 'extended',
    words: [`It ended ${endWords(grant.spec.expirationTime, moment.zone)} until now.`, ...words],
    already: isSo
      ? `SupportAccessGrant ${name} in namespace ${namespace} ends ${endWords(end, moment.zone)} already`
      : undefined,
    question: opens ? 'Give this access for longer?' : 'Store this end?',
    towards: 'open',
  });
}

function endOf(input: CommandInput, grant: SupportAccessGrant, moment: Moment) {
  const [, ...words] = input.arguments;
  const times = timeWords(input, words, ['for', 'until', 'by']);
  return { moment, end: readNewEnd(times, presentEnd(grant), moment) };
}

function presentEnd({ spec }: SupportAccessGrant): number {
  const end = parseTime(spec.expirationTime);
  if (end !== undefined) return end;
  throw new CannotTell(
    `spec.expirationTime of the grant is ${spec.expirationTime} and must be an instant; write it as 2030-12-03T08:00:00Z`,
  );
}

function refuseEarlier(end: string, grant: SupportAccessGrant, moment: Moment): void {
  if ((parseTime(end) ?? 0) >= presentEnd(grant)) return;
  const { metadata, spec } = grant;
  throw new Refused(
    `refused: the new end must be later than the present one, ${endWords(spec.expirationTime, moment.zone)}, and is ${endWords(end, moment.zone)}. To close it sooner: kubectl support-access grant disable ${metadata.name}`,
  );
}
