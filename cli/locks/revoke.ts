/** Stops support access by a lock, and says when the last session had ended. */
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import { kinds } from '../../crds/kinds.ts';
import { lockedName } from '../../crds/rules/locks.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { stoppingOf } from '../access/stopping.ts';
import { carryOut } from '../changes/carry-out.ts';
import type { PlannedChange } from '../changes/change.ts';
import { leftAs } from '../changes/lost-response.ts';
import { type Cluster, fieldManager, withCluster } from '../cluster/cluster.ts';
import { findOrNothing } from '../cluster/find.ts';
import type { CommandInput, ExitCode, Terminal } from '../command.ts';
import { readTarget } from './target.ts';

/** `revoke`. */
export async function revoke(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) =>
    carryOut(input, terminal, async () => planRevoking(cluster, input, terminal)),
  );
}

async function planRevoking(
  cluster: Cluster,
  input: CommandInput,
  { zone }: Terminal,
): Promise<PlannedChange> {
  const { lock: name, what, says, extent, doubt } = await readTarget(cluster, input);
  const done = `Support access to ${what} is stopped${doubt === undefined ? '' : `. ${doubt.replace(/\.$/, '')}`}`;
  const [there, stopping] = await Promise.all([
    findOrNothing<SupportAccessLock>(cluster, kinds.SupportAccessLock, { name }),
    stoppingOf(cluster, { extent, zone, done }),
  ]);
  const spec = { reason: input.option('reason') ?? 'Stopped with kubectl support-access revoke' };
  return {
    title: `Lock ${what} (SupportAccessLock ${name})`,
    before: undefined,
    after: spec,
    words: [
      'This stops it at once, until it is lifted with "kubectl support-access unlock". A lock wins over grants and the policy, and neither Git nor Helm reverts it.',
      ...(doubt === undefined ? [] : [doubt]),
      ...stopping.words,
    ],
    already: there && {
      says: `Locked already, since ${there.metadata.creationTimestamp} ("${there.spec.reason}")`,
      object: there as unknown as KubeObject,
    },
    question: 'Stop this access?',
    written: `SupportAccessLock ${name} created`,
    write: async ({ dryRun }) =>
      cluster.client.create(
        kinds.SupportAccessLock,
        { metadata: says === undefined ? { name } : { name, annotations: { [lockedName]: says } }, spec },
        { fieldManager, strict: true, dryRun },
      ),
    stored: async () => leftAs(cluster, { resource: kinds.SupportAccessLock, ref: { name } }, { spec }),
    waitsFor: 'until grants are closed and sessions have ended',
    look: async () => stopping.look(),
  };
}
