import { describe, expect, it } from 'vitest';
import { type GrantWriters, reconcileGrant } from '../../../../operator/grant/reconcile.ts';
import { after } from '../../../kit/objects/grant-life.ts';
import { aWorld, noon, withRights } from '../../../kit/objects/grant-world.ts';

const steps = ['remove', 'record', 'apply', 'report'] as const;
type Step = (typeof steps)[number];

/** Writers whose every step ends only when the test says so. */
function heldWriters() {
  const begun: Step[] = [];
  const held = new Map<Step, PromiseWithResolvers<void>>();
  const step = async (name: Step): Promise<void> => {
    begun.push(name);
    const waiting = Promise.withResolvers<void>();
    held.set(name, waiting);
    await waiting.promise;
  };
  const writers: GrantWriters = {
    clock: { now: () => noon },
    cluster: {
      remove: () => step('remove'),
      apply: async () => {
        await step('apply');
        return undefined;
      },
    },
    records: {
      write: async () => {
        await step('record');
        return 'recorded';
      },
    },
    status: { report: () => step('report').then(() => true) },
  };
  return { writers, begun, held };
}

/** Lets everything go on that does not wait for a held step. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the steps of a reconcile', () => {
  it('each begin only when the one before has ended, and the last is waited for', async () => {
    const { writers, begun, held } = heldWriters();
    let done = false;
    const reconciled = reconcileGrant(aWorld(withRights()), writers).then(() => {
      done = true;
    });
    for (const [index, step] of steps.entries()) {
      await settled();
      expect(begun).toEqual(steps.slice(0, index + 1));
      expect(done).toBe(false);
      held.get(step)?.resolve();
    }
    await reconciled;
  });

  it.each(steps.map((step, index) => [step, steps.slice(0, index + 1)] as const))(
    'end with the first that fails: %s',
    async (failing, expected) => {
      const { writers, begun, held } = heldWriters();
      const reconciled = reconcileGrant(aWorld(withRights()), writers);
      const outcome = reconciled.then(
        () => 'done',
        (error: unknown) => error,
      );
      for (const step of expected) {
        await settled();
        if (step === failing) held.get(step)?.reject(new Error('away'));
        else held.get(step)?.resolve();
      }
      expect(await outcome).toEqual(new Error('away'));
      expect(begun).toEqual(expected);
    },
  );
});

describe('a reconcile says that it acted', () => {
  /** Writers that do everything at once; the status is written or there already. */
  const writers = (reported: boolean): GrantWriters => ({
    clock: { now: () => noon },
    cluster: { remove: async () => undefined, apply: async () => undefined },
    records: { write: async () => 'recorded' },
    status: { report: async () => reported },
  });

  it('when its plan wanted something', async () => {
    expect(await reconcileGrant(aWorld(), writers(false))).toMatchObject({ acted: true });
  });

  it('when it wrote the status', async () => {
    expect(await reconcileGrant(after(aWorld(), noon), writers(true))).toMatchObject({ acted: true });
  });

  it('in no other case', async () => {
    expect(await reconcileGrant(after(aWorld(), noon), writers(false))).toMatchObject({ acted: false });
  });
});
