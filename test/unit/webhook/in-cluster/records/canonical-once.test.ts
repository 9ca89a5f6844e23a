/** How often is the canonical form of one record made on its way? Counted by the engine's own coverage, not by a fake. */
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { canonicalize } from '../../../../../crds/audit/canonical.ts';
import { type CanonicalRecord, textOf } from '../../../../../crds/audit/record.ts';
import { readStoredRecord } from '../../../../../crds/audit/stored-record.ts';
import { createAppendQueue } from '../../../../../trail/append-queue.ts';
import { validateAppend } from '../../../../../trail/validate-append.ts';
import { openSqliteEngine } from '../../../../../webhook/in-cluster/records/sqlite/engine.ts';
import { aRecord } from '../../../../kit/objects/record.ts';
import { aFolder } from '../../../../kit/records/store-file.ts';

const session = new Session();
const record = aRecord();

beforeAll(async () => {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  return () => session.disconnect();
});

/** Values that were made canonical since the last call: each text, number and object counts. */
async function madeCanonical(): Promise<number> {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const file = result.find(({ url }) => url.endsWith('/crds/audit/canonical.ts'));
  const made = file?.functions.find(({ functionName }) => functionName === 'canonicalize');
  return made?.ranges[0]?.count ?? 0;
}

async function during(work: () => unknown): Promise<number> {
  await madeCanonical();
  await work();
  return madeCanonical();
}

/** One pass over the whole record; the record itself is no value within it. */
const onePass = async (): Promise<number> => (await during(() => canonicalize(record))) - 1;

function validated(value: unknown): readonly CanonicalRecord[] {
  const accepted = validateAppend('gateway', value);
  if (!accepted.ok) throw new Error(accepted.detail);
  return accepted.records;
}

describe('the canonical form of a record', () => {
  it('is made once by the client, which sends that text', async () => {
    expect(await onePass()).toBeGreaterThan(10);
    const sent: string[] = [];
    const queue = createAppendQueue(async (groups) => {
      sent.push(...groups);
      return groups.map(() => ({ receipts: [] }));
    });
    const made = await during(() => queue.append(validated([record]), {}));
    expect(made).toBe(await onePass());
    expect(sent).toEqual([`[${canonicalize(record)}]`]);
  });

  it('is made once by the server, which judges the record again and stores that text', async () => {
    const engine = openSqliteEngine({ path: join(aFolder(), 'records.db'), origin: 'test' }, () =>
      Date.parse(record.time),
    );
    onTestFinished(() => engine.close());
    const received: unknown = JSON.parse(canonicalize([record]));
    let records: readonly CanonicalRecord[] = [];
    expect(
      await during(() => {
        records = validated(received);
      }),
    ).toBe(await onePass());
    // What the store adds is seven texts and numbers, and nothing of the record is gone through again.
    expect(await during(() => engine.append([{ writer: 'gateway', records }]))).toBe(7);
    const [line = ''] = engine.read(1, 1);
    expect(readStoredRecord(JSON.parse(line))).toMatchObject({ ok: true, record, text: line });
    expect(canonicalize(JSON.parse(line))).toBe(line);
    expect(textOf({ record, members: records[0]?.members ?? [] })).toBe(canonicalize(record));
  });
});
