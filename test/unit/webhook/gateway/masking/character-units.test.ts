import { describe, expect, it } from 'vitest';
import { namedReferences, unitAt } from '../../../../../webhook/gateway/masking/character-units.ts';
import { emailAddress } from '../../../../../webhook/gateway/masking/classes/email-address.ts';
import { maskText } from '../../../../../webhook/gateway/masking/text-masker.ts';

const plain = { classes: [emailAddress], kind: 'plain' } as const;

/** Each named reference of HTML that can be part of an address, in an address. */
const addresses: Readonly<Record<string, string>> = {
  commat: 'ada&commat;example.com',
  period: 'ada@example&period;com',
  lowbar: 'ada&lowbar;l@example.com',
  UnderBar: 'ada&UnderBar;l@example.com',
  plus: 'ada&plus;l@example.com',
  amp: 'ada&amp;l@example.com',
  apos: 'o&apos;brien@example.com',
  num: 'ada&num;l@example.com',
  dollar: 'ada&dollar;l@example.com',
  percnt: 'ada&percnt;l@example.com',
  ast: 'ada&ast;l@example.com',
  midast: 'ada&midast;l@example.com',
  excl: 'ada&excl;l@example.com',
  equals: 'ada&equals;l@example.com',
  quest: 'ada&quest;l@example.com',
  Hat: 'ada&Hat;l@example.com',
  sol: 'ada&sol;l@example.com',
};

describe('a named reference', () => {
  it('is known when it can be part of an address, and only then', () => {
    expect(Object.keys(namedReferences).toSorted()).toEqual(Object.keys(addresses).toSorted());
  });

  it.each(Object.entries(addresses))('%s is read in an address', (_, address) => {
    expect(maskText(`x ${address} y`, plain)).toEqual({
      value: 'x [e-mail-hidden] y',
      counts: { EmailAddress: 1 },
    });
  });

  it.each(['nbsp', 'toString', 'constructor', 'lt'])('%s ends an address', (name) => {
    expect(maskText(`x&${name};ada@x.com`, plain).value).toBe(`x&${name};[e-mail-hidden]`);
  });
});

describe('one written character', () => {
  it.each([
    ['a', 1, 'a'],
    ['%40x', 3, '@'],
    ['%2540x', 5, '@'],
    ['%25x', 3, '%'],
    ['%4', 1, '%'],
    ['%zz', 1, '%'],
    ['%4G', 1, '%'],
    ['%4:', 1, '%'],
    ['%4/', 1, '%'],
    ['%4`', 1, '%'],
    ['%aF', 3, '\u00af'],
    ['&#64;x', 5, '@'],
    ['&#64x', 4, '@'],
    ['&#x40;', 6, '@'],
    ['&#X2E;', 6, '.'],
    ['&amp;#64;', 9, '@'],
    ['&amp;commat;', 12, '@'],
    ['&amp;x', 5, '&'],
    ['&amp;amp;', 9, '&'],
    ['&x', 1, '&'],
    ['& ', 1, '&'],
    ['\\u0040', 6, '@'],
    ['\\\\u0040', 7, '@'],
    ['\\x40', 4, '@'],
    ['\\x00', 4, '\0'],
    ['\\u0000', 6, '\0'],
    ['%00', 3, '\0'],
    ['\\u{40}', 6, '@'],
    ['\\u{000040}', 10, '@'],
    ['\\.', 2, '.'],
    ['\\-', 2, '-'],
    ['\\_', 2, '_'],
    ['\\+', 2, '+'],
  ])('%s takes %i bytes', (text, length, character) => {
    expect(unitAt(text, 0)).toEqual({ length, code: character.charCodeAt(0) });
  });

  it.each([
    ['\\n', 2],
    ['\\b', 2],
    ['\\f', 2],
    ['\\r', 2],
    ['\\t', 2],
    ['\\v', 2],
    ['\\0', 2],
    ['\\"', 1],
    ['\\a', 1],
    ['\\u12', 1],
    ['\\uab{40}', 1],
    ['\\u{}', 1],
    ['\\u{g}', 1],
    ['\\xg0', 1],
    ['&nbsp;', 6],
    ['&toString;', 10],
  ])('%s is a break of %i bytes', (text, length) => {
    expect(unitAt(text, 0)).toEqual({ length, code: -1 });
  });

  it('never takes more than sixteen backslashes, so that a row of them is read once', () => {
    expect(unitAt('\\'.repeat(40), 0)).toEqual({ length: 16, code: -1 });
  });
});
