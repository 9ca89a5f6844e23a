import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { isEquivalent, readEquivalents } from '../../../../tools/mutation/equivalent.ts';
import { mutantsOf } from '../../../../tools/mutation/mutants.ts';
import { aFolder } from '../../../kit/records/store-file.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const entry = { path: 'a.ts', context: 'f(a < b);', before: 'a < b', after: 'a <= b', why: 'a is never b' };
const [mutant] = mutantsOf('a.ts', '\nf(a < b);').filter(({ kind }) => kind === 'operator');
if (!mutant) throw new Error('the source offers no change');

it('knows a change by its file, its line of source and what it does', () => {
  expect(isEquivalent([entry], mutant)).toBe(true);
  for (const field of ['path', 'context', 'before', 'after'] as const)
    expect(isEquivalent([{ ...entry, [field]: 'other' }], mutant), field).toBe(false);
});

it('takes no entry without a reason', () => {
  const file = join(aFolder(), 'equivalent.json');
  writeFileSync(file, JSON.stringify([entry, { ...entry, why: ' ' }]));
  expect(() => readEquivalents(file)).toThrow('without a reason');
});

it('has no entry whose place is gone', () => {
  const gone = readEquivalents(join(root, 'tools/mutation/equivalent.json')).filter((listed) => {
    const text = readFileSync(join(root, listed.path), 'utf8');
    return !mutantsOf(listed.path, text).some((one) => isEquivalent([listed], one));
  });
  expect(gone).toEqual([]);
});
