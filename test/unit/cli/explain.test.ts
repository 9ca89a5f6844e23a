/** `explain`: from the number on the page of a refusal to its record. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReference, referenceOf } from '../../../crds/audit/reference.ts';
import { call } from '../../kit/cli/call.ts';
import { aLog, aRecord, withFields } from '../../kit/objects/record.ts';
import { aFolder } from '../../kit/records/store-file.ts';

const refused = aRecord(
  withFields({
    type: 'signin.sso_mismatch',
    phase: 'point',
    decision: { effect: 'deny', reason: 'saml.attribute_mismatch' },
    grant: { namespace: 'ecase', name: 'case-4711', uid: 'u-1' },
    source: { ip: '203.0.113.7' },
    sso: { received: { employeeNumber: ['4712'] }, expected: { employeeNumber: ['4711'] } },
    message: 'The mapped attributes must equal those on file; employeeNumber',
  }),
);

function aCopy(): string {
  const path = join(aFolder(), 'copy.ndjson');
  writeFileSync(
    path,
    aLog([aRecord(), refused])
      .lines.map((line) => `${line}\n`)
      .join(''),
  );
  return path;
}

const explained = (reference: string, ...words: string[]) =>
  call(['explain', reference, '--file', aCopy(), ...words]);

describe('EC-16 explain', () => {
  const reference = referenceOf(refused.id);

  it.each([
    ['as it stands on the page', reference],
    ['in small letters', reference.toLowerCase()],
    ['without hyphens', reference.replaceAll('-', '')],
    ['with the hyphens of a word processor', reference.replaceAll('-', '\u2011')],
  ])('says what the record holds, by its number %s', async (_how, text) => {
    const { code, out } = await explained(text);
    expect(code).toBe(0);
    for (const part of ['signin.sso_mismatch', 'saml.attribute_mismatch', 'ecase/case-4711', '203.0.113.7'])
      expect(out).toContain(part);
    expect(out).toMatch(/^Received +employeeNumber: "4712"$/m);
    expect(out).toMatch(/^Expected +employeeNumber: "4711"$/m);
  });

  it('prints the record as data', async () => {
    expect(JSON.parse((await explained(reference, '-o', 'json')).out)).toMatchObject({ id: refused.id });
  });

  it('says so where there is none', async () => {
    const { code, err } = await explained('0000-0000-0000');
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('No record has the reference number 0000-0000-0000'),
    ]);
  });

  it('asks for a number that can be one', async () => {
    const { code, err } = await explained('4711');
    expect(code).toBe(4);
    expect(err).toContain(
      'must be a reference number of twelve digits and letters from A to F, such as A1B2-C3D4-E5F6',
    );
  });

  it('reads a number in one form alone', () => {
    expect(readReference(' a1b2 – c3d4-e5f6')).toBe('A1B2-C3D4-E5F6');
    expect([readReference('a1b2-c3d4-e5f'), readReference('g1b2-c3d4-e5f6'), readReference('')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
