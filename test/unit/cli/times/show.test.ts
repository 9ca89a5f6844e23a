import { expect, it } from 'vitest';
import { shownTime, writtenTime } from '../../../../cli/times/show.ts';

it('shows an instant on the clocks of a zone, with the zone, and as it is written', () => {
  const at = Date.UTC(2026, 11, 4, 17, 0, 0);
  expect(shownTime(at, 'Europe/Berlin')).toBe('Fri 2026-12-04 18:00 Europe/Berlin (2026-12-04T17:00:00Z)');
  expect(shownTime(at, 'UTC')).toBe('Fri 2026-12-04 17:00 UTC (2026-12-04T17:00:00Z)');
  expect(shownTime(at + 5500, 'UTC')).toBe('Fri 2026-12-04 17:00:05 UTC (2026-12-04T17:00:05Z)');
});

it('never writes an instant later than it is', () => {
  expect(writtenTime(1999)).toBe('1970-01-01T00:00:01Z');
});
