/** Stops support access by a lock, and says when the last session had ended. */
import { unlockReason } from '../../crds/audit/requester.ts';
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import { kinds } from '../../crds/kinds.ts';
import { lockedName } from '../../crds/rules/locks.ts';
import { isAlreadyExists } from '../../kube/errors.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { apiVersionOf } from '../../kube/resources.ts';
import { type StopReading, stoppingOf } from '../access/stopping.ts';
import { carryOut } from '../changes/carry-out.ts';
import type { Already, PlannedChange } from '../changes/change.ts';
import { leftAs } from '../changes/lost-response.ts';
import { type Cluster, fieldManager, withCluster } from '../cluster/cluster.ts';
import { type Readable, reading } from '../cluster/find.ts';
import { CannotTell, type CommandInput, type ExitCode, type Terminal } from '../command.ts';
import { readTarget } from './target.ts';

/** `revoke`. */
export async function revoke(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) => {
    // Who may not read locks learns from the answer to their own that one is there already.
    let isTaken = false;
    const onTaken = (): void => {
      isTaken = true;
    };
    return carryOut(input, terminal, async () =>
      planRevoking({ cluster, input, zone: terminal.zone, isTaken, onTaken }),
    );
  });
}

interface Revoking {
  readonly cluster: Cluster;
  readonly input: CommandInput;
  readonly zone: string;
  /** Whether the API server has refused ours since there is one of its name. */
  readonly isTaken: boolean;
  readonly onTaken: () => void;
}

async function planRevoking({ cluster, input, zone, isTaken, onTaken }: Revoking): Promise<PlannedChange> {
  const { lock: name, what, says, extent, doubt } = await readTarget(cluster, input);
  const done = `Support access to ${what} is stopped${doubt === undefined ? '' : `. ${doubt.replace(/\.$/, '')}`}`;
  const [there, stopping] = await Promise.all([
    reading<SupportAccessLock>(cluster, kinds.SupportAccessLock, { name }),
    stoppingOf(cluster, { extent, zone, done, stands: async (stored) => lockStands(cluster, stored) }),
  ]);
  const already = alreadyLocked(name, there, isTaken);
  const spec = { reason: input.option('reason') ?? '' };
  return {
    title: `Lock ${what} (SupportAccessLock ${name})`,
    before: undefined,
    after: spec,
    words: [
      'This stops it at once, until it is lifted with "kubectl support-access unlock". A lock wins over grants and the policy, and neither Git nor Helm reverts it.',
      ...(doubt === undefined ? [] : [doubt]),
      ...stopping.words,
    ],
    already,
    question: 'Stop this access?',
    written: `SupportAccessLock ${name} created`,
    write: async ({ dryRun }) =>
      cluster.client
        .create(
          kinds.SupportAccessLock,
          { metadata: says === undefined ? { name } : { name, annotations: { [lockedName]: says } }, spec },
          { fieldManager, strict: true, dryRun },
        )
        .catch((error: unknown) => {
          if (isAlreadyExists(error)) onTaken();
          throw error;
        }),
    stored: async () => leftAs(cluster, { resource: kinds.SupportAccessLock, ref: { name } }, { spec }),
    waitsFor: 'until grants are closed and sessions have ended',
    look: async (stored) => stopping.look(stored, { isAlready: already !== undefined }),
  };
}

function alreadyLocked(
  name: string,
  there: Readable<SupportAccessLock>,
  isTaken: boolean,
): Already | undefined {
  if (there === 'absent' || (there === 'unreadable' && !isTaken)) return undefined;
  if (there === 'unreadable') {
    const resource = kinds.SupportAccessLock;
    const says = 'Locked already; you may not read locks, so it is not said since when and why';
    return {
      says,
      object: { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: { name } } as KubeObject,
    };
  }
  refuseGoing(there);
  return {
    says: `Locked already, since ${there.metadata.creationTimestamp} ("${there.spec.reason}")${beingLifted(there)}`,
    object: there as unknown as KubeObject,
  };
}

/** From then on it may be deleted at any moment. */
function beingLifted({ metadata }: SupportAccessLock): string {
  const reason = metadata.annotations?.[unlockReason];
  return reason === undefined ? '' : `; it is being lifted ("${reason}")`;
}

/** Until it is gone there can be no other of its name, and then nothing would be stopped. */
function refuseGoing({ metadata: { name, deletionTimestamp } }: SupportAccessLock): void {
  if (deletionTimestamp === undefined) return;
  throw new CannotTell(
    `SupportAccessLock ${name} is being deleted since ${deletionTimestamp}, and until it is gone none of its name can be made; run it again, and see that it is gone with kubectl get supportaccesslocks; "kubectl support-access policy disable" switches all of it off meanwhile`,
  );
}

async function lockStands(cluster: Cluster, { metadata: { name, uid } }: KubeObject): Promise<StopReading> {
  const found = await reading<SupportAccessLock>(cluster, kinds.SupportAccessLock, { name });
  if (found === 'unreadable') return found;
  if (found === 'absent') return { fallen: lifted(`SupportAccessLock ${name} is lifted again`) };
  const { uid: uidNow, deletionTimestamp } = found.metadata;
  if (uidNow !== uid)
    return { fallen: lifted(`SupportAccessLock ${name} was lifted, and another one of its name made since`) };
  if (deletionTimestamp !== undefined)
    return { fallen: lifted(`SupportAccessLock ${name} is being deleted`) };
  const lifting = beingLifted(found);
  return lifting === '' ? 'stands' : { fallen: lifted(`SupportAccessLock ${name} stands${lifting}`) };
}

const lifted = (what: string): string =>
  `By another write ${what}: what it stops may open again. Ask who did that, or see it with kubectl support-access records print; run it again to stop it again.`;
