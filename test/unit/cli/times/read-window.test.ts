import { describe, expect, it } from 'vitest';
import { readNewEnd, readWindow } from '../../../../cli/times/read-window.ts';

const moment = { now: Date.UTC(2026, 11, 1, 8, 0, 0, 700), zone: 'UTC' };

describe('the window of a new grant', () => {
  it('ZH-1 for a span begins just now, and is exactly as long', () => {
    expect(readWindow({ for: '4h' }, moment)).toEqual({
      startTime: '2026-12-01T07:59:59Z',
      expirationTime: '2026-12-01T11:59:59Z',
    });
  });

  it('ZH-1 for a span counts from the start that is named', () => {
    expect(readWindow({ for: '1 day', start: 'friday 8:00' }, moment)).toEqual({
      startTime: '2026-12-04T08:00:00Z',
      expirationTime: '2026-12-05T08:00:00Z',
    });
  });

  it('ZH-1 until an instant has no start of its own', () => {
    expect(readWindow({ until: 'friday 18:00' }, moment)).toEqual({
      expirationTime: '2026-12-04T18:00:00Z',
    });
  });

  it.each([
    ['friday', '2026-12-04T00:00:00Z'],
    ['tomorrow', '2026-12-02T00:00:00Z'],
    ['2026-12-04', '2026-12-04T00:00:00Z'],
    ['today 18:00', '2026-12-01T18:00:00Z'],
  ])('begins, with --start %s, at %s: a day means its begin', (start, startTime) => {
    const until = '2026-12-04';
    expect(readWindow({ until, start }, moment)).toEqual({
      startTime,
      expirationTime: '2026-12-05T00:00:00Z',
    });
  });

  it.each(['today', 'tuesday', '2026-12-01'])('does not guess when today --start %s begins', (start) => {
    expect(() => readWindow({ for: '4h', start }, moment)).toThrow(
      'which has begun, and a start can only be later: say at what time',
    );
  });

  it('is said in one way', () => {
    for (const words of [{}, { for: '4h', until: 'friday' }])
      expect(() => readWindow(words, moment)).toThrow('the end must be given, in one way');
  });
});

describe('a later end', () => {
  const end = Date.UTC(2026, 11, 2, 12, 0);

  it('counts from now, from the present end, or is an instant', () => {
    expect(readNewEnd({ for: '48h' }, end, moment)).toBe('2026-12-03T08:00:00Z');
    expect(readNewEnd({ by: '4h' }, end, moment)).toBe('2026-12-02T16:00:00Z');
    expect(readNewEnd({ until: 'friday 18:00' }, end, moment)).toBe('2026-12-04T18:00:00Z');
  });

  it('is said in one way', () => {
    for (const words of [{}, { for: '4h', by: '4h' }])
      expect(() => readNewEnd(words, end, moment)).toThrow('the new end must be given, in one way');
  });
});
