/** What is printed for programs also comes to terminals: nothing in it may be obeyed, and read again it is the same. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jsonOf, printData } from '../../../../cli/output/print-object.ts';
import { yamlOf } from '../../../../cli/output/yaml.ts';

/** Clears a screen, a C1 control sequence, a bidi override, separators, an invisible tag, a tab, a lone half. */
const nasty = [
  'red \u001b[2J',
  '\u009b31m',
  'a\u202eb',
  'a\u2028b\u2029c',
  'tag \u{e0041}',
  'a\tb',
  'x\u007f',
  '\ufeff',
  'a\u200bb',
  'one line\nanother \u202e line\n',
];

const unsafe = /[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Zl}\p{Zp}\u200b\ufeff\u{e0000}-\u{e007f}]/u;
const withoutBreaks = (text: string): string => text.replaceAll('\n', '');

describe.each([
  ['JSON', (value: unknown) => jsonOf(value, 2), (text: string) => JSON.parse(text) as unknown],
  ['YAML', yamlOf, (text: string) => parse(text) as unknown],
])('%s', (_, write, read) => {
  it.each(nasty)('writes out what a terminal would obey or hide: %j', (value) => {
    const document = { spec: { reason: value, list: [value] }, [`key ${value}`]: 'x' };
    const text = write(document);
    expect(withoutBreaks(text)).not.toMatch(unsafe);
    expect(read(text)).toEqual(document);
  });

  it('says the same as before, whatever a text holds', () => {
    const any = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(any, fc.oneof(any, fc.array(any), fc.constantFrom(...nasty))), (document) => {
        const text = write(document);
        expect(withoutBreaks(text)).not.toMatch(unsafe);
        expect(read(text)).toEqual({ ...document });
      }),
    );
  });
});

it('leaves plain texts as they were, a text of several lines among them', () => {
  expect(yamlOf({ a: 'x y', b: 'one\ntwo\n', c: 1, d: null, e: ['true'] })).toBe(
    'a: x y\nb: |\n  one\n  two\nc: 1\nd: null\ne:\n  - "true"\n',
  );
});

it.each(['json', 'yaml'] as const)('is what -o %s prints', async (format) => {
  let printed = '';
  const out = async (text: string) => {
    printed += text;
  };
  await printData({ reason: '\u202e' }, format, { out } as never);
  expect(printed).toContain(String.raw`"\u202e"`);
});
