import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTime, parseTime } from '../../../../../crds/rules/time/time.ts';

const accepted: Readonly<Record<string, [text: string, utc: string]>> = {
  'reads UTC': ['2026-12-01T08:00:00Z', '2026-12-01T08:00:00.000Z'],
  'reads a fraction': ['2026-12-01T08:00:00.25Z', '2026-12-01T08:00:00.250Z'],
  'cuts nanoseconds to milliseconds': ['2026-12-01T08:00:00.999999999Z', '2026-12-01T08:00:00.999Z'],
  'reads an offset to the east': ['2026-12-01T08:00:00+05:30', '2026-12-01T02:30:00.000Z'],
  'reads an offset to the west': ['2026-12-01T20:00:00-05:00', '2026-12-02T01:00:00.000Z'],
  'reads 29 February of a leap year': ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  'reads 29 February of 2000': ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
  'reads the last second of a year': ['2026-12-31T23:59:59Z', '2026-12-31T23:59:59.000Z'],
};

const refused: Readonly<Record<string, string>> = {
  'an empty text': '',
  'a date alone': '2026-12-01',
  'a time without seconds': '2026-12-01T08:00Z',
  'a time without an offset': '2026-12-01T08:00:00',
  'a time without an offset, with a fraction': '2026-12-01T08:00:00.123',
  'a lower-case t': '2026-12-01t08:00:00Z',
  'a lower-case z': '2026-12-01T08:00:00z',
  'a space for the T': '2026-12-01 08:00:00Z',
  'an hour of 24': '2026-12-01T24:00:00Z',
  'a minute of 60': '2026-12-01T08:60:00Z',
  'a leap second': '2026-12-31T23:59:60Z',
  'month 0': '2026-00-01T00:00:00Z',
  'month 13': '2026-13-01T00:00:00Z',
  'day 0': '2026-12-00T00:00:00Z',
  '31 November': '2026-11-31T00:00:00Z',
  '29 February of a common year': '2026-02-29T00:00:00Z',
  '29 February of 2100': '2100-02-29T00:00:00Z',
  'an offset of 24 hours': '2026-12-01T08:00:00+24:00',
  'an offset without a colon': '2026-12-01T08:00:00+0100',
  'ten digits of a fraction': '2026-12-01T08:00:00.0123456789Z',
  'an empty fraction': '2026-12-01T08:00:00.Z',
  'a sign before the year': '+2026-12-01T08:00:00Z',
  'a space after it': '2026-12-01T08:00:00Z ',
  'a letter among the digits': '2026-12-0xT08:00:00Z',
  'a space for the first digit of the hour': '2026-12-01T 8:00:00Z',
  'a sign for the first digit of the hour': '2026-12-01T-8:00:00Z',
  'a sign for the second digit of the minute': '2026-12-01T08:0-:00Z',
  'full-width digits': '２026-12-01T08:00:00Z',
  'epoch milliseconds': '1796112000000',
};

describe('reading a time', () => {
  for (const [title, [text, utc]] of Object.entries(accepted)) {
    it(title, () => {
      expect(formatTime(parseTime(text) ?? Number.NaN)).toBe(utc);
    });
  }

  for (const [title, text] of Object.entries(refused)) {
    it(`refuses ${title}`, () => {
      expect(parseTime(text)).toBeUndefined();
    });
  }

  it('agrees with Date on every instant from year 0 to 9999', () => {
    const earliest = Date.UTC(-1, 12, 1);
    fc.assert(
      fc.property(fc.integer({ min: earliest, max: Date.UTC(9999, 11, 31) }), (at) => {
        const text = new Date(at).toISOString();
        if (/^\d{4}-/.test(text)) expect(parseTime(text)).toBe(at);
      }),
      { numRuns: 5000 },
    );
  });

  it('never gives a number that is not finite, whatever it reads', () => {
    const almost = fc
      .tuple(
        fc.constantFrom(...Object.values(refused), '2026-12-01T08:00:00Z'),
        fc.nat(40),
        fc.string({ maxLength: 3 }),
      )
      .map(([text, at, noise]) => text.slice(0, at) + noise + text.slice(at + 1));
    fc.assert(
      fc.property(almost, (text) => {
        const at = parseTime(text);
        expect(at === undefined || Number.isSafeInteger(at)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});
