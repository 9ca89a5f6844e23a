import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lengthObjection,
  nextBoundary,
  windowInWords,
  windowState,
} from '../../../../../crds/rules/time/schedule.ts';
import { formatTime, parseTime } from '../../../../../crds/rules/time/time.ts';
import { instant } from '../../../../kit/objects/ask.ts';

const window = { startTime: '2026-12-01T08:00:00Z', expirationTime: '2026-12-03T08:00:00Z' };
const start = instant(window.startTime);
const end = instant(window.expirationTime);

describe('the state of a window', () => {
  const states: Readonly<Record<string, [now: number, state: string, boundary: number | undefined]>> = {
    'has not started the instant before its start': [start - 1, 'NotStarted', start],
    'is open at its start': [start, 'Open', end],
    'is open the instant after its start': [start + 1, 'Open', end],
    'is open the instant before its end': [end - 1, 'Open', end],
    'is not open at the very moment it ends': [end, 'Expired', undefined],
    'is not open the instant after its end': [end + 1, 'Expired', undefined],
  };
  for (const [title, [now, state, boundary]] of Object.entries(states)) {
    it(title, () => {
      expect(windowState(window, now)).toBe(state);
      expect(nextBoundary(window, now)).toBe(boundary);
    });
  }

  it('has always started where it has no start', () => {
    expect(windowState({ expirationTime: window.expirationTime }, 0)).toBe('Open');
  });

  const unreadable: Readonly<Record<string, { startTime?: string; expirationTime: string }>> = {
    'an end that cannot be read': { expirationTime: 'tomorrow' },
    'a start that cannot be read': { ...window, startTime: 'yesterday' },
    'an end on a day that does not exist': { expirationTime: '2026-02-30T00:00:00Z' },
    'an end without an offset': { expirationTime: '2126-12-03T08:00:00' },
    'an end before its start': { startTime: window.expirationTime, expirationTime: window.startTime },
    'an end at its start': { startTime: window.startTime, expirationTime: window.startTime },
  };
  for (const [title, broken] of Object.entries(unreadable)) {
    it(`is never open with ${title}`, () => {
      for (const now of [0, start - 1, start, start + 1, end - 1, end, end + 1])
        expect(windowState(broken, now)).not.toBe('Open');
    });
  }

  it('is not open when the clock gives no number', () => {
    expect(windowState(window, Number.NaN)).not.toBe('Open');
  });
});

const times = fc.integer({ min: 0, max: 4_000_000_000_000 });
const windows = fc.record(
  { startTime: times.map(formatTime), expirationTime: times.map(formatTime) },
  { requiredKeys: ['expirationTime'] },
);

describe('the state of generated windows', () => {
  it('is open exactly from start until before the end', () => {
    fc.assert(
      fc.property(windows, times, (each, now) => {
        const from = parseTime(each.startTime) ?? Number.NEGATIVE_INFINITY;
        const until = parseTime(each.expirationTime) ?? Number.NaN;
        expect(windowState(each, now) === 'Open').toBe(from <= now && now < until);
      }),
    );
  });

  it('never opens again once it has expired', () => {
    fc.assert(
      fc.property(windows, times, fc.nat(), (each, now, later) => {
        fc.pre(windowState(each, now) === 'Expired');
        expect(windowState(each, now + later)).toBe('Expired');
      }),
    );
  });

  it('stays the same until the next boundary, and differs there', () => {
    fc.assert(
      fc.property(windows, times, fc.float({ min: 0, max: 1, noNaN: true }), (each, now, part) => {
        const boundary = nextBoundary(each, now);
        fc.pre(boundary !== undefined && boundary > now);
        const state = windowState(each, now);
        const between = now + Math.floor((boundary - 1 - now) * part);
        expect(windowState(each, between)).toBe(state);
        expect(windowState(each, boundary)).not.toBe(state);
      }),
    );
  });
});

describe('the length of a grant', () => {
  const bounds = { minSeconds: 86_400, maxSeconds: 172_800 };
  const lasting = (seconds: number) => ({
    startTime: window.startTime,
    expirationTime: formatTime(start + seconds * 1000),
  });

  const lengths: Readonly<Record<string, [seconds: number, kind: string | undefined]>> = {
    'is too short a second under the minimum': [86_399, 'TooShort'],
    'is right at the minimum': [86_400, undefined],
    'is right a second over the minimum': [86_401, undefined],
    'is right a second under the maximum': [172_799, undefined],
    'is right at the maximum': [172_800, undefined],
    'is too long a second over the maximum': [172_801, 'TooLong'],
  };
  for (const [title, [seconds, kind]] of Object.entries(lengths)) {
    it(title, () => {
      expect(lengthObjection(lasting(seconds), bounds)?.kind).toBe(kind);
    });
  }

  it('names both bounds and the length in the message', () => {
    expect(lengthObjection(lasting(3600), bounds)?.message).toBe(
      'the grant lasts 1 hour; the policy asks for at least 1 day and at most 2 days',
    );
  });

  it('names the only bound there is', () => {
    expect(lengthObjection(lasting(7200), { maxSeconds: 60 })?.message).toMatch(/asks for at most 1 minute$/);
    expect(lengthObjection(lasting(61), { minSeconds: 90 })?.message).toMatch(
      /lasts 61 seconds; the policy asks for at least 90 seconds$/,
    );
  });

  it('is measured from creation where there is no start', () => {
    const open = { expirationTime: window.expirationTime };
    expect(lengthObjection(open, bounds, '2026-12-01T08:00:00Z')).toBeUndefined();
    expect(lengthObjection(open, bounds, '2026-12-01T07:59:59Z')?.kind).toBe('TooLong');
  });

  it('counts as too long where it cannot be known', () => {
    expect(lengthObjection({ expirationTime: window.expirationTime }, bounds)?.kind).toBe('TooLong');
    expect(lengthObjection({ ...window, expirationTime: 'never' }, bounds)?.kind).toBe('TooLong');
  });

  it('is free where the policy sets no bounds', () => {
    expect(lengthObjection({ expirationTime: 'never' }, undefined)).toBeUndefined();
    expect(lengthObjection({ expirationTime: 'never' }, {})).toBeUndefined();
  });
});

describe('a window in words', () => {
  it('says from when until when', () => {
    expect(windowInWords(window)).toBe('from 2026-12-01T08:00:00.000Z until 2026-12-03T08:00:00.000Z');
  });

  it('leaves a missing start out and owns up to an unreadable end', () => {
    expect(windowInWords({ expirationTime: 'soon' })).toBe('until a time that cannot be read');
  });
});
