/** Plain words about time, read on a Tuesday: 2026-12-01 09:00 in Berlin. */
import { describe, expect, it } from 'vitest';
import { instantMeant, readSpan } from '../../../../cli/times/read-times.ts';

const moment = { now: Date.UTC(2026, 11, 1, 8, 0), zone: 'Europe/Berlin' };
const instant = (text: string, at = moment): string => new Date(instantMeant(text, at)).toISOString();

describe('a span', () => {
  it.each([
    ['4h', 4 * 60],
    ['90m', 90],
    ['3 days', 3 * 24 * 60],
    ['1 day 4 hours', 28 * 60],
    ['1 day and 4 hours', 28 * 60],
    ['1h30m', 90],
    ['2w', 14 * 24 * 60],
    ['  2 H ', 120],
  ])('%s is %i minutes', (text, minutes) => {
    expect(readSpan(text)).toBe(minutes * 60_000);
  });

  it.each(['', '4', 'h', '-4h', '4x', '4 h ours', '0h', '1 month', '1.5h', '4h until', '1e3h'])(
    '"%s" is refused, with an example',
    (text) => {
      expect(() => readSpan(text)).toThrow('is no length of time; write for example 4h');
    },
  );
});

describe('an instant', () => {
  it.each([
    ['friday 18:00', '2026-12-04T17:00:00.000Z'],
    ['Fri 18:00', '2026-12-04T17:00:00.000Z'],
    ['friday', '2026-12-04T23:00:00.000Z'],
    ['friday at 6pm', '2026-12-04T17:00:00.000Z'],
    ['tuesday 18:00', '2026-12-01T17:00:00.000Z'],
    ['tuesday 8:00', '2026-12-08T07:00:00.000Z'],
    ['today', '2026-12-01T23:00:00.000Z'],
    ['tomorrow 9:00', '2026-12-02T08:00:00.000Z'],
    ['18:00', '2026-12-01T17:00:00.000Z'],
    ['8:00', '2026-12-02T07:00:00.000Z'],
    ['noon', '2026-12-01T11:00:00.000Z'],
    ['12am', '2026-12-01T23:00:00.000Z'],
    ['2026-12-04', '2026-12-04T23:00:00.000Z'],
    ['2026-12-04 18:00', '2026-12-04T17:00:00.000Z'],
    ['2026-07-01 18:00', '2026-07-01T16:00:00.000Z'],
    ['2026-12-04T17:00:00Z', '2026-12-04T17:00:00.000Z'],
    ['2026-12-04T18:00:00+01:00', '2026-12-04T17:00:00.000Z'],
  ])('%s is %s', (text, at) => {
    expect(instant(text)).toBe(at);
  });

  it.each([
    '',
    'soon',
    'next friday',
    'friday 25:00',
    'friday 18',
    '2026-02-30',
    '4h',
    '12/04/2026',
    'friday 18:00 UTC',
  ])('"%s" is refused, with an example', (text) => {
    expect(() => instantMeant(text, moment)).toThrow('is no point in time; write for example "friday 18:00"');
  });

  it('is the first of the two where clocks are set back', () => {
    const autumn = { now: Date.UTC(2026, 9, 24, 8, 0), zone: 'Europe/Berlin' };
    expect(instant('2026-10-25 02:30', autumn)).toBe('2026-10-25T00:30:00.000Z');
  });

  it('does not exist where clocks are set forward over it', () => {
    const spring = { now: Date.UTC(2026, 2, 28, 8, 0), zone: 'Europe/Berlin' };
    expect(() => instantMeant('2026-03-29 02:30', spring)).toThrow('set forward over it');
    expect(instant('2026-03-29 03:00', spring)).toBe('2026-03-29T01:00:00.000Z');
  });

  it('ends a day at the midnight that follows, also on days of 23 and 25 hours', () => {
    const at = { now: Date.UTC(2026, 2, 28, 8, 0), zone: 'Europe/Berlin' };
    expect(instant('2026-03-29', at)).toBe('2026-03-29T22:00:00.000Z');
    expect(instant('2026-10-25', at)).toBe('2026-10-25T23:00:00.000Z');
    expect(instant('2026-12-31', moment)).toBe('2026-12-31T23:00:00.000Z');
  });

  it('is read in zones on either side of the date line', () => {
    const { now } = moment;
    expect(instant('today', { now, zone: 'Pacific/Kiritimati' })).toBe('2026-12-01T10:00:00.000Z');
    expect(instant('today', { now, zone: 'Pacific/Pago_Pago' })).toBe('2026-12-01T11:00:00.000Z');
  });
});
