/** What was done last under a grant stays on the screen, however much is read beside it. */
import { describe, expect, it } from 'vitest';
import { recordsAbout } from '../../../../cli/records/last-records.ts';
import type { SearchWish } from '../../../../cli/records/record-source.ts';
import type { NewRecord } from '../../../../crds/audit/record.ts';
import { aLog, aRecord, withFields } from '../../../kit/objects/record.ts';

const uid = '0f9c1ad2-7b3e-4c1d-9a55-1f0c2b7d8e90';
const ofGrant = withFields({ grant: { namespace: 'ecase', name: 'case-1', uid, generation: 1 } });
const aReading = withFields({
  type: 'audit.read',
  actor: { kind: 'customer_admin', name: 'grace' },
  target: { area: 'records', action: 'read' },
});

/** A log of so many records of each, in this order; what it was asked for is kept. */
function aSource(...parts: readonly (readonly [count: number, record: () => NewRecord])[]) {
  const records = parts.flatMap(([count, record]) => Array.from({ length: count }, record));
  const { lines } = aLog(records);
  const given: number[] = [];
  const source = {
    head: () => Promise.resolve({ log: 'test/log', seq: lines.length, hash: '' }),
    async *lines(after: number) {
      let count = 0;
      try {
        for (const line of lines.slice(after)) {
          count += 1;
          yield line;
        }
      } finally {
        given.push(count);
      }
    },
  };
  return { source, given };
}

const seqs = (records: readonly { readonly seq: string }[]): string[] => records.map(({ seq }) => seq);

describe('the last records of a grant', () => {
  it('are found behind thousands that only tell of reading', async () => {
    const { source } = aSource([2, () => aRecord(ofGrant)], [4500, () => aRecord(aReading)]);
    const { records, searched } = await recordsAbout(source, uid, 5);
    expect(seqs(records)).toEqual(['1', '2']);
    expect(searched).toBe(4502);
  });

  it('are looked for among a thousand of what was done, in one page where no one has read', async () => {
    const { source, given } = aSource([1, () => aRecord(ofGrant)], [1200, () => aRecord()]);
    expect(await recordsAbout(source, uid, 5)).toEqual({ records: [], searched: 1000 });
    expect(given).toEqual([1000]);
  });

  it('come in their order, of a short log as well, and no line is asked for twice', async () => {
    const { source, given } = aSource(
      [1, () => aRecord(ofGrant)],
      [1500, () => aRecord(aReading)],
      [1, () => aRecord(ofGrant)],
    );
    expect(seqs((await recordsAbout(source, uid, 5)).records)).toEqual(['1', '1502']);
    expect(given).toEqual([1000, 502]);
    expect(await recordsAbout(aSource([1, () => aRecord(ofGrant)]).source, uid, 5)).toMatchObject({
      searched: 1,
    });
  });

  it('are asked of the search where there is one, the newest of them, on through its pages', async () => {
    const { lines } = aLog([aRecord(ofGrant), aRecord(ofGrant), aRecord(ofGrant)]);
    const asked: unknown[] = [];
    const source = {
      ...aSource([9, () => aRecord()]).source,
      search: ({ wanted, before, limit }: SearchWish) => {
        asked.push({ wanted, before, limit });
        const [at, page] = before === undefined ? [40, [lines[2]]] : [1, [lines[1], lines[0]]];
        const head = { log: 'test/log', seq: 90, hash: '' };
        return Promise.resolve({ head, lines: page.map(String), at, more: at > 1 });
      },
    };
    const { records, searched } = await recordsAbout(source, uid, 5);
    expect([seqs(records), searched]).toEqual([['1', '2', '3'], 90]);
    const wanted = { grant: uid };
    expect(asked).toEqual([
      { wanted, before: undefined, limit: 5 },
      { wanted, before: 40, limit: 4 },
    ]);
  });

  it('are given up after ten thousand, and it is told how many were looked through', async () => {
    const { source } = aSource([1, () => aRecord(ofGrant)], [10_500, () => aRecord(aReading)]);
    expect(await recordsAbout(source, uid, 5)).toEqual({ records: [], searched: 10_000 });
  });
});
