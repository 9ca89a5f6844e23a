import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailMasker } from '../../../../../webhook/gateway/masking/content-policy.ts';
import { maskText, replacement, TextMasker } from '../../../../../webhook/gateway/masking/text-masker.ts';

/** Masks a text that arrives in pieces of the given sizes, repeated as often as needed. */
function maskedInPieces(text: string, sizes: readonly number[], local: 'whole' | 'cautious'): string {
  const masker = new TextMasker({ local });
  const bytes = Buffer.from(text, 'utf8');
  const out: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    out.push(masker.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return Buffer.concat([...out, masker.end()]).toString('utf8');
}

const word = fc.stringMatching(/^[a-z0-9]{1,12}$/);
const localPart = fc
  .tuple(word, fc.constantFrom('.', '+', '-', '_', "'"), word)
  .map(([first, mark, second]) => `${first}${mark}${second}`);
const domain = fc
  .tuple(word, fc.constantFrom('com', 'example', 'co.uk', 'xn--p1ai'))
  .map(([name, top]) => `${name}.${top}`);

const signs = ['@', '\\u0040', '\\\\u0040', '%40', '%2540', '&#64;', '&#x40;', '&commat;', '\\x40', '＠'];
const address = fc.tuple(localPart, fc.constantFrom(...signs), domain);
const filler = fc.stringMatching(/^[ -~]{0,40}$/).filter((text) => !/[@%&\\]/.test(text));
const sizes = fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1, maxLength: 8 });

/** What stands right beside an address in real texts. */
const around = fc.constantFrom(' ', '"', '<', '>', '\n', ',', '(', ':', '\\n', '\\"', '&quot;', '&nbsp;');

describe('the masker of e-mail addresses', () => {
  it('lets no address of any written form survive, in any chunking', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(filler, around, address, around), { minLength: 1, maxLength: 5 }),
        sizes,
        fc.constantFrom('whole', 'cautious'),
        (pieces, chunks, local) => {
          const text = pieces
            .map(([fill, left, parts, right]) => `${fill}${left}${parts.join('')}${right}`)
            .join('');
          const out = maskedInPieces(text, chunks, local);
          for (const [, , [person, sign, host]] of pieces) {
            expect(out).not.toContain(`${person}${sign}${host}`);
            expect(out).not.toContain(`${sign}${host}`);
          }
          expect(out).toBe(maskedInPieces(text, [text.length + 1], local));
        },
      ),
      { numRuns: 700 },
    );
  });

  it('finds addresses whose every character is escaped', () => {
    const escaped = 'ada.l@x-y.com'
      .split('')
      .map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('');
    for (const size of [1, 3, 7, 1000])
      expect(maskedInPieces(`{"mail":"${escaped}"}`, [size], 'whole')).toBe(`{"mail":"${replacement}"}`);

    const references = 'ada@x.com'
      .split('')
      .map((c) => `&#${c.charCodeAt(0)};`)
      .join('');
    expect(maskText(`<p>${references}</p>`, 'cautious').text).toBe(`<p>${replacement}</p>`);
    const encoded = 'ada@x.com'
      .split('')
      .map((c) => `%${c.charCodeAt(0).toString(16)}`)
      .join('');
    expect(maskText(`/find?mail=${encoded}&n=1`, 'cautious').text).toContain(`mail=${replacement}`);
  });

  it('keeps JSON valid around what it takes out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 20 }), localPart, domain), { maxLength: 6 }),
        sizes,
        (people, chunks) => {
          const value = people.map(([text, person, host]) => ({ text: `${text}\n${person}@${host}\t"x"` }));
          for (const text of [JSON.stringify(value), JSON.stringify(JSON.stringify(value))]) {
            const out = maskedInPieces(text, chunks, 'whole');
            const parsed: unknown = JSON.parse(out);
            expect(JSON.stringify(parsed)).not.toMatch(/@[a-z0-9]+\.(com|example|co\.uk|xn--p1ai)/);
            if (typeof parsed === 'string') expect(() => JSON.parse(parsed) as unknown).not.toThrow();
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('changes no text without an at-sign in any form', () => {
    const free = fc
      .string({ unit: 'binary', maxLength: 300 })
      .filter((text) => !/[@＠﹫]|40|64|commat/.test(text));
    fc.assert(
      fc.property(free, sizes, (text, chunks) => {
        expect(maskedInPieces(text, chunks, 'whole')).toBe(Buffer.from(text, 'utf8').toString('utf8'));
      }),
      { numRuns: 800 },
    );
  });

  it.each([
    '}@media screen{a{b:c}}',
    '@font-face{src:url(a.b)}',
    'lodash@4.17.21',
    'image@sha256:0123abcd',
    'root@localhost',
    'at 5 @ 3.50 each',
    '`${name}@example.com`',
    "user+'@example.com'",
    '@example.com',
    'a @ b.com',
  ])('leaves %s alone in markup and scripts', (text) => {
    expect(maskText(text, 'cautious')).toEqual({ text, count: 0 });
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
    ['another dot: ada@x。com', `another dot: ${replacement}`],
  ])('turns %s into %s', (text, expected) => {
    expect(maskText(text, 'cautious').text).toBe(expected);
    expect(maskedInPieces(text, [1], 'cautious')).toBe(expected);
  });

  it('hands on what is complete and holds back at most what could be an address', () => {
    const masker = new TextMasker({ local: 'whole' });
    expect(masker.push(Buffer.from('data: tick 1\n\n')).toString()).toBe('data: tick 1\n\n');
    expect(masker.push(Buffer.from('data: from ad')).toString()).toBe('data: from ');
    expect(masker.push(Buffer.from('a@x.com\n\n')).toString()).toBe(`${replacement}\n\n`);
    expect(masker.counts).toEqual({ EmailAddress: 1 });
    const long = new TextMasker({ local: 'whole' });
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
    ];
    for (const text of nasty) {
      const began = performance.now();
      maskText(text);
      expect(performance.now() - began).toBeLessThan(10_000);
    }
  });

  it('refuses a text in sixteen-bit characters, in which it would see nothing', () => {
    const masker = new TextMasker({ local: 'cautious' });
    expect(() => masker.push(Buffer.from('\ufeffada@x.com', 'utf16le'))).toThrow('UTF-16');
    const unmarked = Buffer.from('ada@x.com', 'utf16le');
    for (const bytes of [unmarked, Buffer.from(unmarked).swap16(), Buffer.from('a\0\0\0', 'latin1')])
      expect(() => new TextMasker({ local: 'whole' }).push(bytes)).toThrow('UTF-16');

    const film = Buffer.from('\0\0\0\x18ftyp', 'latin1');
    expect(() => new TextMasker({ local: 'whole' }).push(film)).not.toThrow();
  });
});

describe('the list of types', () => {
  const planOf = (contentType?: string, contentEncoding?: string) =>
    emailMasker.plan({ contentType, contentEncoding }).kind;

  it.each([
    'application/json',
    'text/html; charset=utf-8',
    'text/xml',
    'application/octet-stream',
    'image/svg+xml',
    'image/png, text/html',
    'image/',
    undefined,
  ])('masks %s', (type) => expect(planOf(type)).toBe('mask'));

  it.each(['image/png', 'font/woff2', 'application/pdf', 'video/mp4'])('lets %s pass', (type) =>
    expect(planOf(type)).toBe('pass'),
  );

  it.each([
    ['application/json', 'gzip'],
    ['image/png', 'br'],
    ['text/html; charset=utf-16', undefined],
    ['text/plain; charset="iso-2022-jp"', undefined],
  ])('refuses %s in encoding %s', (type, encoding) => expect(planOf(type, encoding)).toBe('refuse'));
});
