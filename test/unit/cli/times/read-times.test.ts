/** Plain words about time, read on a Tuesday: 2026-12-01 09:00 in Berlin. */
import { describe, expect, it } from 'vitest';
import { instantMeant, readSpan, startMeant } from '../../../../cli/times/read-times.ts';

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
      expect(() => readSpan(text)).toThrow('must be a length of time; write for example 4h');
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
    expect(() => instantMeant(text, moment)).toThrow(
      'must be a point in time; write for example "friday 18:00"',
    );
  });

  it('is refused with both instants where clocks are set back, whatever is near is not', () => {
    const autumn = { now: Date.UTC(2026, 9, 24, 8, 0), zone: 'Europe/Berlin' };
    for (const time of ['02:00', '02:30', '2:59'])
      expect(() => instantMeant(`2026-10-25 ${time}`, autumn)).toThrow('show it twice on that day');
    expect(() => instantMeant('sunday 2:30', autumn)).toThrow(
      'write 2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z',
    );
    expect(instant('2026-10-25 01:59', autumn)).toBe('2026-10-24T23:59:00.000Z');
    expect(instant('2026-10-25 03:00', autumn)).toBe('2026-10-25T02:00:00.000Z');
  });

  it('does not exist where clocks are set forward over it', () => {
    const spring = { now: Date.UTC(2026, 2, 28, 8, 0), zone: 'Europe/Berlin' };
    expect(() => instantMeant('2026-03-29 02:30', spring)).toThrow(
      'set forward over it: write 2026-03-29T01:00:00Z, when they are',
    );
    expect(instant('2026-03-29 03:00', spring)).toBe('2026-03-29T01:00:00.000Z');
  });

  it.each([
    // Today's is meant, and tomorrow's does not exist; or tomorrow's, and today's did not, or was there twice.
    ['2:30', Date.UTC(2026, 2, 28, 0, 0), '2026-03-28T01:30:00.000Z'],
    ['2:30', Date.UTC(2026, 2, 29, 2, 0), '2026-03-30T00:30:00.000Z'],
    ['2:30', Date.UTC(2026, 9, 24, 0, 0), '2026-10-24T00:30:00.000Z'],
    ['2:30', Date.UTC(2026, 9, 25, 2, 0), '2026-10-26T01:30:00.000Z'],
    ['sunday 2:30', Date.UTC(2026, 2, 29, 2, 0), '2026-04-05T00:30:00.000Z'],
  ])('%s is read by the day that is meant alone', (text, now, at) => {
    expect(instant(text, { now, zone: 'Europe/Berlin' })).toBe(at);
  });

  it.each([
    // Midnight is left out: the day begins when the clocks are set forward, and the day before ends then.
    ['Africa/Cairo', '2026-04-23', '2026-04-24', '2026-04-23T22:00:00.000Z'],
    ['America/Santiago', '2026-09-05', '2026-09-06', '2026-09-06T04:00:00.000Z'],
    // The last hour of the day, or the first of the next, is there twice.
    ['Africa/Cairo', '2026-10-29', '2026-10-30', '2026-10-29T22:00:00.000Z'],
    ['America/Havana', '2026-10-31', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    // A day that a zone left out.
    ['Pacific/Apia', '2011-12-29', '2011-12-31', '2011-12-30T10:00:00.000Z'],
  ])('%s: %s ends, and %s begins, at %s', (zone, before, day, edge) => {
    const at = { now: Date.UTC(2011, 0, 1), zone };
    expect(instant(before, at)).toBe(edge);
    expect(new Date(startMeant(day, at)).toISOString()).toBe(edge);
  });

  it('refuses midnight where clocks are set forward over it, and a day that was left out', () => {
    const cairo = { now: Date.UTC(2026, 3, 1), zone: 'Africa/Cairo' };
    expect(() => instantMeant('2026-04-24 0:00', cairo)).toThrow('write 2026-04-23T22:00:00Z');
    expect(instant('2026-04-24 1:00', cairo)).toBe('2026-04-23T22:00:00.000Z');
    const apia = { now: Date.UTC(2011, 0, 1), zone: 'Pacific/Apia' };
    expect(() => instantMeant('2011-12-30', apia)).toThrow('must be a point in time');
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
