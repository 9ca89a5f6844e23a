import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { maskingInWords } from '../../../../../cli/access/masked-data.ts';
import { shapeOf } from '../../../../../cli/matrix/matrix-shape.ts';
import { dataClasses } from '../../../../../webhook/gateway/masking/classes/index.ts';
import { maskedClasses } from '../../../../../webhook/gateway/masking/masked-classes.ts';
import { aMatrix } from '../../../../kit/objects/matrix.ts';

const known = [
  'EmailAddress',
  'Iban',
  'PaymentCard',
  'NationalId',
  'PhoneNumber',
  'DateOfBirth',
  'IpAddress',
  'Secret',
];

describe('the classes of data that can be masked', () => {
  it('are these, and in the schema of a matrix there are no others', () => {
    expect(dataClasses.map(({ name }) => name)).toEqual(known);
    expect(classesOfTheSchema()).toEqual(known);
  });

  it('are all known to the plugin, which reads a matrix before it is applied', () => {
    const matrix = aMatrix();
    const naming = { ...matrix, spec: { ...matrix.spec, maskedClasses: known } };
    expect(shapeOf(naming).problems).toEqual([]);
  });

  it('are named to who opens access by a matrix that names none', () => {
    const said = maskingInWords({ isOn: true, classes: [] });
    for (const { name } of dataClasses) expect(said).toContain(name);
  });

  it.each(dataClasses)('$name is replaced by something that is not found again', (dataClass) => {
    const { find, replacement } = dataClass;
    for (const kind of ['plain', 'markup'] as const) {
      const found: unknown[] = [];
      const text = `a${replacement}${replacement}b`;
      expect(find(text, { kind, final: true }, (one) => found.push(one))).toBe(text.length);
      expect(found).toEqual([]);
    }
    expect(replacement).toMatch(/^\[[a-z-]+\]$/);
  });
});

describe('a matrix masks', () => {
  it.each([
    ['nothing when masking is not enabled', { masking: 'Disabled', maskedClasses: known }, []],
    ['nothing when it does not speak of masking', {}, []],
    ['every class when it names none', { masking: 'Enabled' }, known],
    ['every class when its list is empty', { masking: 'Enabled', maskedClasses: [] }, known],
    ['the classes that it names', { masking: 'Enabled', maskedClasses: ['EmailAddress'] }, ['EmailAddress']],
    [
      'them in the order of the list',
      { masking: 'Enabled', maskedClasses: ['PhoneNumber', 'Iban'] },
      ['Iban', 'PhoneNumber'],
    ],
  ])('%s', (_, spec, expected) => {
    const masked = maskedClasses(spec);
    expect(masked.ok && masked.classes.map(({ name }) => name)).toEqual(expected);
  });

  it.each([
    ['an unknown class', ['ShoeSize'], ['ShoeSize']],
    ['an unknown class beside a known one', ['EmailAddress', 'ShoeSize'], ['ShoeSize']],
    ['a class in another spelling', ['emailaddress'], ['emailaddress']],
  ])('nothing, and says so, when it names %s', (_, named, unknown) => {
    expect(maskedClasses({ masking: 'Enabled', maskedClasses: named })).toEqual({ ok: false, unknown });
  });
});

/** The enum of `maskedClasses` in the manifest, wherever it stands in it. */
function classesOfTheSchema(): unknown {
  const manifest: unknown = parse(readFileSync('crds/manifests/supportpermissionmatrices.yaml', 'utf8'));
  const found: unknown[] = [];
  JSON.stringify(manifest, (key, value: unknown) => {
    if (key === 'maskedClasses') found.push(value);
    return value;
  });
  expect(found).toMatchObject([{ items: { enum: expect.any(Array) } }]);
  return (found as [{ items: { enum: unknown } }])[0].items.enum;
}
