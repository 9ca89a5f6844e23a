/** Laws of reading: every way to write an address, in every kind of text that has it, in every chunking. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailAddress } from '../../../../../webhook/gateway/masking/classes/email-address.ts';
import type { TextKind } from '../../../../../webhook/gateway/masking/reading/grammar.ts';
import { TextMasker } from '../../../../../webhook/gateway/masking/text-masker.ts';

const hidden = '[e-mail-hidden]';

function inPieces(bytes: Buffer, sizes: readonly number[], kind: TextKind): string {
  const masker = new TextMasker({ classes: [emailAddress], kind });
  const out: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    out.push(masker.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return Buffer.concat([...out, masker.end()]).toString('latin1');
}

const sizes = fc.array(fc.integer({ min: 1, max: 19 }), { minLength: 1, maxLength: 6 });
const word = fc.stringMatching(/^[a-z][a-z0-9]{2,9}$/);
const address = fc
  .tuple(word, word, fc.constantFrom('com', 'example', 'co.uk'))
  .map(([a, b, c]) => `${a}@${b}.${c}`);

const hex = (character: string, digits: number): string =>
  character.charCodeAt(0).toString(16).padStart(digits, '0');
/** Each way to write one character. */
const everywhere: readonly ((character: string) => string)[] = [
  (one) => one,
  (one) => `%${hex(one, 2)}`,
  (one) => `%25${hex(one, 2)}`,
  (one) => `&#${one.charCodeAt(0)};`,
  (one) => `&#x000${hex(one, 2)};`,
  (one) => `&amp;#${one.charCodeAt(0)};`,
  (one) => `\\u${hex(one, 4)}`,
  (one) => `\\\\u${hex(one, 4)}`,
  (one) => `\\x${hex(one, 2)}`,
  (one) => `\\u0026#${one.charCodeAt(0)};`,
  (one) => `\u00ad${one}`,
  (one) => `${one}\u200b`,
  (one) => `&shy;${one}`,
  (one) => `${one}&zwnj;`,
  (one) => `\\u00ad${one}`,
];
const ways: Readonly<Record<TextKind, readonly ((character: string) => string)[]>> = {
  plain: everywhere,
  csv: everywhere,
  markup: [
    ...everywhere,
    (one) => `<b>${one}</b>`,
    (one) => `<text:span text:style-name="T1">${one}</text:span>`,
    (one) => `${one}<!-- x -->`,
    (one) => `<wbr>${one}`,
    (one) => `<x-part title="a>b">${one}</x-part>`,
    (one) => `<tei:hi rend='<'>${one}</tei:hi>`,
    (one) => `<![CDATA[${one}]]>`,
    (one) => `${one}<!-->`,
    (one) => `\\U${hex(one, 8)}`,
  ],
  style: [...everywhere.slice(0, 6), (one) => `\\${hex(one, 2)} `, (one) => `\\${hex(one, 6)}`],
  card: [
    ...everywhere.slice(0, 6),
    (one) => `${one}\r\n `,
    (one) => `${one}\n\t`,
    (one) => `=${hex(one, 2).toUpperCase()}`,
    (one) => `${one}=\r\n`,
  ],
  rtf: [
    (one) => one,
    (one) => `\\'${hex(one, 2)}`,
    (one) => `\\u${one.charCodeAt(0)}?`,
    (one) => `\\uc0\\u${one.charCodeAt(0)} `,
    (one) => `{\\b ${one}}`,
    (one) => `\\f1\\fs-24 ${one}`,
    (one) => `${one}\r\n`,
    (one) => `\\-${one}`,
  ],
  mail: [...everywhere.slice(0, 6), (one) => `=${hex(one, 2).toUpperCase()}`, (one) => `${one}=\r\n`],
};
const kinds = Object.keys(ways) as TextKind[];

describe('an address', () => {
  it.each(kinds)('whose every character is written in another way is hidden in a text of kind %s', (kind) => {
    const way = fc.constantFrom(...ways[kind]);
    fc.assert(
      fc.property(
        address,
        fc.array(way, { minLength: 30, maxLength: 30 }),
        sizes,
        (plain, chosen, chunks) => {
          const end = plain.lastIndexOf('.') + 1;
          const written = Array.from(plain.slice(0, end), (one, at) => chosen[at]?.(one) ?? one).join('');
          // What another element says after a whole name is another word, so that the last label is in one.
          const bytes = Buffer.from(`to "${written}${plain.slice(end)}" and (nothing)`);
          const out = inPieces(bytes, chunks, kind);
          expect(out).toBe(inPieces(bytes, [10_000], kind));
          const shown = kind === 'rtf' ? out.replaceAll(/[{}]|\\(?:-|[a-z]+-?\d* ?)/g, '') : out;
          const left = shown.replaceAll(
            /<!\[CDATA\[|\]\]>|<(?:[^>"']|"[^"]*"|'[^']*')*>|=?\r?\n[ \t]?|\xad|\xc2|\xe2\x80\x8b|&(?:shy|zwnj);|\\u00ad/g,
            '',
          );
          expect(left).toBe(`to "${hidden}" and (nothing)`);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([1, 3, 1000])(
    'of which another element writes the end of the host is hidden whole, by pieces of %i',
    (size) => {
      for (let at = 5; at < 12; at++) {
        const plain = 'ada@vendor0.example';
        const written = `${plain.slice(0, at)}<b>${plain[at]}</b>${plain.slice(at + 1)}`;
        const out = inPieces(Buffer.from(`to "${written}" now`), [size], 'markup');
        expect(out.replaceAll(/<[^>]*>/g, '')).toBe(`to "${hidden}" now`);
      }
    },
  );

  const text = fc.tuple(
    fc.stringMatching(/^[ -~]{0,30}$/).filter((one) => !/[@%&\\=<4]/.test(one)),
    address,
  );
  const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
    'utf-16le': (one) => Buffer.from(one, 'utf16le'),
    'utf-16be': (one) => Buffer.from(one, 'utf16le').swap16(),
    'utf-32le': (one) =>
      Buffer.concat(Array.from(one, (c) => Buffer.from([c.charCodeAt(0), c.charCodeAt(0) >> 8, 0, 0]))),
    'utf-32be': (one) =>
      Buffer.concat(Array.from(one, (c) => Buffer.from([0, 0, c.charCodeAt(0) >> 8, c.charCodeAt(0)]))),
  };

  it.each(Object.entries(encodings))(
    'in %s is hidden in its own width, with a mark and without',
    (_, encode) => {
      fc.assert(
        fc.property(
          text,
          fc.constantFrom('', '\ufeff'),
          fc.boolean(),
          sizes,
          ([before, plain], mark, escaped, chunks) => {
            const written = escaped ? plain.replace('@', '&#64;') : plain;
            const bytes = encode(`${mark}<p>${before} "${written}"</p>`);
            expect(inPieces(bytes, chunks, 'markup')).toBe(
              encode(`${mark}<p>${before} "${hidden}"</p>`).toString('latin1'),
            );
          },
        ),
        { numRuns: 150 },
      );
    },
  );

  it.each(Object.entries(encodings))('in %s is hidden wherever it begins in a text of bytes', (_, encode) => {
    fc.assert(
      fc.property(text, sizes, ([before, plain], chunks) => {
        const narrow = Buffer.from(`something ${before}, `);
        const out = inPieces(Buffer.concat([narrow, encode(` "${plain}" `)]), chunks, 'plain');
        expect(out.replaceAll('\0', '')).toBe(`something ${before},  "${hidden}" `);
      }),
      { numRuns: 150 },
    );
  });
});

it('a line of a card stays as short as it may be, and says what it said', () => {
  const unfolded = (card: string): string => card.replaceAll(/\r\n[ \t]/g, '');
  const note = fc.array(fc.oneof(fc.stringMatching(/^[a-z]{1,40}$/), address), { maxLength: 12 });
  fc.assert(
    fc.property(note, sizes, (words, chunks) => {
      const line = `NOTE:${words.join(' ')}`.replaceAll(/(.{74})(?=.)/g, '$1\r\n ');
      const out = inPieces(Buffer.from(`BEGIN:VCARD\r\n${line}\r\nEND:VCARD\r\n`), chunks, 'markup');
      for (const one of out.split('\r\n')) expect(one.length).toBeLessThanOrEqual(75);
      const masked = words.map((one) => (one.includes('@') ? hidden : one)).join(' ');
      expect(unfolded(out)).toBe(`BEGIN:VCARD\r\nNOTE:${masked}\r\nEND:VCARD\r\n`);
    }),
    { numRuns: 300 },
  );
});

describe('what cannot be read as a text is not passed on', () => {
  it('packed bytes, wherever they begin and however they are cut', () => {
    const before = fc.stringMatching(/^[ -~]{0,60}$/);
    fc.assert(
      fc.property(before, fc.boolean(), sizes, (text, gzip, chunks) => {
        const packed = gzip ? gzipSync('ada@x.com') : zstdCompressSync('ada@x.com');
        const bytes = Buffer.concat([Buffer.from(text), packed]);
        expect(() => inPieces(bytes, chunks, 'markup')).toThrow('must not be packed');
      }),
      { numRuns: 150 },
    );
  });

  it.each(['"@"', '"&#64;"', '"x.com"', 'SYSTEM "other.xml"'])(
    'a document that declares the reference %s',
    (value) => {
      const document = Buffer.from(`<!DOCTYPE x [<!ENTITY at ${value}>]><x>ada&at;x.com</x>`);
      for (const size of [1, 5, 1000])
        expect(() => inPieces(document, [size], 'markup')).toThrow('must declare no references of its own');
    },
  );

  it('but one that declares the address of a namespace, as drawing programs do', () => {
    const svg = '<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]><svg>ada@x.com</svg>';
    for (const size of [1, 5, 1000])
      expect(inPieces(Buffer.from(svg), [size], 'markup')).toBe(svg.replace('ada@x.com', hidden));
  });
});
