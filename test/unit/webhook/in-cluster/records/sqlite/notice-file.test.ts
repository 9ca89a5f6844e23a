/** The queue of notices beside the records: what it keeps, and what its loss does not cost. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalRecord, type NewRecord, type StoredRecord } from '../../../../../../crds/audit/record.ts';
import type { Notice } from '../../../../../../crds/notices/notice.ts';
import type { NewEntry } from '../../../../../../trail/notice-queue.ts';
import { openSqliteLog } from '../../../../../../webhook/in-cluster/records/sqlite/log.ts';
import {
  type NoticeFile,
  openNoticeFile,
} from '../../../../../../webhook/in-cluster/records/sqlite/notice-file.ts';
import { aRecord, withFields } from '../../../../../kit/objects/record.ts';
import { aFolder } from '../../../../../kit/records/store-file.ts';

const now = Date.parse('2026-12-01T08:00:00Z');
const enabled = (): NewRecord =>
  aRecord(withFields({ type: 'policy.enabled', actor: { kind: 'system', name: 'operator' } }));
const notice: Notice = {
  event: 'AccessEnabled',
  at: now,
  who: { certainty: 'unknown' },
  installation: { host: 'support.example.com' },
};
const entry = (key: string, change: Partial<NewEntry> = {}): NewEntry => ({
  key,
  recipient: 'grace@example.com',
  folds: false,
  notice,
  dueAt: now,
  ...change,
});

function aQueue(folder = aFolder()) {
  const path = join(folder, 'records.db');
  const log = openSqliteLog(path, { origin: 'test/queue', now: () => now });
  const append = (...records: NewRecord[]) =>
    log.append([{ writer: 'operator', records: records.map(canonicalRecord) }]);
  return { folder, log, append, queue: openNoticeFile(`${path}.notices`, log), path: `${path}.notices` };
}

const look = (queue: NoticeFile, at = now) =>
  queue.ask({ kind: 'look', types: ['policy.enabled', 'user.provisioned'], now: at, limit: 10 });
const put = (queue: NoticeFile, from: number, to: number, ...entries: NewEntry[]) =>
  queue.ask({ kind: 'put', from, to, entries, now });

describe('C42-5 the queue of notices', () => {
  it('begins at the end of the records, and then has those of the types that are asked for', () => {
    const { append, queue, log } = aQueue();
    append(enabled());
    const { queue: later } = { queue: openNoticeFile(join(aFolder(), 'q'), log) };
    expect(look(later)).toMatchObject({ from: 1, to: 1, records: [], due: [], waiting: 0 });
    append(aRecord(withFields({ type: 'grant.pinned' })), enabled());
    expect(look(later).records.map((line) => (JSON.parse(line) as StoredRecord).seq)).toEqual(['3']);
    // The first one was there before anything was recorded.
    expect(look(queue).records).toHaveLength(2);
    later.close();
    queue.close();
    log.close();
  });

  it('takes entries and goes on in one step, and from its place alone', () => {
    const { append, queue } = aQueue();
    append(enabled());
    put(queue, 0, 1, entry('a'));
    expect(() => put(queue, 0, 1, entry('b'))).toThrow('the queue was read up to 1 and not 0; look again');
    expect(look(queue)).toMatchObject({
      from: 1,
      waiting: 1,
      oldestSince: now,
      due: [{ key: 'a', attempts: 0 }],
    });
  });

  it('keeps what was put across a restart, and forgets it once it is settled', () => {
    const { folder, queue, log } = aQueue();
    put(queue, 0, 0, entry('a'), entry('b', { dueAt: now + 1 }));
    queue.close();
    log.close();
    const again = aQueue(folder).queue;
    expect(look(again).due.map(({ key }) => key)).toEqual(['a']);
    again.ask({ kind: 'settle', key: 'a', dueAt: now + 5 });
    expect(look(again, now + 5).due.map(({ key, attempts }) => [key, attempts])).toEqual([
      ['b', 0],
      ['a', 1],
    ]);
    again.ask({ kind: 'settle', key: 'a', dueAt: undefined });
    again.ask({ kind: 'settle', key: 'b', dueAt: undefined });
    expect(look(again, now + 5)).toMatchObject({ waiting: 0, oldestSince: undefined });
  });

  it('folds what folds while it was not tried, and takes one key once otherwise', () => {
    const { queue } = aQueue();
    put(queue, 0, 0, entry('a'), entry('a'));
    const fold = { folds: true, notice: { ...notice, folded: { count: 7, lastAt: now + 3 } } };
    put(queue, 0, 0, entry('f', fold), entry('f', fold));
    const byKey = Object.fromEntries(look(queue).due.map(({ key, notice: { folded } }) => [key, folded]));
    expect(byKey).toEqual({ a: undefined, f: { count: 14, lastAt: now + 3 } });
    queue.ask({ kind: 'settle', key: 'f', dueAt: now });
    put(queue, 0, 0, entry('f', fold));
    expect(look(queue).due.find(({ key }) => key === 'f')?.notice.folded?.count).toBe(14);
  });

  it('a file that is none is made anew, and costs no record', () => {
    const { folder, append, queue, log, path } = aQueue();
    append(enabled());
    queue.close();
    writeFileSync(path, 'no database at all, but long enough to look like one'.repeat(40));
    log.close();
    const again = aQueue(folder);
    expect(look(again.queue)).toMatchObject({ from: 1, records: [] });
    expect(again.log.head().seq).toBe(1);
  });
});
