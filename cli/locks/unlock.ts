/** Lifts a lock: the reason is written to it first, then it is deleted. */
import { unlockReason } from '../../crds/audit/requester.ts';
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import { kinds } from '../../crds/kinds.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { enabledGrants } from '../access/open-now.ts';
import { openedWords } from '../access/seen-data.ts';
import { carryOut } from '../changes/carry-out.ts';
import type { InForce, PlannedChange, WriteMode } from '../changes/change.ts';
import { type Cluster, fieldManager, withCluster } from '../cluster/cluster.ts';
import { findOrNothing } from '../cluster/find.ts';
import { type CommandInput, type ExitCode, type Terminal, UsageError } from '../command.ts';
import { writing } from '../written.ts';
import { readStandingLock } from './standing-lock.ts';

/** `unlock`. */
export async function unlock(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const reason = input.option('reason')?.trim() ?? '';
  if (reason === '') throw new UsageError('say why it may be lifted: --reason "a false alarm"');
  return withCluster(input, terminal, async (cluster) =>
    carryOut(input, terminal, async () => planUnlocking({ cluster, input, terminal, reason })),
  );
}

interface Unlocking {
  readonly cluster: Cluster;
  readonly input: CommandInput;
  readonly terminal: Terminal;
  readonly reason: string;
}

async function planUnlocking({ cluster, input, terminal, reason }: Unlocking): Promise<PlannedChange> {
  const { lock, target } = await readStandingLock(cluster, input);
  const { lock: name, what, extent, concerns, doubt } = target;
  const isThere = async (): Promise<boolean> =>
    (await findOrNothing(cluster, kinds.SupportAccessLock, { name })) !== undefined;
  const held =
    doubt === undefined
      ? await openedWords(cluster, {
          grants: await enabledGrants(cluster, { grants: concerns, namespace: extent.namespace }),
          which: 'Enabled grants under it',
          none: 'No enabled grant is under it.',
          unlisted: 'You may not list grants, so it is not said which that is.',
        })
      : [doubt];
  return {
    title: `Lift the lock on ${what} (SupportAccessLock ${name})`,
    before: lock.spec,
    after: undefined,
    words: [
      `It was made ${lock.metadata.creationTimestamp}: ${lock.spec.reason}`,
      'What was open before may open again: each grant that is enabled, within its window, and held by nothing else.',
      ...held,
      'Sessions that it ended stay ended; people sign in again.',
    ],
    question: 'Lift this lock?',
    written: `SupportAccessLock ${name} lifted`,
    write: async (mode) => lift({ cluster, lock, terminal, reason }, mode),
    stored: async () => ((await isThere()) ? undefined : lock),
    waitsFor: 'until the lock is gone',
    look: async (): Promise<InForce | undefined> => {
      return !(await isThere())
        ? { asWanted: true, says: [`Done. The lock on ${what} is lifted.`] }
        : undefined;
    },
  };
}

interface Lifting {
  readonly cluster: Cluster;
  readonly lock: SupportAccessLock;
  readonly terminal: Terminal;
  readonly reason: string;
}

/** A dry run ends after the reason: no lock is deleted that has none stored. */
async function lift(
  { cluster, lock, terminal, reason }: Lifting,
  { dryRun }: WriteMode,
): Promise<KubeObject> {
  const { name, uid, resourceVersion } = lock.metadata;
  const annotate = async (): Promise<KubeObject> =>
    cluster.client.mergePatch(
      kinds.SupportAccessLock,
      { name },
      {
        patch: { metadata: { resourceVersion, annotations: { [unlockReason]: reason } } },
        fieldManager,
        strict: true,
        dryRun,
      },
    );
  if (dryRun) return annotate();
  const annotated = await writing(terminal, `the reason for lifting SupportAccessLock ${name}`, annotate);
  await cluster.client.delete(kinds.SupportAccessLock, { name }, { uid });
  return annotated;
}
