/** Makes a grant. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import { apiGroup, apiVersion, kinds } from '../../crds/kinds.ts';
import { splitList } from '../../crds/rules/address/cidr.ts';
import { carryOut } from '../changes/carry-out.ts';
import type { PlannedChange } from '../changes/change.ts';
import { leftAs } from '../changes/lost-response.ts';
import { type Cluster, fieldManager, withCluster } from '../cluster/cluster.ts';
import { findOrNothing, missing, whereRead } from '../cluster/find.ts';
import {
  CannotTell,
  type CommandInput,
  type ExitCode,
  Refused,
  type Terminal,
  UsageError,
} from '../command.ts';
import type { Moment } from '../times/read-times.ts';
import { readWindow, timeWords } from '../times/read-window.ts';
import { type GrantSpec, type NamedByGrant, readNamedByGrant } from './grant-world.ts';
import { lookOpened } from './in-force.ts';
import { refuseBrokenRules } from './rules.ts';
import { openingWords } from './words.ts';

/** `grant create`. */
export async function createGrant(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) =>
    carryOut(input, terminal, async () => planCreating(cluster, input, terminal)),
  );
}

async function planCreating(
  cluster: Cluster,
  input: CommandInput,
  terminal: Terminal,
): Promise<PlannedChange> {
  const [name = '', ...words] = input.arguments;
  const { namespace } = cluster;
  const times = timeWords(input, words, ['for', 'until', 'start']);
  await refuseNamesake(cluster, name);
  const moment: Moment = { now: cluster.now(), zone: terminal.zone };
  const spec: GrantSpec = { ...saidBy(input), ...readWindow(times, moment) };
  const grant = grantOf(spec, { namespace, name });
  const world = await readNamedByGrant(cluster, spec, { namespace, name });
  await refuseMissing(cluster, spec, world);
  refuseBrokenRules(grant, { policy: whereRead(world.policy), ...moment });
  const what = `SupportAccessGrant ${name} in namespace ${namespace}`;
  const isOpening = spec.access === 'Enabled';
  return {
    title: `Create ${what}`,
    before: undefined,
    after: spec,
    words: isOpening
      ? openingWords(spec, { world, place: { namespace, name }, zone: moment.zone })
      : [`It is prepared only: nothing opens until "kubectl support-access grant enable ${name}".`],
    question: isOpening ? 'Give this access?' : 'Store this grant, disabled?',
    written: `${what} created`,
    write: async ({ dryRun }) =>
      cluster.client.create(kinds.SupportAccessGrant, grant, { fieldManager, strict: true, dryRun }),
    stored: async () =>
      leftAs(cluster, { resource: kinds.SupportAccessGrant, ref: { namespace, name } }, { spec }),
    waitsFor: isOpening ? 'until it is open' : 'until the operator has looked at it',
    look: async (stored) => lookOpened(cluster, moment.zone, stored),
  };
}

/** What is written; the API server fills in the rest of the metadata. */
function grantOf(spec: GrantSpec, metadata: { namespace: string; name: string }): SupportAccessGrant {
  return {
    apiVersion: `${apiGroup}/${apiVersion}`,
    kind: 'SupportAccessGrant',
    metadata: metadata as SupportAccessGrant['metadata'],
    spec,
  };
}

function saidBy(input: CommandInput): Omit<GrantSpec, 'expirationTime'> {
  const people = entriesOf(input, 'person', ',');
  const matrix = input.option('matrix');
  if (people.length === 0) throw new UsageError('it must be said who is let in, for example --person ada');
  if (matrix === undefined)
    throw new UsageError('it must be said what they may do, for example --matrix casepoint-ecase-1');
  const addresses = input.list('from').flatMap((each) => splitList(each));
  const roles = entriesOf(input, 'supportRole', ',');
  return {
    access: input.flag('disabled') ? 'Disabled' : 'Enabled',
    userRefs: people.map((name) => ({ name })),
    matrixRef: { name: matrix },
    ...optional('reason', input.option('reason')),
    ...optional('applicationRef', named(input.option('application'))),
    ...optional('requiredSupportRoles', roles.length > 0 ? roles : undefined),
    ...optional('allowedCIDRs', addresses.length > 0 ? addresses : undefined),
  };
}

const named = (name: string | undefined) => (name === undefined ? undefined : { name });

/** A list that names no one restricts nothing, where its writer meant it to. */
function entriesOf(input: CommandInput, option: string, separator: string): string[] {
  return input.list(option).flatMap((text) => {
    const entries = text.split(separator).filter((entry) => entry.trim() !== '');
    if (entries.length === 0) {
      throw new UsageError(
        `"${text.slice(0, 60)}" must have a name in it, for example "ada,grace"; where there is none, leave the option out`,
      );
    }
    return entries;
  });
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [K in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [K in Name]?: Value });
}

async function refuseNamesake(cluster: Cluster, name: string): Promise<void> {
  const ref = { namespace: cluster.namespace, name };
  const there = await findOrNothing<SupportAccessGrant>(cluster, kinds.SupportAccessGrant, ref);
  if (there !== undefined) {
    throw new Refused(
      `refused: there is a SupportAccessGrant ${name} in namespace ${cluster.namespace} already (access: ${there.spec.access}), and a name can be used once. Give it more time with "grant extend", open it with "grant enable", or choose another name.`,
    );
  }
}

/** What is named and not there is most likely misspelt, and without it no one can say what would be seen. */
async function refuseMissing(cluster: Cluster, spec: GrantSpec, world: NamedByGrant): Promise<void> {
  if (world.matrix === 'absent')
    throw new CannotTell(await missing(cluster, kinds.SupportPermissionMatrix, spec.matrixRef));
  const { namespace } = cluster;
  if (world.application === 'absent') {
    throw new CannotTell(
      await missing(cluster, kinds.SupportApplication, { namespace, name: spec.applicationRef?.name ?? '' }),
    );
  }
}
