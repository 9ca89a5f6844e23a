import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../crds/audit/record.ts';
import type { Requester, StoredWrite } from '../../../../crds/audit/requester.ts';
import { storedWriteOf } from '../../../../crds/audit/requester.ts';
import { type ErrorCode, SupportAccessError } from '../../../../crds/errors.ts';
import { draftOf } from '../../../../operator/reporting/record-drafts.ts';
import { createRecordWriter } from '../../../../operator/writes/write-records.ts';
import type { RequesterSource, Trail, WitnessSource } from '../../../../trail/trail.ts';
import { aGrant } from '../../../kit/objects/grant.ts';
import { noon } from '../../../kit/objects/grant-world.ts';

const drafts = [draftOf('grant.created', ['one'], noon), draftOf('grant.activated', ['two'], noon)];

/** A trail that keeps what it is given and fails as it is told. */
function aTrail(fail: (records: readonly NewRecord[]) => ErrorCode | undefined = () => undefined) {
  const kept: NewRecord[] = [];
  const answer: Requester = { certainty: 'claimed', username: 'grace' };
  const trail: Trail & RequesterSource & WitnessSource = {
    requestersOf: (writes) => Promise.resolve(writes.map(() => answer)),
    checkWorld: () => Promise.resolve(),
    append: async (records) => {
      const code = fail(records);
      if (code !== undefined) throw new SupportAccessError(code, 'as the test wants it');
      kept.push(...records);
      return [];
    },
    appendInBackground: () => true,
    health: () => ({ reachable: true, appended: 0, waiting: 0, lost: 0 }),
    close: async () => undefined,
  };
  return { kept, writers: createRecordWriter(trail, () => noon) };
}

describe('recording drafts', () => {
  it('gives each an id of its own', async () => {
    const { kept, writers } = aTrail();
    await expect(writers.write({ drafts, mustBeDurable: true })).resolves.toBe('recorded');
    expect(new Set(kept.map(({ id }) => id)).size).toBe(2);
  });

  it('asks nobody when there are none', async () => {
    const { writers } = aTrail(() => 'records_halted');
    await expect(writers.write({ drafts: [], mustBeDurable: true })).resolves.toBe('recorded');
  });

  it.each(['records_unavailable', 'records_halted', 'records_forbidden'] as const)(
    'fails on %s where something would be opened, and is owed where not',
    async (code) => {
      const { writers } = aTrail(() => code);
      await expect(writers.write({ drafts, mustBeDurable: true })).rejects.toMatchObject({ code });
      await expect(writers.write({ drafts, mustBeDurable: false })).resolves.toBe('owed');
    },
  );

  it('takes a key that is known already for the same record, and still records the others', async () => {
    const known = draftOf('grant.created', ['one'], noon).key;
    const { kept, writers } = aTrail((records) =>
      records.some(({ key }) => key === known) ? 'records_conflict' : undefined,
    );
    await expect(writers.write({ drafts, mustBeDurable: true })).resolves.toBe('recorded');
    expect(kept.map(({ type }) => type)).toEqual(['grant.activated']);
  });

  it('asks the records who asked for the write, and says it in the record and later in a status', async () => {
    const { kept, writers } = aTrail();
    const write: StoredWrite = storedWriteOf(aGrant());
    expect(writers.requesterOf(write)).toBeUndefined();
    const [draft] = drafts;
    if (draft === undefined) throw new Error('there is a draft');
    await writers.write({ drafts: [{ ...draft, write }], mustBeDurable: true });
    expect(kept[0]).toMatchObject({ requester: { certainty: 'claimed', username: 'grace' } });
    expect(kept[0]).not.toHaveProperty('write');
    expect(writers.requesterOf(write)).toEqual({ certainty: 'claimed', username: 'grace' });
    expect(writers.requesterOf({ ...write, generation: write.generation + 1 })).toBeUndefined();
  });
});
