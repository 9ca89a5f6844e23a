/** Which single characters belong to an address and which end it, each written out. */
import { describe, expect, it } from 'vitest';
import { emailAddress } from '../../../../../../webhook/gateway/masking/classes/email-address.ts';
import { maskText, TextMasker } from '../../../../../../webhook/gateway/masking/text-masker.ts';

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
      emailAddress.find(`word${one} `, { kind: 'plain', final: false }, () => undefined) === 6 &&
      emailAddress.find(`word${one}1`, { kind: 'plain', final: false }, () => undefined) === 5,
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

describe('a name that is no address', () => {
  it.each([
    '<img src="/static/logo@2x.png" srcset="/static/logo@3x.webp 3x, logo@1.5x.avif">',
    'b{background:url(icon@2x.svg)}',
    'img@2x.min.css file@v2.js app@1a2b3c.chunk.js.map Foo@Bar.class chart@v2.bundle.mjs',
    "import x from '@scope/name/index.js'; import y from 'npm:lit@3/index.js'",
    '"node_modules/@scope/name": {"resolved": "https://registry.example/@scope/name/-/name-1.0.0.tgz"}',
    '@Component({}) @media (min-width:1px) .a@dark.css',
    'git@code.example.com:org/repository.git ssh://git@code.example.com/org/repository git@x.com:~/a',
  ])('stays as it is, in any pieces: %s', (text) => {
    for (const kind of ['plain', 'markup'] as const) {
      expect(maskText(text, { classes: [emailAddress], kind })).toEqual({ value: text, counts: {} });
      for (const size of [1, 3]) expect(inPieces(text, size, kind)).toBe(text);
    }
  });

  it.each([
    ['ada@x.com.txt', ''],
    ['ada@mail.x.example.tar.gz', ''],
    // Top-level domains that are endings of files too.
    ['ada@x.zip', ''],
    ['ada@x.py', ''],
    ['git@x.com', ''],
    ['git@x.com', ': see there'],
    ['git@x.com', '"'],
    ['dig.git@x.com', ':a/b'],
  ])('is not %s, which is hidden before %j', (address, rest) => {
    const hidden = emailAddress.replacement + rest;
    for (const kind of ['plain', 'markup'] as const)
      for (const size of [1, 4, 100]) expect(inPieces(address + rest, size, kind)).toBe(hidden);
  });
});

function inPieces(text: string, size: number, kind: 'plain' | 'markup'): string {
  const masker = new TextMasker({ classes: [emailAddress], kind });
  const out: Buffer[] = [];
  for (let at = 0; at < text.length; at += size)
    out.push(masker.push(Buffer.from(text.slice(at, at + size))));
  return Buffer.concat([...out, masker.end()]).toString();
}
