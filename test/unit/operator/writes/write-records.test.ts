import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../crds/audit/record.ts';
import { type ErrorCode, SupportAccessError } from '../../../../crds/errors.ts';
import { draftOf } from '../../../../operator/reporting/record-drafts.ts';
import { createRecordWriter } from '../../../../operator/writes/write-records.ts';
import type { Trail } from '../../../../trail/trail.ts';
import { noon } from '../../../kit/objects/grant-world.ts';

const drafts = [draftOf('grant.created', ['one'], noon), draftOf('grant.activated', ['two'], noon)];

/** A trail that keeps what it is given and fails as it is told. */
function aTrail(fail: (records: readonly NewRecord[]) => ErrorCode | undefined = () => undefined) {
  const kept: NewRecord[] = [];
  const trail: Trail = {
    append: async (records) => {
      const code = fail(records);
      if (code !== undefined) throw new SupportAccessError(code, 'as the test wants it');
      kept.push(...records);
      return [];
    },
    appendInBackground: () => true,
    health: () => ({ reachable: true, waiting: 0, lost: 0 }),
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
});
