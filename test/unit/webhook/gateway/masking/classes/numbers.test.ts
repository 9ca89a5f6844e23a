/** Numbers of people in the texts that hold them, in any pieces; and ordinary texts of which no byte is changed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataClasses } from '../../../../../../webhook/gateway/masking/classes/index.ts';
import { numberMask } from '../../../../../../webhook/gateway/masking/classes/number-finder.ts';
import type { TextKind } from '../../../../../../webhook/gateway/masking/reading/grammar.ts';
import { TextMasker } from '../../../../../../webhook/gateway/masking/text-masker.ts';

interface Masked {
  readonly text: string;
  readonly counts: Readonly<Record<string, number>>;
}

function masked(text: string, sizes: readonly number[] = [1e9], kind: TextKind = 'plain'): Masked {
  const masker = new TextMasker({ classes: dataClasses, kind });
  const bytes = Buffer.from(text);
  const out: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    out.push(masker.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return { text: Buffer.concat([...out, masker.end()]).toString(), counts: masker.counts };
}

/** Published examples of issuers, registries and regulators; no person has one. */
const examples: Readonly<Record<string, { readonly hidden: string; readonly values: readonly string[] }>> = {
  PaymentCard: {
    hidden: '[card-hidden]',
    values: [
      '4111111111111111',
      '4111 1111 1111 1111',
      '4111-1111-1111-1111',
      '5555555555554444',
      '2223003122003222',
      '378282246310005',
      '3782 822463 10005',
      '6011111111111117',
      '3530111333300000',
      '30569309025904',
      '6200000000000005',
      '4111\u00a01111\u00a01111\u00a01111',
      '4111&nbsp;1111&nbsp;1111&nbsp;1111',
      '4111%201111%201111%201111',
      '4111\\u00a01111\\u00a01111\\u00a01111',
    ],
  },
  Iban: {
    hidden: '[iban-hidden]',
    values: [
      'DE89370400440532013000',
      'DE89 3704 0044 0532 0130 00',
      'GB29NWBK60161331926819',
      'GB29 NWBK 6016 1331 9268 19',
      'FR1420041010050500013M02606',
      'AT61 1904 3002 3457 3201',
      'NO9386011117947',
      'MT84MALT011000012345MTLCAST001S',
    ],
  },
  NationalId: {
    hidden: '[id-hidden]',
    values: [
      '078-05-1120',
      'QQ 12 34 56 C'.replace('QQ', 'AB'),
      'AB123456C',
      '86 095 742 719',
      '2 55 08 14 168 025 38',
      '255081416802538',
      'RSSMRA85T10A562S',
      '12345678Z',
      'X1234567L',
      '529.982.247-25',
    ],
  },
  PhoneNumber: {
    hidden: '[phone-hidden]',
    values: [
      '(212) 555-0123',
      '212-555-0123',
      '1-800-555-0199'.replace('555', '555'),
      '030/1234567',
      '0171 1234567',
      '07700 900123',
      '01 23 45 67 89',
      '(030) 1234567',
    ],
  },
};
const all = Object.entries(examples).flatMap(([name, { hidden, values }]) =>
  values.map((value) => ({ name, value, hidden })),
);

describe.each(all)('CC-10 $name $value', ({ name, value, hidden }) => {
  it.each([
    ['plain text', (one: string) => `number ${one}, and then`],
    ['the end of a sentence', (one: string) => `It is ${one}.`],
    ['JSON', (one: string) => `{"a":"${one}","b":["x ${one}"]}`],
    ['lines of JSON', (one: string) => `{"a":"first\\n${one}"}\n{"a":"${one}"}\n`],
    ['CSV', (one: string) => `1;${one};x\n2,"${one}",y\n`],
    ['HTML', (one: string) => `<td>${one}</td><input value="${one}"><b title='${one}'>`],
    ['XML', (one: string) => `<a b="${one}">${one}</a><![CDATA[${one}]]>`],
    ['events', (one: string) => `data: ${one}\n\ndata: next\n\n`],
    ['a form', (one: string) => `a=${one}&b=1`],
  ])('is hidden in %s, in any pieces', (_, around) => {
    const text = around(value);
    for (const kind of ['plain', 'markup'] as const) {
      const whole = masked(text, [1e9], kind);
      expect(whole.text).toBe(around(hidden));
      expect(whole.counts).toEqual({ [name]: around('\u0001').split('\u0001').length - 1 });
      for (const sizes of [[1], [2], [7], [3, 11]]) expect(masked(text, sizes, kind)).toEqual(whole);
    }
  });
});

it.each([
  ['+49 170 1234567', '+[phone-hidden]'],
  ['+1 (212) 555-0123', '+[phone-hidden]'],
  ['tel:+4930123456', 'tel:+[phone-hidden]'],
  ['?to=%2B442079460958&x', '?to=%2B[phone-hidden]&x'],
  ['{"p":"\\u002b33123456789"}', '{"p":"\\u002b[phone-hidden]"}'],
  ['4111 1111 1111 1111 123', '[card-hidden] 123'],
  ['2026 4111 1111 1111 1111', '2026 [card-hidden]'],
  ['AT61 1904 3002 3457 3201 BANK', '[iban-hidden] BANK'],
])('takes a number out of what stands around it: %s', (text, expected) => {
  for (const sizes of [[1e9], [1], [5]]) expect(masked(text, sizes).text).toBe(expected);
});

it('writes a number where only a number may stand, so that JSON and scripts stay what they are', () => {
  const hidden = { card: Number(numberMask), list: [Number(numberMask), 1] };
  const json = JSON.stringify({ card: 4111111111111111, list: [5555555555554444, 1] });
  expect(JSON.parse(masked(json).text)).toEqual(hidden);
  const indented = JSON.stringify(JSON.parse(json), null, 2);
  expect(JSON.parse(masked(indented, [3]).text)).toEqual(hidden);
  expect(masked('var a = 4111111111111111;', [1e9], 'markup').text).toBe(`var a = ${numberMask};`);
});

it.each([
  // Wrong by one digit.
  '4111111111111112 378282246310006 DE89370400440532013001 12345678A 529.982.247-24 RSSMRA85T10A562T',
  // Longer numbers, parts of words, decimals, ids.
  '14111111111111111 41111111111111115 x4111111111111111 0.4111111111111111 4111111111111111.5',
  '123e4567-e89b-12d3-a456-426614174000 d41d8cd98f00b204e9800998ecf8427e 1764601200000 1764601200000000',
  '2026-12-01T08:00:00+01:00 12:30:45 192.0.2.1 10.20.30.40:8080 1.2.3-4 3.14159265358979',
  '000-12-3456 666-12-3456 912-12-3456 123-00-4567 9-123-45-6789',
  'MA 02110-1301, USA <Buffer 01 02 03 04 05> fc 01 23 45 67 89 0a 01-23-45-67-89-ab',
  'U+0370-0377 #000000 10,000,000 +10000000 a+4912345678 1+4912345678 x=(1)+4912345678',
])('leaves other numbers alone: %s', (text) => {
  for (const kind of ['plain', 'markup'] as const)
    for (const sizes of [[1e9], [1]]) expect(masked(text, sizes, kind)).toEqual({ text, counts: {} });
});

it('hands on what is complete, and holds back no more than a number that may go on', () => {
  const masker = new TextMasker({ classes: dataClasses, kind: 'plain' });
  const sent = (text: string): string => masker.push(Buffer.from(text)).toString();
  expect(sent('data: tick 12345\n\n')).toBe('data: tick 12345\n\n');
  expect(sent('data: card 4111 1111')).toBe('data: card ');
  expect(sent(' 1111 1111\n\n')).toBe('[card-hidden]\n\n');
});

it.each(['4', '41 ', '4111 ', '+1', '+1(', '(0', 'A', 'AB12', 'AB12 ', '0 ', '01 ', '1-', '%20', '\\u00a0'])(
  'needs time in proportion to the text, also for one made of %j',
  (part) => {
    const nasty = part.repeat(300_000 / part.length);
    const began = performance.now();
    expect(masked(nasty, [16_384]).text.length).toBeGreaterThan(0);
    expect(performance.now() - began).toBeLessThan(10_000);
  },
);

it('says the same in any pieces, of texts that are made of the parts of numbers', () => {
  const part = fc.constantFrom(
    ...all.map(({ value }) => value),
    ...all.map(({ value }) => value.slice(0, 7)),
    ...all.map(({ value }) => value.slice(3)),
    ...'0123456789 +-()./\\n,:;"=A&%$ '.split(''),
    '\n',
    '\u00a0',
    ' ada@x.com ',
  );
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 25 }),
      fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 1, maxLength: 6 }),
      (parts, sizes) => {
        const text = parts.join('');
        expect(masked(text, sizes)).toEqual(masked(text));
      },
    ),
    { numRuns: 1500 },
  );
});

/** Scripts, styles, pages and documents of packages: none of a person, apart from who wrote them. */
function ordinaryFiles(): string[] {
  const ofEach = new Map<string, string[]>();
  for (const path of filesBelow('node_modules', 4)) {
    const [, ending] = /\.(m?js|css|html|json|md|ts|map)$/.exec(path) ?? [];
    const known = ofEach.get(ending ?? '') ?? [];
    if (ending !== undefined && known.length < 60) ofEach.set(ending, [...known, path]);
  }
  return [...ofEach.values()].flat();
}

function filesBelow(folder: string, depth: number): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [path];
    return entry.isDirectory() && depth > 0 ? filesBelow(path, depth - 1) : [];
  });
}

it('CC-10 changes no byte of ordinary scripts, styles, pages and documents without personal data', () => {
  const files = ordinaryFiles();
  expect(files.length).toBeGreaterThan(200);
  const changed = files.flatMap((path) => {
    const { counts } = masked(readFileSync(path).subarray(0, 200_000).toString(), [1e9], 'markup');
    const { EmailAddress: _, ...others } = counts;
    return Object.keys(others).length === 0 ? [] : [{ path, others }];
  });
  expect(changed).toEqual([]);
});
