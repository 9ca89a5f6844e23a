/** What clocks show, also where they are changed. */
import { expect, it } from 'vitest';
import { clockFaces, isZone } from '../../../process/clock-face.ts';

it.each([
  ['Europe/Berlin', '2026-10-25T00:59:59Z', '2:59:59 +120'],
  ['Europe/Berlin', '2026-10-25T01:00:00Z', '2:0:0 +60'],
  ['Asia/Kathmandu', '2026-12-01T18:30:00Z', '0:15:0 +345'],
  ['America/St_Johns', '2026-12-01T00:00:00Z', '20:30:0 -210'],
])('%s at %s shows %s', (zone, at, shown) => {
  const { hour, minute, second, offsetMinutes } = clockFaces(zone)(Date.parse(at));
  expect(`${hour}:${minute}:${second} ${offsetMinutes < 0 ? '' : '+'}${offsetMinutes}`).toBe(shown);
});

it('a zone that is not known is UTC, and is said to be', () => {
  expect(isZone('Mars/Base')).toBe(false);
  expect(clockFaces('Mars/Base')(0)).toMatchObject({ zone: 'UTC', hour: 0, weekday: 4, year: 1970 });
});
