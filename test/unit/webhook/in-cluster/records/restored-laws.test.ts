/**
 * T-O8 Whatever backup is put back, whenever, how often, and with how many confirmations in between: nothing opens that was taken
 * back, unless a person confirmed it after it came back; and all else opens, but for what is to be confirmed still.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aRestoredCluster, type Slot, slots } from '../../../../kit/records/restored-cluster.ts';

type Cluster = Awaited<ReturnType<typeof aRestoredCluster>>;
type Step = readonly [what: string, act: (cluster: Cluster) => Promise<unknown> | void];

const slot = fc.constantFrom(...slots);
const back = fc.integer({ min: 0, max: 3 });

const set =
  (access: 'Enabled' | 'Disabled') =>
  (one: Slot): Step => [`${one} ${access}`, (cluster) => cluster.set(one, access)];
const putBack = (n: number): Step => [`put back ${n}`, (cluster) => cluster.putBack(n)];
const confirm: Step = ['confirm', (cluster) => cluster.confirm()];
const lock: Step = ['lock', (cluster) => cluster.lock()];

/** Each way to take access back. */
const takenBack: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: slot.map(set('Disabled')) },
  { weight: 1, arbitrary: slot.map((one): Step => [`delete ${one}`, (cluster) => cluster.remove(one)]) },
  { weight: 2, arbitrary: fc.constant(lock) },
);
const other: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: slot.map(set('Enabled')) },
  { weight: 1, arbitrary: fc.constant<Step>(['unlock', (cluster) => cluster.unlock()]) },
  { weight: 2, arbitrary: fc.constant<Step>(['save', (cluster) => cluster.save()]) },
  { weight: 1, arbitrary: back.map((n): Step => [`open late ${n}`, (cluster) => cluster.openLate(n)]) },
);
/** A day: something is taken back, what else happens, a backup is put back, and perhaps it is confirmed. */
const day = fc
  .tuple(
    takenBack,
    fc.array(other, { maxLength: 2 }),
    back.map(putBack),
    fc.array(other, { maxLength: 1 }),
    fc.boolean(),
  )
  .map(([taken, others, restored, later, isConfirmed]) => [
    taken,
    ...others,
    restored,
    ...later,
    ...(isConfirmed ? [confirm] : []),
  ]);
const days = fc.array(day, { minLength: 1, maxLength: 5 }).map((all) => all.flat());

/** All is there, and open, and saved. */
async function started(): Promise<Cluster> {
  const cluster = await aRestoredCluster();
  for (const one of slots) await cluster.set(one, 'Enabled');
  cluster.save();
  return cluster;
}

/** What is taken back again after it was confirmed, in the same words as the first time. */
const twice: Step[][] = [...slots.map(set('Disabled')), lock].map((taken) => [
  taken,
  putBack(0),
  confirm,
  taken,
  putBack(0),
  confirm,
]);

describe('T-O8 a cluster of which backups are put back', () => {
  it('opens by nothing that was taken back before, and by all else', async () => {
    await fc.assert(
      fc.asyncProperty(days, async (steps) => {
        const cluster = await started();
        const told: string[] = [];
        try {
          for (const [what, act] of steps) {
            await act(cluster);
            const opening = await cluster.open();
            told.push(`${what}: ${opening}`);
            if (opening === 'closed') continue;
            const isClosed = cluster.isRevived() || (await cluster.isWaiting());
            expect(opening === 'taken', told.join('\n')).toBe(!isClosed);
          }
        } finally {
          await cluster.close();
        }
      }),
      {
        numRuns: 20,
        endOnFailure: true,
        examples: twice.map((steps) => [steps]),
      },
    );
  }, 120_000);
});
