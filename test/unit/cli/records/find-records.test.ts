/** Records of an earlier release, which have no search, are read one by one by the same rules. */
import { expect, it } from 'vitest';
import { type FindWish, findRecords } from '../../../../cli/records/find-records.ts';
import { sourceOver } from '../../../../cli/records/http-source.ts';
import type { Connection } from '../../../../trail/connection.ts';
import { aLog, aRecord, withFields } from '../../../kit/objects/record.ts';

const { lines, head } = aLog([aRecord(), aRecord(withFields({ actor: { kind: 'support', name: 'eve' } }))]);

/** Answers as the records of an earlier release. */
const earlier: Connection = {
  call({ path }) {
    if (path === '/v1/head')
      return Promise.resolve({ status: 200, text: JSON.stringify({ log: 'l', ...head }) });
    if (path.startsWith('/v1/records?')) return Promise.resolve({ status: 200, text: lines.join('\n') });
    return Promise.resolve({ status: 404, text: '{}' });
  },
  close: () => Promise.resolve(),
};

const wish: FindWish = { wanted: { person: 'eve' }, newestFirst: false, after: 0, limit: 9, follow: false };

async function find(asked: FindWish): Promise<string[]> {
  const source = sourceOver(earlier, { say: () => undefined });
  const found: string[] = [];
  for await (const page of findRecords(source, asked, { state: {}, terminal: {} }))
    found.push(...page.map(({ line }) => line));
  return found;
}

it('records of an earlier release are read one by one', async () => {
  expect(await find(wish)).toEqual([lines[1]]);
});

it('but not from their end', async () => {
  await expect(find({ ...wish, newestFirst: true })).rejects.toThrow(
    '--newest-first needs the records of an installation of this release',
  );
});
