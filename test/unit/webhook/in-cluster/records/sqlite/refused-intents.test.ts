/** An intent that stands in the log, and is refused where its writer, which lost the answer, sends it again. */
import { describe, expect, it } from 'vitest';
import type { Citation } from '../../../../../../crds/audit/citation.ts';
import { canonicalRecord, type NewRecord, type StoredRecord } from '../../../../../../crds/audit/record.ts';
import { openSqliteEngine } from '../../../../../../webhook/in-cluster/records/sqlite/engine.ts';
import { aRecord, asIntent, withFields } from '../../../../../kit/objects/record.ts';
import { aFolder } from '../../../../../kit/records/store-file.ts';

const inGeneration = (generation: number): readonly Citation[] => [
  { kind: 'SupportAccessGrant', uid: 'g', namespace: 'ecase', name: 'case-1', generation },
];

function anEngine() {
  const engine = openSqliteEngine({ path: `${aFolder()}/records.db`, origin: 'test/refused' }, Date.now);
  const append = (writer: 'gateway' | 'operator', record: NewRecord) =>
    engine.append([{ writer, records: [canonicalRecord(record)] }])[0];
  const changed = (generation: number) =>
    append('operator', aRecord(withFields({ type: 'grant.changed', cites: inGeneration(generation) })));
  const outcomesOf = ({ id }: NewRecord) =>
    engine
      .read(0, 100)
      .map((line) => JSON.parse(line) as StoredRecord)
      .filter(({ phase, cause }) => phase === 'outcome' && cause === id);
  return { engine, append, changed, outcomesOf };
}

describe('an intent that is sent again, and cites what is older by now', () => {
  it('is refused, and what is recorded of it does not stay open', () => {
    const { engine, append, changed, outcomesOf } = anEngine();
    const intent = aRecord(asIntent, withFields({ instance: 'one', cites: inGeneration(4) }));
    expect(append('gateway', intent)).toMatchObject({ ok: true });
    changed(5);
    for (const _ of [1, 2]) expect(append('gateway', intent)).toMatchObject({ code: 'records_older' });
    expect(outcomesOf(intent)).toMatchObject([
      { writer: 'store', outcome: { upstream: 'unknown', reason: 'SentAgain' } },
    ]);
    expect(engine.closeIntentsOf('one')).toBe(true);
    expect(outcomesOf(intent)).toHaveLength(1);
    engine.close();
  });

  it('that was never recorded gets no outcome', () => {
    const { engine, append, changed, outcomesOf } = anEngine();
    changed(5);
    const intent = aRecord(asIntent, withFields({ instance: 'one', cites: inGeneration(4) }));
    expect(append('gateway', intent)).toMatchObject({ code: 'records_older' });
    expect(outcomesOf(intent)).toEqual([]);
    engine.close();
  });
});
