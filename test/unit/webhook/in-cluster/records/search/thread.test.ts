/** The search's thread over an index that is damaged while it runs: who asks is told once, and the next one is answered. */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished, vi } from 'vitest';
import { canonicalRecord } from '../../../../../../crds/audit/record.ts';
import { openSearch } from '../../../../../../webhook/in-cluster/records/search/thread.ts';
import type { SearchPage } from '../../../../../../webhook/in-cluster/records/search.ts';
import { openSqliteLog } from '../../../../../../webhook/in-cluster/records/sqlite/log.ts';
import { aRecord } from '../../../../../kit/objects/record.ts';
import { aFolder } from '../../../../../kit/records/store-file.ts';

const page: SearchPage = { wanted: { person: 'ada' }, after: 0, limit: 10, newestFirst: true };

/** In place, as a disk does it: the file stays the same file, and keeps its first page. */
function damage(path: string): void {
  const bytes = readFileSync(path).length;
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(bytes - 4096, 0xff), 0, bytes - 4096, 4096);
  closeSync(file);
  // A write of another connection has the thread read the file, and not what it remembers of it.
  const db = new DatabaseSync(path);
  db.exec('PRAGMA user_version = 2');
  db.close();
}

it('an index that is damaged while the search runs is made anew at the next ask', async () => {
  const path = join(aFolder(), 'records.db');
  const log = openSqliteLog(path, { origin: 'test/thread', now: Date.now });
  for (let part = 0; part < 5; part += 1) {
    log.append([
      { writer: 'gateway', records: Array.from({ length: 500 }, () => canonicalRecord(aRecord())) },
    ]);
  }
  const made: string[] = [];
  const search = openSearch({ path, onMade: (why) => made.push(why) });
  onTestFinished(async () => {
    await search.close();
    log.close();
  });
  const found = await search.search(page);
  expect(found.state).toBe('found');
  // All that it has in its log goes into the file as the search ends.
  await search.close();
  expect(existsSync(`${path}.search-wal`)).toBe(false);

  const again = openSearch({ path, onMade: (why) => made.push(why) });
  onTestFinished(() => again.close());
  expect(await again.search(page)).toEqual(found);
  damage(`${path}.search`);
  await vi.waitFor(
    async () => {
      expect(await again.search(page)).toEqual(found);
      expect(made).toEqual([expect.stringMatching(/damaged|malformed|not a database/)]);
    },
    { timeout: 20_000, interval: 20 },
  );
}, 30_000);
