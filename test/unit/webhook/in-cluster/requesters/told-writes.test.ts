/** Whom a stored write names, by what reviews told: every mixture of proved, claimed, invented and repeated ones. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOfWrite, type StoredWrite, storedWriteOf } from '../../../../../crds/audit/requester.ts';
import type { SupportAccessGrant } from '../../../../../crds/generated/support-access-grant.ts';
import { type ToldWrite, ToldWrites } from '../../../../../webhook/in-cluster/requesters/told-writes.ts';
import { aGrant, disabled } from '../../../../kit/objects/grant.ts';
import { withMetadata } from '../../../../kit/objects/object.ts';

const stored = storedWriteOf(aGrant());
const told = (username: string, write: StoredWrite = stored, proved = false): ToldWrite => ({
  write,
  requester: { username },
  proved,
});
const following = (...kinds: readonly string[]) => {
  const writes = new ToldWrites();
  for (const kind of ['SupportAccessGrant', ...kinds]) writes.follow(kind, []);
  return writes;
};
const after = (...reviews: readonly ToldWrite[]) => {
  const writes = following();
  for (const review of reviews) writes.tell(review);
  return writes.requesterOf(stored);
};
const otherGeneration = { ...stored, generation: stored.generation + 1 };
const otherObject = { ...stored, uid: 'another' };
const otherSpec = storedWriteOf(disabled()(aGrant()));
const deletion = { ...stored, gone: true };

describe('a stored write', () => {
  it('has the requester of whom one review told', () => {
    expect(after(told('grace'))).toEqual({ certainty: 'claimed', username: 'grace' });
    expect(after(told('grace', stored, true))).toEqual({ certainty: 'proved', username: 'grace' });
  });

  it('has none when nothing was told, or of another object, generation, spec or act', () => {
    expect(after()).toEqual({ certainty: 'unknown' });
    for (const other of [otherGeneration, otherObject, otherSpec, deletion]) {
      expect(after(told('grace', other))).toEqual({ certainty: 'unknown' });
      expect(after(told('grace', other, true))).toEqual({ certainty: 'unknown' });
    }
  });

  it('has none when two without proof were told, and one told twice is one', () => {
    expect(after(told('grace'), told('mallory'))).toEqual({ certainty: 'unknown' });
    expect(after(told('grace'), told('grace'))).toEqual({ certainty: 'claimed', username: 'grace' });
  });

  it('has the proved one whatever is told without proof, and none when two are proved', () => {
    const forged = Array.from({ length: 50 }, (_, at) => told(`forged-${at}`));
    expect(after(...forged, told('ada', stored, true), ...forged)).toMatchObject({ username: 'ada' });
    expect(after(told('ada', stored, true), told('bob', stored, true))).toEqual({ certainty: 'unknown' });
  });

  it('keeps its proved requester although thousands of writes are invented', () => {
    const writes = following();
    writes.tell(told('ada', stored, true));
    for (let at = 0; at < 5000; at++) writes.tell(told('grace', { ...stored, uid: `u${at}` }));
    expect(writes.requesterOf(stored)).toMatchObject({ certainty: 'proved', username: 'ada' });
  });

  it('has none when it was there before anyone told of it', () => {
    const writes = new ToldWrites();
    writes.tell(told('grace'));
    writes.follow(stored.kind, [stored]);
    writes.tell(told('grace'));
    expect(writes.requesterOf(stored)).toEqual({ certainty: 'unknown' });
  });

  it('has no claimed requester before it is known what is stored of its kind', () => {
    const writes = following();
    const user: StoredWrite = { ...stored, kind: 'SupportUser' };
    writes.tell(told('grace', user));
    writes.tell(told('grace', { ...user, kind: stored.kind }));
    writes.follow(user.kind, []);
    expect(writes.requesterOf(user)).toEqual({ certainty: 'unknown' });
    writes.tell(told('ada', user));
    expect(writes.requesterOf(user)).toMatchObject({ username: 'ada' });
  });

  it('has no claimed requester once claims had to be forgotten, as the true one may have been', () => {
    const writes = following();
    writes.tell(told('mallory'));
    for (let at = 0; at < 2000; at++) writes.tell(told('x', { ...stored, uid: `u${at}` }));
    writes.tell(told('grace'));
    expect(writes.requesterOf(stored)).toEqual({ certainty: 'unknown' });
    writes.tell(told('ada', stored, true));
    expect(writes.requesterOf(stored)).toMatchObject({ certainty: 'proved', username: 'ada' });
  });

  it('has none when two name one person, with other groups or another UID', () => {
    const write = stored;
    const grace = { write, requester: { username: 'grace', uid: '1', groups: ['staff'] }, proved: false };
    const others = [
      { username: 'grace', uid: '1', groups: ['admins'] },
      { username: 'grace', uid: '1' },
      { username: 'grace', uid: '2', groups: ['staff'] },
    ];
    expect(after(grace, grace)).toMatchObject({ groups: ['staff'] });
    for (const requester of others)
      expect(after(grace, { ...grace, requester })).toEqual({ certainty: 'unknown' });
  });

  it('never has a name that no review of this very write told', () => {
    const names = fc.constantFrom('ada', 'bob', 'grace');
    const writes = fc.constantFrom(stored, otherGeneration, otherObject, otherSpec, deletion);
    const reviews = fc.array(fc.tuple(names, writes, fc.boolean()), { maxLength: 8 });
    fc.assert(
      fc.property(reviews, (all) => {
        const result = after(...all.map(([name, write, proved]) => told(name, write, proved)));
        const fitting = all.filter(([, write]) => write === stored);
        const proved = new Set(fitting.flatMap(([name, , isProved]) => (isProved ? [name] : [])));
        const claimed = new Set(fitting.map(([name]) => name));
        const only = proved.size > 0 ? proved : claimed;
        expect(result.username).toBe(only.size === 1 ? [...only][0] : undefined);
        expect(result.certainty === 'proved').toBe(proved.size === 1);
      }),
    );
  });
});

describe('a deletion', () => {
  const gone = storedWriteOf(aGrant(), true);
  const requesterAfter = (review: ToldWrite, write: StoredWrite) => {
    const writes = following();
    writes.tell(review);
    return writes.requesterOf(write).username;
  };

  it('has its requester also when a finalizer held it up, which counts as one more generation', () => {
    const held = storedWriteOf(
      withMetadata<SupportAccessGrant>({
        deletionTimestamp: '2026-12-01T00:00:00Z',
        generation: (aGrant().metadata.generation ?? 0) + 1,
      })(aGrant()),
    );
    expect(requesterAfter(told('grace', gone), gone)).toBe('grace');
    expect(requesterAfter(told('grace', gone), held)).toBe('grace');
    expect(requesterAfter(told('grace', gone), { ...gone, generation: gone.generation + 2 })).toBeUndefined();
    expect(requesterAfter(told('grace', storedWriteOf(disabled()(aGrant()), true)), gone)).toBeUndefined();
  });
});

describe('the deletion of whatever object', () => {
  const gone = storedWriteOf(aGrant(), true);

  it('keeps its true review, however many are told that do not fit', () => {
    const writes = following();
    writes.tell(told('grace', gone));
    for (let at = 0; at < 5; at++) writes.tell(told(`x${at}`, { ...gone, fingerprint: `f${at}` }));
    writes.tell(told('mallory', gone));
    expect(writes.requesterOf(gone)).toEqual({ certainty: 'unknown' });
  });

  it('has no claimed requester where it is a session: the gateway ends those without a review', () => {
    const session: StoredWrite = { ...gone, kind: 'SupportSession' };
    const writes = following('SupportSession');
    writes.tell(told('grace', session));
    expect(writes.has(session)).toBe(true);
    expect(writes.requesterOf(session)).toEqual({ certainty: 'unknown' });
    writes.tell(told('ada', session, true));
    expect(writes.requesterOf(session)).toMatchObject({ certainty: 'proved', username: 'ada' });
  });
});

describe('the reason to lift a lock', () => {
  const lock = (annotations: Record<string, string>, kind = 'SupportAccessLock') =>
    storedWriteOf({ kind, metadata: { uid: 'u', generation: 1, annotations }, spec: { reason: 'stop' } });

  it('is a write of its own on a lock, and no annotation is one on anything else', () => {
    const why = { 'supportaccess.dev/unlock-reason': 'over' };
    expect(keyOfWrite(lock(why))).not.toBe(keyOfWrite(lock({})));
    expect(keyOfWrite(lock({ note: 'x' }))).toBe(keyOfWrite(lock({})));
    expect(keyOfWrite(lock(why, 'SupportAccessGrant'))).toBe(keyOfWrite(lock({}, 'SupportAccessGrant')));
  });
});
