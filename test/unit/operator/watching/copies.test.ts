/** What the operator waits for before it begins, and what it does not. */
import { describe, expect, it } from 'vitest';
import {
  createCaches,
  missingCopies,
  reportedWithinMs,
  untilCopied,
} from '../../../../operator/watching/caches.ts';
import type { CollectionName } from '../../../../operator/watching/collections.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';
import { FollowedServer } from '../../../kit/objects/followed-server.ts';
import { namespaces } from '../../../kit/objects/keys-after.ts';

/** An operator that begins while the API server does not let this collection be read. */
async function begun(unread: CollectionName | undefined) {
  const clock = aStepClock();
  const { client } = new FollowedServer({});
  const caches = createCaches({ ...namespaces, client, onProblem: () => undefined }, []);
  const state = { hasBegun: false };
  const begins = untilCopied(caches, clock).then(() => Object.assign(state, { hasBegun: true }));
  begins.catch(() => undefined);
  for (const [name, cache] of Object.entries(caches)) if (name !== unread) cache.start();
  const others = Object.entries(caches).filter(([name]) => name !== unread);
  await Promise.all(others.map(([, cache]) => cache.synced));
  const stop = () => Promise.all(Object.values(caches).map((cache) => cache.stop()));
  return { clock, caches, state, stop };
}

describe('an operator that begins', () => {
  it('waits for a copy of what something is decided by, however long that takes', async () => {
    const { clock, caches, state, stop } = await begun('grants');
    await clock.step(10 * reportedWithinMs);
    expect(state.hasBegun).toBe(false);
    expect(missingCopies(caches)).toEqual(['grants']);
    await stop();
  });

  it.each([
    ['admission', reportedWithinMs - 1, false],
    ['admission', reportedWithinMs, true],
    ['mutation', reportedWithinMs, true],
  ] as const)('waits for %s, which is only reported on, for a moment: %i ms', async (name, ms, hasBegun) => {
    const { clock, caches, state, stop } = await begun(name);
    await clock.step(ms);
    expect(state.hasBegun).toBe(hasBegun);
    expect(missingCopies(caches)).toEqual([]);
    await stop();
  });

  it('begins at once where all is there', async () => {
    const { clock, state, stop } = await begun(undefined);
    await clock.step(0);
    expect(state.hasBegun).toBe(true);
    expect(clock.waiting).toBe(0);
    await stop();
  });
});
