/** Which single characters belong to an address and which end it, each written out. */
import { describe, expect, it } from 'vitest';
import { emailAddress } from '../../../../../../webhook/gateway/masking/classes/email-address.ts';
import { findEmails } from '../../../../../../webhook/gateway/masking/classes/email-finder.ts';
import { maskText } from '../../../../../../webhook/gateway/masking/text-masker.ts';

const asciiCharacters = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
const charactersThat = (is: (character: string) => boolean): string => asciiCharacters.filter(is).join('');
const lettersAndDigits = (character: string): boolean => /[A-Za-z0-9]/.test(character);
/** Characters that no reader sees: they neither end a word nor are part of one. */
const controls = charactersThat((one) => (one < ' ' || one === '\x7f') && !/\s/.test(one));
const masked = (text: string, kind: 'plain' | 'markup') =>
  maskText(text, { classes: [emailAddress], kind }).value === emailAddress.replacement;
const sorted = (characters: string): string => characters.split('').toSorted().join('');

describe('a local part', () => {
  it.each([
    ['plain', "_.!#$%&'*+-/=?^`{|}~"],
    ['markup', "_.!#$%&'*+-^~"],
  ] as const)('in a %s text has these marks inside, and no others: %s', (kind, marks) => {
    const found = charactersThat((one) => !lettersAndDigits(one) && masked(`a${one}b@x.com`, kind));
    expect(found).toBe(sorted(marks + controls));
    expect(charactersThat((one) => lettersAndDigits(one) && !masked(`a${one}b@x.com`, kind))).toBe('');
  });

  it.each(['plain', 'markup'] as const)('in a %s text has a letter, a digit or an underscore', (kind) => {
    const found = charactersThat((one) => !lettersAndDigits(one) && masked(`${one}@x.com`, kind));
    expect(found).toBe('_');
  });
});

describe('a domain', () => {
  it('has dots, hyphens and underscores inside, and no other marks', () => {
    const found = charactersThat((one) => !lettersAndDigits(one) && masked(`a@x${one}y.com`, 'plain'));
    expect(found).toBe(sorted('-._' + controls));
  });
});

it('a word ends at these characters, after which nothing is held back', () => {
  const released = charactersThat(
    (one) =>
      findEmails(`word${one} `, { kind: 'plain', final: false }, () => undefined) === 6 &&
      findEmails(`word${one}1`, { kind: 'plain', final: false }, () => undefined) === 5,
  );
  expect(released).toBe(sorted(' \t\r\n\f\v"<>()[],:'));
});

/** The at-sign in every form in which it is searched for. */
const signs = [
  '@',
  '＠',
  '﹫',
  '%40',
  '%2540',
  '&#64;',
  '&#64',
  '&#0000064;',
  '&#x40;',
  '&#X40;',
  '&#x0000040',
  '&amp;#64;',
  '&amp;commat;',
  '&commat;',
  '\\u0040',
  '\\\\u0040',
  '\\u{40}',
  '\\u{0040}',
  '\\x40',
  '\\uff20',
  '\\uFF20',
  '%EF%BC%A0',
  '%ef%bc%a0',
  '%EF%B9%AB',
  '%252540',
  '%25%34%30',
  '%u0040',
  '&#x00000000000000000000000000000040;',
  '&#65312;',
  '&amp;amp;#64;',
  '\\u0026#64;',
  '\\u0026commat;',
  '%26%2364%3B',
  '%26commat%3B',
  '%5Cu0040',
  '&#92;x40',
  '\\100',
  '\\u{ff20}'.replace('{ff20}', 'fe6b'),
];

describe('the sign between them', () => {
  it.each(signs)('is found written as %s', (sign) => {
    for (const kind of ['plain', 'markup'] as const) expect(masked(`ada${sign}x.com`, kind)).toBe(true);
  });

  it.each(['&#640;', '&#x400;', '%41', '\\u0041', '\\x41', '&commat'])('is none written as %s', (sign) =>
    expect(masked(`ada${sign}x.com`, 'plain')).toBe(false),
  );
});
