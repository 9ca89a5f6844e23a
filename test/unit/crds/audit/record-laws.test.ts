import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NewRecord, readNewRecord } from '../../../../crds/audit/record.ts';
import { aRecord, withFields } from '../../../kit/objects/record.ts';

function cleaned(value: unknown): NewRecord {
  const read = readNewRecord(value);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.record;
}

describe('reading a record', () => {
  it('changes nothing when it reads its own result, whatever the text was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 4000 }), (message) => {
        const once = cleaned(aRecord(withFields({ message, actor: { kind: 'support', name: message } })));
        expect(cleaned(once)).toEqual(once);
      }),
    );
  });
});
