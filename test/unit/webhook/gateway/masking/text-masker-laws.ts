/** What holds for the masker of e-mail addresses over generated texts, each in generated chunks. */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { emailAddress } from '../../../../../webhook/gateway/masking/classes/email-address.ts';
import { TextMasker } from '../../../../../webhook/gateway/masking/text-masker.ts';

const classes = [emailAddress];

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

/** No address of any written form survives, in any chunking. */
export function noAddressSurvives(runs: number): void {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(filler, around, address, around), { minLength: 1, maxLength: 5 }),
      sizes,
      fc.constantFrom('plain', 'markup'),
      (pieces, chunks, kind) => {
        const text = pieces
          .map(([fill, left, parts, right]) => `${fill}${left}${parts.join('')}${right}`)
          .join('');
        const out = maskedInPieces(text, chunks, kind);
        for (const [, , [person, sign, host]] of pieces) {
          expect(out).not.toContain(`${person}${sign}${host}`);
          expect(out).not.toContain(`${sign}${host}`);
        }
        expect(out).toBe(maskedInPieces(text, [text.length + 1], kind));
      },
    ),
    { numRuns: runs },
  );
}

/** JSON stays valid around what is taken out. */
export function jsonStaysValid(runs: number): void {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ maxLength: 20 }), localPart, domain), { maxLength: 6 }),
      sizes,
      (people, chunks) => {
        const value = people.map(([text, person, host]) => ({ text: `${text}\n${person}@${host}\t"x"` }));
        for (const text of [JSON.stringify(value), JSON.stringify(JSON.stringify(value))]) {
          const out = maskedInPieces(text, chunks, 'plain');
          const parsed: unknown = JSON.parse(out);
          expect(JSON.stringify(parsed)).not.toMatch(/@[a-z0-9]+\.(com|example|co\.uk|xn--p1ai)/);
          if (typeof parsed === 'string') expect(() => JSON.parse(parsed) as unknown).not.toThrow();
        }
      },
    ),
    { numRuns: runs },
  );
}

/** A text without an at-sign in any form stays as it is. */
export function othersStayAsTheyAre(runs: number): void {
  const free = fc
    .string({ unit: 'binary', maxLength: 300 })
    .filter((text) => !/[@＠﹫]|40|64|commat/.test(text));
  fc.assert(
    fc.property(free, sizes, (text, chunks) => {
      expect(maskedInPieces(text, chunks, 'plain')).toBe(Buffer.from(text, 'utf8').toString('utf8'));
    }),
    { numRuns: runs },
  );
}
