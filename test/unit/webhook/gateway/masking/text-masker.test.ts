import { describe, expect, it } from 'vitest';
import type { DataClass } from '../../../../../webhook/gateway/masking/classes/data-class.ts';
import { emailAddress } from '../../../../../webhook/gateway/masking/classes/email-address.ts';
import { maskText, TextMasker } from '../../../../../webhook/gateway/masking/text-masker.ts';

const { replacement } = emailAddress;
const classes = [emailAddress];
const markup = { classes, kind: 'markup' } as const;
const plain = { classes, kind: 'plain' } as const;

/** Masks a text that arrives in pieces of the given sizes, repeated as often as needed. */
function maskedInPieces(text: string, sizes: readonly number[], kind: 'plain' | 'markup'): string {
  const masker = new TextMasker({ classes, kind });
  const bytes = Buffer.from(text, 'utf8');
  const out: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    out.push(masker.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return Buffer.concat([...out, masker.end()]).toString('utf8');
}

describe('the masker of e-mail addresses', () => {
  it('finds addresses whose every character is escaped', () => {
    const escaped = 'ada.l@x-y.com'
      .split('')
      .map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('');
    for (const size of [1, 3, 7, 1000])
      expect(maskedInPieces(`{"mail":"${escaped}"}`, [size], 'plain')).toBe(`{"mail":"${replacement}"}`);

    const references = 'ada@x.com'
      .split('')
      .map((c) => `&#${c.charCodeAt(0)};`)
      .join('');
    expect(maskText(`<p>${references}</p>`, markup).value).toBe(`<p>${replacement}</p>`);
    const encoded = 'ada@x.com'
      .split('')
      .map((c) => `%${c.charCodeAt(0).toString(16)}`)
      .join('');
    expect(maskText(`/find?mail=${encoded}&n=1`, markup).value).toContain(`mail=${replacement}`);
  });

  it.each([
    ['to ada@x.com.5 days later', `to ${replacement}.5 days later`],
    ['ada@x.com.2024.7, b', `${replacement}.2024.7, b`],
    ['ada@x.com<b>.5</b> a', `${replacement}<b>.5</b> a`],
    ['lodash@4.17.21 pkg@1.0.0-rc.1 logo@2x.png.5', 'lodash@4.17.21 pkg@1.0.0-rc.1 logo@2x.png.5'],
  ])('takes a number after the domain for what follows it, in any pieces: %s', (text, wanted) => {
    for (const kind of ['plain', 'markup'] as const)
      for (const size of [1, 2, 5, 100]) expect(maskedInPieces(text, [size], kind)).toBe(wanted);
  });

  it.each(['0]]>a.b@x.com ', 'a <![CDATA[0]]>b]]>c@x.com]]>.org]]> d', 'a@x.com]]]>b'])(
    'reads across the borders of data in XML alike in any pieces: %s',
    (text) => {
      for (const kind of ['plain', 'markup'] as const) {
        const whole = maskedInPieces(text, [text.length], kind);
        expect(whole).toContain(replacement);
        for (let size = 1; size < text.length; size += 1)
          expect(maskedInPieces(text, [size], kind)).toBe(whole);
      }
    },
  );

  it.each([
    '}@media screen{a{b:c}}',
    '@font-face{src:url(a.b)}',
    'lodash@4.17.21',
    'image@sha256:0123abcd',
    'react@latest',
    'actions/checkout@v4',
    'load@https://x.com/a.js',
    'at 5 @ 3.50 each',
    '`${name}@example.com`',
    "user+'@example.com'",
    '@example.com',
    'a @ b.com',
    'a@b.c',
    '<img srcset="/logo@2x.png 2x, /logo@1.5x.webp 1.5x">',
    '<td>Ada Lovelace</td><td>@x.com</td>',
    '<p>ada<br>@x.com</p>',
    'ada@[not closed',
    'ada@[a b]',
  ])('leaves %s alone in markup and scripts', (text) => {
    expect(maskText(text, markup)).toEqual({ value: text, counts: {} });
  });

  it.each([
    ["href='mailto:ada@x.com'", `href='mailto:${replacement}'`],
    ['a+"ada@x.com"+b', `a+"${replacement}"+b`],
    ["a+'ada@x.com'+b", `a+'${replacement}'+b`],
    ['value=ada@x.com>', `value=${replacement}>`],
    ["o'brien@x.com.", `${replacement}.`],
    ['müller@exämple.de!', `${replacement}!`],
    ['Ada <ada@[192.0.2.1]>', `Ada <${replacement}>`],
    ['r&amp;d@x.com', replacement],
    ['x&nbsp;ada@x.com', `x&nbsp;${replacement}`],
    ['a@x.com,b@y.org;c@z.net', `${replacement},${replacement};${replacement}`],
    [
      'a reference without its semicolon: ada&#64x&#46com',
      `a reference without its semicolon: ${replacement}`,
    ],
    ['a reference of a reference: ada&amp;#64;x.com', `a reference of a reference: ${replacement}`],
    ['&amp;lt;ada&amp;commat;x&amp;#x2e;com&amp;gt;', `&amp;lt;${replacement}&amp;gt;`],
    ['a pattern: ^ada\\.l@x\\.com$', `a pattern: ^${replacement}$`],
    ['Markdown: ada\\_l\\@x.com', `Markdown: ${replacement}`],
    ['<td>ada<img alt="">@x.com</td>', `<td>${replacement}<img alt=""></td>`],
    ['another dot: ada@x。com', `another dot: ${replacement}`],
  ])('turns %s into %s', (text, expected) => {
    expect(maskText(text, markup).value).toBe(expected);
    expect(maskedInPieces(text, [1], 'markup')).toBe(expected);
  });

  it('hands on what is complete and holds back at most what could be an address', () => {
    const masker = new TextMasker(plain);
    expect(masker.push(Buffer.from('data: tick 1\n\n')).toString()).toBe('data: tick 1\n\n');
    expect(masker.push(Buffer.from('data: from ad')).toString()).toBe('data: from ');
    expect(masker.push(Buffer.from('a@x.com\n\n')).toString()).toBe(`${replacement}\n\n`);
    expect(masker.counts).toEqual({ EmailAddress: 1 });
    const long = new TextMasker(plain);
    const passed = long.push(Buffer.alloc(1_000_000, 'a')).length;
    expect(passed).toBeGreaterThan(990_000);
  });

  it('needs time in proportion to the text, also for texts made to be slow', () => {
    const nasty = [
      'a%40'.repeat(50_000),
      '@'.repeat(200_000),
      'a@'.repeat(100_000),
      '\\'.repeat(200_000),
      `a@${'b.'.repeat(100_000)}`,
      '&#'.repeat(100_000),
      '\0@\0'.repeat(70_000),
      '@\0'.repeat(100_000),
      'a<b x="'.repeat(30_000),
      '<![CDATA[a@'.repeat(20_000),
    ];
    for (const text of nasty) {
      const began = performance.now();
      maskText(text, plain);
      expect(performance.now() - began).toBeLessThan(10_000);
    }
  });

  it('passes the beginning of a film, which looks like wide characters', () => {
    for (const head of ['\0\0\0\x18ftypisom\0\0\0\x01', '\0\0\0 ftypisom\0\0\0\x01']) {
      const film = Buffer.from(head, 'latin1');
      const masker = new TextMasker(plain);
      expect(Buffer.concat([masker.push(film), masker.end()])).toEqual(film);
    }
  });
});

it.each([
  'BEGIN:VCARD\r\nEMAIL:ada@exam\r\n ple.com\r\n',
  'begin:vcalendar\r\nATTENDEE:mailto:ada@exam\r\n\tple.com\r\n',
  '\ufeff\r\n\r\nBegin:VCard\r\nEMAIL:ada@exam\r\n ple.com\r\n',
  'dn: uid=ada\nmail: ada@exam\n ple.com\n',
  'version: 1\n\ndn: uid=ada\nmail: ada@exam\n ple.com\n',
  '# extended LDIF\n#\ndn: uid=ada\nmail: ada@exam\n ple.com\n',
])('reads the folded lines of a text that shows them, whatever its type: %j', (text) => {
  const expected = text.replace(/ada@exam\r?\n[ \t]ple.com/, replacement);
  for (const size of [1, 2, 5, 1000]) expect(maskedInPieces(text, [size], 'plain')).toBe(expected);
});

it.each([
  ["{\\rtf1\\ansi Mail: ada\\'40x.com\\par next}", `{\\rtf1\\ansi Mail: ${replacement}\\par next}`],
  ['{\\rtf1 {\\b ada}@{\\i x.com}{\\b Edit}}', `{\\rtf1 {\\b ${replacement}}{\\i }{\\b Edit}}`],
  ['{\\rtf1 Ada\\cell ada@x.com\\cell B}', `{\\rtf1 Ada\\cell ${replacement}\\cell B}`],
  [
    '{\\rtf1 {\\*\\fldinst HYPERLINK "mailto:ada@x.com"}{\\fldrslt ada@x.\r\ncom}}',
    `{\\rtf1 {\\*\\fldinst HYPERLINK "mailto:${replacement}"}{\\fldrslt ${replacement}}}`,
  ],
])('reads rich text, whatever its type, and keeps its groups: %s', (text, expected) => {
  for (const size of [1, 2, 5, 1000]) expect(maskedInPieces(text, [size], 'plain')).toBe(expected);
});

it('takes no text for a card that only tells of one', () => {
  const text = 'It says BEGIN:VCARD, and: ada@2exam\r\n ple.com';
  for (const size of [1, 1000]) expect(maskedInPieces(text, [size], 'plain')).toBe(text);
});

it('reads so many bytes after an at-sign, and not one more', () => {
  const { ahead } = emailAddress.reach;
  const domain = 'bbb.'.repeat(ahead);
  // The last dot within reach is no part of the address.
  expect(maskText(`a@${domain}`, plain).value === `${replacement}${domain.slice(ahead - 1)}`).toBe(true);
});

describe('a masker of several classes', () => {
  const caseNumber: DataClass = {
    name: 'CaseNumber',
    plural: 'case numbers',
    replacement: '[case-hidden]',
    reach: { back: 0, ahead: 12 },
    find: (text, { final }, onFound) => {
      for (const { index, 0: found } of text.matchAll(/\bC-\d{4,8}\b(?=.)/gs))
        onFound({ start: index, end: index + found.length });
      return final ? text.length : Math.max(0, text.search(/C?-?\d*$/));
    },
  };
  const both = { classes: [emailAddress, caseNumber], kind: 'plain' } as const;
  const text = 'from ada@x.com about C-4711, copied to bob@y.org and C-4712.';

  it('takes out the values of each and counts them apart', () => {
    expect(maskText(text, both)).toEqual({
      value: `from ${replacement} about [case-hidden], copied to ${replacement} and [case-hidden].`,
      counts: { EmailAddress: 2, CaseNumber: 2 },
    });
  });

  it.each([1, 2, 3, 7, 11, 1000])('does so in pieces of %i bytes', (size) => {
    const masker = new TextMasker(both);
    const bytes = Buffer.from(text);
    const out: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) out.push(masker.push(bytes.subarray(at, at + size)));
    expect(Buffer.concat([...out, masker.end()]).toString()).toBe(maskText(text, both).value);
  });

  it('takes out only what was asked for', () => {
    expect(maskText(text, { classes: [caseNumber], kind: 'plain' })).toEqual({
      value: 'from ada@x.com about [case-hidden], copied to bob@y.org and [case-hidden].',
      counts: { CaseNumber: 2 },
    });
    expect(maskText(text, { classes: [], kind: 'plain' })).toEqual({ value: text, counts: {} });
  });
});
