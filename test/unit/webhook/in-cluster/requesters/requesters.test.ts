import { describe, expect, it } from 'vitest';
import type { NewRecord, StoredRecord } from '../../../../../crds/audit/record.ts';
import { storedWriteOf } from '../../../../../crds/audit/requester.ts';
import { validateAppend } from '../../../../../trail/validate-append.ts';
import { createRequesters } from '../../../../../webhook/in-cluster/requesters/requesters.ts';
import { ToldWrites } from '../../../../../webhook/in-cluster/requesters/told-writes.ts';
import { aGrant } from '../../../../kit/objects/grant.ts';

const stored = storedWriteOf(aGrant());

/** Requesters over records that the test holds; `restarted` begins anew with them. */
function someRequesters(records: NewRecord[] = []) {
  const told = new ToldWrites();
  told.follow(stored.kind, []);
  const requesters = createRequesters({
    told,
    find: async (key) => records.find((record) => record.key === key) as StoredRecord | undefined,
    append: async (record) => records.push(record),
    stamp: () => ({ id: '019aa000-0000-7000-8000-000000000001', time: '2026-12-01T08:00:00.000Z' }),
  });
  const tell = (username: string, proved = false) =>
    requesters.tell({ write: stored, requester: { username }, proved });
  return { requesters, records, tell, restarted: () => someRequesters(records) };
}

describe('who asked for a write that was stored', () => {
  it('is recorded once, as a record that the records take, and stays the answer whatever is told later', async () => {
    const { requesters, records, tell, restarted } = someRequesters();
    tell('grace');
    const both = await Promise.all([requesters.settle(stored), requesters.settle(stored)]);
    expect(both).toEqual([both[0], both[0]]);
    expect(both[0]).toEqual({ certainty: 'claimed', username: 'grace' });
    tell('mallory', true);
    expect(await requesters.settle(stored)).toEqual(both[0]);
    const after = restarted();
    after.tell('mallory', true);
    expect(await after.requesters.settle(stored)).toEqual(both[0]);
    expect(records).toHaveLength(1);
    expect(validateAppend('admission', records)).toMatchObject({ ok: true });
    expect(records[0]).toMatchObject({ type: 'admission.stored', actor: { name: 'unknown' } });
  });

  it('stays unknown when it was unknown at first', async () => {
    const { requesters, tell } = someRequesters();
    expect(await requesters.settle(stored)).toEqual({ certainty: 'unknown' });
    tell('mallory');
    expect(await requesters.settle(stored)).toEqual({ certainty: 'unknown' });
  });
});
