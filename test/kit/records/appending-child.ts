/**
 * A process that appends to a store until it is killed, and says on stdout what it has been given receipts for. Run by
 * tests; argument: the file.
 */

import { canonicalRecord, type NewRecord } from '../../../crds/audit/record.ts';
import { newRecordId } from '../../../trail/trail.ts';
import { openSqliteStore } from '../../../webhook/in-cluster/records/sqlite/store.ts';
import { aRecord, asIntent, asOutcomeOf, withFields } from '../objects/record.ts';

const store = await openSqliteStore({ path: process.argv[2] ?? '', origin: 'test/child' });

async function appendForEver(): Promise<never> {
  for (;;) {
    const intent = aRecord(asIntent, fresh());
    await appendAndTell([intent]);
    await appendAndTell([aRecord(asOutcomeOf(intent), fresh())]);
  }
}

function fresh(): ReturnType<typeof withFields> {
  const id = newRecordId(Date.now());
  return withFields({ id, key: `child/${id}` });
}

async function appendAndTell(records: readonly NewRecord[]): Promise<void> {
  const appended = await store.append({ writer: 'gateway', records: records.map(canonicalRecord) });
  if (!appended.ok) throw new Error(appended.detail);
  for (const { id, seq } of appended.receipts) process.stdout.write(`${id} ${seq}\n`);
}

await Promise.all(Array.from({ length: 8 }, appendForEver));
