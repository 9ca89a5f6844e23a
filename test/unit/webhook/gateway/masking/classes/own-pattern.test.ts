/** Patterns that a matrix brings, and hosts without a dot: what is found, in any pieces, in which time. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternProblems } from '../../../../../../crds/rules/matrix/own-patterns.ts';
import type { MaskedClass } from '../../../../../../webhook/gateway/masking/classes/data-class.ts';
import { maskedClasses } from '../../../../../../webhook/gateway/masking/masked-classes.ts';
import { TextMasker } from '../../../../../../webhook/gateway/masking/text-masker.ts';

function masked(text: string, classes: readonly MaskedClass[], size = 1e9): string {
  const masker = new TextMasker({ classes, kind: 'plain' });
  const bytes = Buffer.from(text);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(masker.push(bytes.subarray(at, at + size)));
  return Buffer.concat([...out, masker.end()]).toString();
}

function classesOf(spec: object): readonly MaskedClass[] {
  const found = maskedClasses({ masking: 'Enabled', ...spec });
  if (!found.ok) throw new Error(found.unknown.join());
  return found.classes;
}

const patterns = (...all: string[]) =>
  classesOf({ maskedClasses: ['Secret'], maskedPatterns: all.map((pattern) => ({ pattern })) });

describe('CC-10 a pattern of the matrix', () => {
  it.each([
    [
      ['\\bCASE-[0-9]{6}\\b'],
      'CASE-123456 CASE-1234567 xCASE-123456',
      '[value-hidden] CASE-1234567 xCASE-123456',
    ],
    [['(?i)patient no [0-9]+'], 'Patient No 47, patient no x', '[value-hidden], patient no x'],
    [['^ab', 'bc$'], 'abc\nabc', '[value-hidden]c\n[value-hidden]c'],
    [['ab', 'abc'], 'xabcab', 'x[value-hidden][value-hidden]'],
    [['m[^[:ascii:]]+ller'], 'Frau müller', 'Frau [value-hidden]'],
    [['a.*b'], 'a1\n2b a3b', 'a1\n2b [value-hidden]'],
  ])('%j hides in %j what it finds in each line', (sources, text, expected) => {
    for (const size of [1, 2, 3, 5, 1e9]) expect(masked(text, patterns(...sources), size)).toBe(expected);
  });

  it('says the same in any pieces of a long line', () => {
    const part = fc.constantFrom('CASE-', '123456', ' ', '7', 'x', '\n', '.'.repeat(300));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), fc.integer({ min: 1, max: 700 }), (parts, size) => {
        const classes = patterns('\\bCASE-[0-9]{6}\\b', '[0-9]{6,7}');
        expect(masked(parts.join(''), classes, size)).toBe(masked(parts.join(''), classes));
      }),
      { numRuns: 300 },
    );
  });

  it.each(['(a+)+$', '(a|a)*b', '(.*a){12}', '([a-z]+)*[0-9]'])(
    'that makes other engines blow up takes linear time: %s',
    (pattern) => {
      const text = 'a'.repeat(40_000);
      const began = performance.now();
      expect(masked(text, patterns(pattern), 16_384).length).toBeGreaterThan(0);
      expect(performance.now() - began).toBeLessThan(20_000);
    },
  );

  it.each([
    ['', undefined],
    ['(', 'must be a regular expression as RE2 reads it'],
    ['(?=a)b', 'must be a regular expression as RE2 reads it'],
    ['(a)\\1', 'must be a regular expression as RE2 reads it'],
    ['a{1,1001}', 'must be a regular expression as RE2 reads it'],
    ['(?:(?:[a-z]{1,30}){1,30})', 'must be a program of at most 500 steps'],
    ['a*', 'must not find the empty text'],
    ['müller', 'must have ASCII characters only'],
    ['b', 'must be a text in which the pattern finds a value'],
  ])('is refused before it is in force: %j', (pattern, rule) => {
    const [problem] = patternProblems([
      { pattern: 'a', example: 'a' },
      ...(rule === undefined ? [] : [{ pattern, example: 'a' }]),
    ]);
    if (rule === undefined) return expect(problem).toBeUndefined();
    expect(problem?.rule).toContain(rule);
    expect(problem?.field).toMatch(/^spec\.maskedPatterns\[1\]\.(?:pattern|example)$/);
    expect(problem?.fix).not.toBe('');
  });
});

describe('EC-18 a name at a host without a dot', () => {
  const text = 'ada@intranet, root@localhost; ada@LOCALHOST.';

  it('is an address', () => {
    for (const size of [1, 4, 1e9])
      expect(masked(text, classesOf({}), size)).toBe('[e-mail-hidden], [e-mail-hidden]; [e-mail-hidden].');
  });

  it('is none at a host that the matrix lists', () => {
    const classes = classesOf({ hostNames: ['localhost'] });
    const expected = '[e-mail-hidden], root@localhost; ada@LOCALHOST.';
    for (const size of [1, 4, 1e9]) expect(masked(text, classes, size)).toBe(expected);
  });
});

describe('CC-10 what a matrix hides besides', () => {
  it.each([
    [
      'DateOfBirth',
      'Date of birth: 1990-04-01; born 4.1.1990, "birthDate":"19900401", created 1990-04-01',
      3,
    ],
    ['DateOfBirth', '<td>Geburtsdatum</td><td>01.04.1990</td><td>01.04.2020</td>', 1],
    ['DateOfBirth', 'born 1971-12-30, born 30.12.1971, born 12/31/1971', 3],
    ['IpAddress', 'from 81.2.69.142, [8.8.4.4]:53 "ip":"81.2.69.160"', 3],
    [
      'IpAddress',
      '127.0.0.1 10.1.2.3 192.168.1.1 203.0.113.7 Chrome/120.0.0.0 M0 1.1.9.2 1.2.3.4.5 300.1.1.1',
      0,
    ],
    ['Secret', `a ghp_${'a1'.repeat(18)} b AKIA${'A'.repeat(16)} x_ghp_${'a1'.repeat(18)}`, 2],
    [
      'Secret',
      '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n+/=\n-----END RSA PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----',
      1,
    ],
  ])('%s in %j', (name, text, count) => {
    const whole = masked(text, classesOf({ maskedClasses: [name] }));
    expect(whole.split('-hidden]').length - 1).toBe(count);
    for (let size = 1; size < 20; size += 1)
      expect(masked(text, classesOf({ maskedClasses: [name] }), size)).toBe(whole);
  });
});
