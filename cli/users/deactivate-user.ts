/** Takes a person of the vendor's support out of every grant, without naming the grants. */
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { isStillDisabled, stoppingOf } from '../access/stopping.ts';
import { carryOut } from '../changes/carry-out.ts';
import type { PlannedChange } from '../changes/change.ts';
import { leftAs } from '../changes/lost-response.ts';
import { type Cluster, fieldManager, withCluster } from '../cluster/cluster.ts';
import { find } from '../cluster/find.ts';
import type { CommandInput, ExitCode, Terminal } from '../command.ts';

/** `user deactivate`. */
export async function deactivateUser(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) =>
    carryOut(input, terminal, async () => planDeactivating(cluster, input.arguments[0] ?? '', terminal.zone)),
  );
}

async function planDeactivating(cluster: Cluster, name: string, zone: string): Promise<PlannedChange> {
  const user = await find<SupportUser>(cluster, kinds.SupportUser, { name });
  const { metadata, spec } = user;
  const { uid, resourceVersion } = metadata;
  const stopping = await stoppingOf(cluster, {
    extent: {
      // A grant for several people stays open to the others.
      grants: (grant) => grant.spec.userRefs.every((each) => each.name === name),
      sessions: (session) => session.spec.userRef.uid === uid,
    },
    zone,
    done: `SupportUser ${name} is deactivated`,
    stands: async () => isStillDisabled(cluster, kinds.SupportUser, { name }),
  });
  const off = { access: 'Disabled' };
  const patch = { metadata: { resourceVersion }, spec: off };
  return {
    title: `Deactivate SupportUser ${name}`,
    before: spec,
    after: { ...spec, ...off },
    words: [`This lets ${spec.displayName} in nowhere any more, at once.`, ...stopping.words],
    already:
      spec.access === 'Disabled'
        ? { says: `SupportUser ${name} is deactivated already`, object: user as unknown as KubeObject }
        : undefined,
    question: 'Deactivate this person?',
    written: `SupportUser ${name} deactivated`,
    write: async ({ dryRun }) =>
      cluster.client.mergePatch(kinds.SupportUser, { name }, { patch, fieldManager, strict: true, dryRun }),
    stored: async () =>
      leftAs(cluster, { resource: kinds.SupportUser, ref: { name } }, { spec: off, before: metadata }),
    waitsFor: 'until grants are closed and sessions have ended',
    look: async (stored) => stopping.look(stored, { isAlready: spec.access === 'Disabled' }),
  };
}
