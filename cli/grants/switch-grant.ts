/** Enables or disables a grant. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import { kinds } from '../../crds/kinds.ts';
import { consentOf } from '../../crds/rules/consent.ts';
import { soon } from '../access/open-now.ts';
import { carryOut } from '../changes/carry-out.ts';
import type { PlannedChange } from '../changes/change.ts';
import { type Cluster, withCluster } from '../cluster/cluster.ts';
import { find, whereRead } from '../cluster/find.ts';
import { type CommandInput, type ExitCode, Refused, type Terminal } from '../command.ts';
import { edited, plannedEdit } from './edit.ts';
import { readNamedByGrant } from './grant-world.ts';
import { sessionsUnder } from './in-force.ts';
import { refuseBrokenRules } from './rules.ts';
import { openingWords } from './words.ts';

/** `grant enable`. */
export async function enableGrant(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) =>
    carryOut(input, terminal, async () => planEnabling(cluster, input, terminal)),
  );
}

/** `grant disable`. */
export async function disableGrant(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) =>
    carryOut(input, terminal, async () => planDisabling(cluster, input, terminal)),
  );
}

/** The grant that the call names. */
export async function namedGrant(cluster: Cluster, input: CommandInput): Promise<SupportAccessGrant> {
  const ref = { namespace: cluster.namespace, name: input.arguments[0] ?? '' };
  return find<SupportAccessGrant>(cluster, kinds.SupportAccessGrant, ref);
}

async function planEnabling(
  cluster: Cluster,
  input: CommandInput,
  terminal: Terminal,
): Promise<PlannedChange> {
  const grant = await namedGrant(cluster, input);
  const { name, namespace = '', uid } = grant.metadata;
  const again = consentAgain(grant, input.flag('consentAgain'));
  const spec = { access: 'Enabled', ...again } as const;
  const next = edited(grant, spec);
  const world = await readNamedByGrant(cluster, next.spec, { namespace, name, uid });
  refuseBrokenRules(next, { policy: whereRead(world.policy), now: cluster.now(), zone: terminal.zone });
  const isSo = grant.spec.access === 'Enabled' && Object.keys(again).length === 0;
  return plannedEdit(cluster, terminal.zone, {
    grant,
    spec,
    act: 'Enable',
    done: 'enabled',
    words: openingWords(next.spec, { world, place: { namespace, name }, zone: terminal.zone }),
    question: 'Give this access?',
    already: isSo ? `SupportAccessGrant ${name} in namespace ${namespace} is enabled already` : undefined,
    towards: 'open',
  });
}

/** A consent that something ended is given again only by a higher number, which the person must ask for by its name. */
function consentAgain({ metadata, spec, status }: SupportAccessGrant, asked: boolean): { consent?: number } {
  const ended = status?.consentEnded;
  const consent = consentOf({ spec } as SupportAccessGrant);
  const isOver = ended !== undefined && ended.consent >= consent;
  if (isOver && !asked) {
    throw new Refused(
      `refused: this consent is over (${ended.reason}): something that was consented to has changed under its name, so consent must be given again. Look at the grant, then give it: kubectl support-access grant enable ${metadata.name} --consent-again`,
    );
  }
  return isOver ? { consent: ended.consent + 1 } : asked ? { consent: consent + 1 } : {};
}

async function planDisabling(
  cluster: Cluster,
  input: CommandInput,
  terminal: Terminal,
): Promise<PlannedChange> {
  const grant = await namedGrant(cluster, input);
  const { name, namespace = '' } = grant.metadata;
  const sessions = await soon(async ({ signal }) => sessionsUnder(cluster, grant, signal));
  const people = grant.spec.userRefs.map((each) => each.name).join(', ');
  return plannedEdit(cluster, terminal.zone, {
    grant,
    spec: { access: 'Disabled' },
    act: 'Disable',
    done: 'disabled',
    words: [
      `This takes access back from ${people}, at once and until it is enabled again.`,
      ...(Array.isArray(sessions) ? [`Sessions that end by it: ${sessions.length}.`] : []),
    ],
    question: 'Take this access back?',
    already:
      grant.spec.access === 'Disabled'
        ? `SupportAccessGrant ${name} in namespace ${namespace} is disabled already`
        : undefined,
    towards: 'closed',
  });
}
