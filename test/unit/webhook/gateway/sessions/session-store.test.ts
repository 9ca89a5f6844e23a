import { describe, expect, it } from 'vitest';
import { keysFrom } from '../../../../../webhook/gateway/sessions/keys.ts';
import { createSessionStore } from '../../../../../webhook/gateway/sessions/session-store.ts';
import { aStepClock } from '../../../../kit/clock/step-clock.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { aTrail } from '../../../../kit/objects/memory-gateway.ts';
import { recreated } from '../../../../kit/objects/object.ts';
import { aSession } from '../../../../kit/objects/session.ts';

/** A store over a cluster that takes every write; `deleted` are its deletions. */
function aStore({ full = false } = {}) {
  const trail = aTrail();
  const deleted: unknown[] = [];
  const failures: string[] = [];
  const clock = aStepClock(noon);
  const store = createSessionStore({
    client: {
      create: <T>(_resource: unknown, object: object) => Promise.resolve(object as T),
      delete: (_resource, { name }, options) => {
        deleted.push([name, options?.uid]);
        return Promise.resolve('deleted');
      },
      mergePatch: <T>() => Promise.resolve({} as T),
    },
    keys: keysFrom(Buffer.alloc(32, 1)),
    trail: full ? { appendInBackground: () => false } : trail,
    now: () => noon,
    clock,
    onFailure: (what) => failures.push(what),
  });
  return {
    store,
    clock,
    deleted,
    failures,
    reasons: () => trail.records.map(({ outcome }) => outcome?.reason),
  };
}

describe('the end of a session', () => {
  it('is recorded once, with the reason why it ended, and not again when its deletion is seen', async () => {
    const { store, clock, reasons } = aStore();
    await store.end(aSession(), { reason: 'SignedOut' });
    store.noteDeleted(aSession(), undefined);
    await clock.step(3000);
    await store.end(aSession(), { reason: 'Locked' });
    expect(reasons()).toEqual(['SignedOut']);
  });

  it('deletes that very session, not one that was made again under its name', async () => {
    const { store, deleted } = aStore();
    await store.end(aSession(), { reason: 'SignedOut' });
    expect(deleted).toEqual([['ada-1', aSession().metadata.uid]]);
  });

  it('is recorded as a deletion where another client deleted it, for each session of a name', async () => {
    const { store, clock, reasons } = aStore();
    store.noteDeleted(aSession(), undefined);
    store.noteDeleted(aSession(recreated()), undefined);
    await clock.step(2999);
    expect(reasons()).toEqual([]);
    await clock.step(1);
    expect(reasons()).toEqual(['Deleted', 'Deleted']);
  });

  it('that was due before it was deleted is recorded at once, with that reason', () => {
    const { store, reasons } = aStore();
    store.noteDeleted(aSession(), 'Locked');
    expect(reasons()).toEqual(['Locked']);
  });

  it('is recorded also where the process ends before it is time', async () => {
    const { store, clock, reasons } = aStore();
    store.noteDeleted(aSession(), undefined);
    store.close();
    await clock.step(3000);
    expect(reasons()).toEqual(['Deleted']);
  });

  it('deletes the session also where it could not be recorded, and says so', async () => {
    const { store, deleted, failures } = aStore({ full: true });
    await store.end(aSession(), { reason: 'SignedOut' });
    expect([deleted.length, failures]).toEqual([1, ['end of a session not recorded']]);
  });
});
