/** What is too large for the machine of the inner loop, where a text a byte longer than a line of ours stands for it. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../../../webhook/in-cluster/records/sqlite/store.ts';
import { call } from '../../kit/cli/call.ts';
import { aRecord } from '../../kit/objects/record.ts';
import { aFolder, appendTo } from '../../kit/records/store-file.ts';
import { sql } from '../../kit/records/tampering.ts';

it('records verify says CHANGED of a text that Node cannot hold', async () => {
  const path = join(aFolder(), 'records.db');
  const store = await openSqliteStore({ path, origin: 'test/too-long' });
  await appendTo(store, aRecord(), aRecord(), aRecord());
  await store.close();
  sql('UPDATE records SET body = CAST(zeroblob(600000000) AS TEXT) WHERE seq = 2')(path, path);
  expect(await call(['records', 'verify', '--file', path])).toMatchObject({ code: 1 });
});
