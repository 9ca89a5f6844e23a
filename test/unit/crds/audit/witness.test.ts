import { describe, expect, it } from 'vitest';
import { type Citation, citationOf } from '../../../../crds/audit/citation.ts';
import type { StoredRecord } from '../../../../crds/audit/record.ts';
import { type CitedWorld, olderIn, type WitnessRow } from '../../../../crds/audit/witness.ts';
import { learn } from '../../../../crds/audit/witness-learning.ts';
import { aGrant } from '../../../kit/objects/grant.ts';

const grant: Citation = {
  kind: 'SupportAccessGrant',
  uid: 'g',
  name: 'case-1',
  namespace: 'ecase',
  generation: 4,
  hash: 'a-enabled',
};
const user: Citation = { kind: 'SupportUser', uid: 'u', name: 'ada', generation: 1, hash: 'a-ada' };
const named = { namespace: 'ecase', name: 'case-1', uid: 'g', generation: 4 };

type Taught = Partial<StoredRecord>;

/** What the records know after these, in order. */
function after(...taught: readonly Taught[]): readonly WitnessRow[] {
  const known = new Map<string, WitnessRow>();
  const rows = {
    get: (subject: string) => known.get(subject),
    put: (row: WitnessRow) => void known.set(row.subject, row),
    forget: (subject: string) => void known.delete(subject),
    refused: (found: string | undefined) =>
      [...known.values()].filter(
        ({ state, found: by }) => state === 'refused' && (found === undefined || found === by),
      ),
  };
  for (const record of taught) learn(record as StoredRecord, record.writer ?? 'operator', rows);
  return [...known.values()];
}

/** What of the world is older than that. */
function older(world: CitedWorld, rows: readonly WitnessRow[], locks: readonly string[] = []) {
  const get = (subject: string) => rows.find((row) => row.subject === subject);
  return olderIn(world, locks, { get }).map(({ kind, how }) => `${kind} ${how}`);
}

const seen = (...cites: readonly Citation[]): Taught => ({ type: 'grant.changed', phase: 'point', cites });
const lockOf = (type: StoredRecord['type'], uid: string, action?: string): Taught => ({
  type,
  target: { area: 'configuration', kind: 'SupportAccessLock', name: 'all', uid, ...(action && { action }) },
});

const lost: Taught = {
  type: 'audit.restore_found',
  target: { area: 'records', kind: 'SupportAccessLock', name: 'all', uid: '1' },
};

describe('the witness', () => {
  it('has nothing against a world that was never seen, nor against one that was seen so or goes on from it', () => {
    expect(older({ cites: [grant] }, after())).toEqual([]);
    expect(older({ cites: [grant, user] }, after(seen(grant, user)))).toEqual([]);
    expect(older({ cites: [{ ...grant, generation: 5, hash: 'a-x' }] }, after(seen(grant)))).toEqual([]);
  });

  it('knows an older generation, and other content of the same one', () => {
    const rows = after(seen({ ...grant, generation: 5, hash: 'a-disabled' }));
    expect(older({ cites: [grant] }, rows)).toEqual(['SupportAccessGrant perhaps']);
    expect(older({ cites: [{ ...grant, generation: 5 }] }, rows)).toEqual(['SupportAccessGrant perhaps']);
  });

  it('compares contents of one generation only where they were made by the same fields', () => {
    expect(older({ cites: [{ ...grant, hash: 'b-enabled' }] }, after(seen(grant)))).toEqual([]);
  });

  it('takes the grant that a record names where it cites none', () => {
    const rows = after(seen({ ...grant, generation: 5 }));
    expect(older({ grant: named }, rows)).toEqual(['SupportAccessGrant perhaps']);
  });

  it('never learns an older state again, so the later one stays known', () => {
    const later = { ...grant, generation: 5 };
    expect(older({ cites: [grant] }, after(seen(later), seen(grant)))).toEqual([
      'SupportAccessGrant perhaps',
    ]);
  });

  it('keeps what was deleted deleted, whatever its generation says', () => {
    const rows = after(seen(grant), seen({ ...grant, gone: true }));
    expect(older({ cites: [{ ...grant, generation: 9 }] }, rows)).toEqual(['SupportAccessGrant perhaps']);
  });

  it('believes the operator alone that something is gone, or is the first of its name', () => {
    const said: Taught = { type: 'app.request', writer: 'gateway', cites: [{ ...grant, gone: true }] };
    expect(older({ cites: [grant] }, after(said))).toEqual([]);
    expect(older({ cites: [grant] }, after(seen(grant), said))).toEqual([]);
    const copy: Taught = { type: 'app.request', writer: 'gateway', cites: [{ ...grant, uid: 'forged' }] };
    expect(older({ cites: [grant] }, after(copy))).toEqual([]);
  });

  it('knows a grant that was deleted and made again word for word, until consent is given anew', () => {
    const rows = after(seen(grant), seen({ ...grant, gone: true }));
    const again = { ...grant, uid: 'g2', generation: 1 };
    expect(older({ cites: [again] }, rows)).toEqual(['SupportAccessGrant certain']);
    expect(older({ cites: [{ ...again, hash: 'a-consent-2' }] }, rows)).toEqual([]);
    expect(older({ cites: [{ ...again, name: 'case-2' }] }, rows)).toEqual([]);
    const recorded = after(seen(grant), seen({ ...grant, gone: true }), seen(again));
    expect(older({ cites: [again] }, recorded)).toEqual(['SupportAccessGrant certain']);
  });

  it('refuses for good what was found to be restored, until it is confirmed; then it learns anew', () => {
    const found: Taught = {
      type: 'audit.restore_found',
      target: { area: 'records', kind: grant.kind, name: grant.name, uid: grant.uid },
    };
    const later = { ...grant, generation: 5 };
    const refused = after(seen(later), found);
    expect(older({ cites: [{ ...grant, generation: 9 }] }, refused)).toEqual(['SupportAccessGrant certain']);
    const confirmed = after(seen(later), found, { type: 'audit.restore_confirmed' });
    expect(older({ cites: [grant] }, confirmed)).toEqual([]);
  });

  it.each([
    ['a lock that stands is missed', [lockOf('lock.created', '1')], ['SupportAccessLock perhaps']],
    [
      'a lock that vanished is missed',
      [lockOf('lock.created', '1'), lockOf('lock.lost', '1')],
      ['SupportAccessLock perhaps'],
    ],
    [
      'a lock that admission was asked to lift is not',
      [lockOf('lock.created', '1'), lockOf('admission.requested', '1', 'UPDATE')],
      [],
    ],
    [
      'a lock is not lifted by a review that names another',
      [lockOf('lock.created', '1'), lockOf('admission.requested', '2', 'UPDATE')],
      ['SupportAccessLock perhaps'],
    ],
    [
      'a lock that was found lost is not lifted by a review: it is a person that confirms it',
      [lockOf('lock.created', '1'), lost, lockOf('admission.requested', '1', 'UPDATE')],
      ['SupportAccessLock certain'],
    ],
    [
      'a lock that was lifted before its making was recorded is not',
      [lockOf('admission.requested', '1', 'UPDATE'), lockOf('lock.created', '1')],
      [],
    ],
    ['a lock that was lifted is not', [lockOf('lock.created', '1'), lockOf('lock.lifted', '1')], []],
    [
      'the next lock of that name is missed, also where the end of the first is told late',
      [lockOf('lock.created', '1'), lockOf('lock.created', '2'), lockOf('lock.lifted', '1')],
      ['SupportAccessLock perhaps'],
    ],
    [
      'a lock that someone asked to make or delete is no lock that was lifted',
      [lockOf('lock.created', '1'), lockOf('admission.requested', '1', 'DELETE')],
      ['SupportAccessLock perhaps'],
    ],
  ])('%s', (_, taught, missed) => {
    expect(older({ grant: named }, after(...taught), ['all'])).toEqual(missed);
  });

  it('keeps a session ended, and knows another object that says to be it', () => {
    const session: Citation = { kind: 'SupportSession', uid: 's', name: 's-1', generation: 1 };
    const authorized: Taught = { type: 'session.authorized', session: 'h', cites: [session] };
    const ended: Taught = { type: 'session.ended', session: 'h' };
    const world = { session: 'h', cites: [session] };
    expect(older(world, after(authorized))).toEqual([]);
    expect(older(world, after(authorized, ended))).toEqual(['SupportSession certain']);
    const again = { session: 'h', cites: [{ ...session, uid: 'other' }] };
    expect(older(again, after(authorized))).toEqual(['SupportSession certain']);
  });
});

describe('a citation', () => {
  it('is another where what opens is another, and the same where a release adds a field with a default', () => {
    const hash = (spec: object) => citationOf({ ...aGrant(), spec: { ...aGrant().spec, ...spec } })?.hash;
    expect(hash({ access: 'Disabled' })).not.toBe(hash({}));
    expect(hash({ addedByALaterRelease: 'Default' })).toBe(hash({}));
  });
});
