import { expect, it } from 'vitest';
import { lengthInWords } from '../../../../cli/times/lengths.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

it.each<[number, string]>([
  [0, 'less than a minute'],
  [minute - 1, 'less than a minute'],
  [minute, '1 minute'],
  [hour - 1, '59 minutes'],
  [hour, '1 hour'],
  [hour + minute, '1 hour 1 minute'],
  [day + 59 * minute, '1 day'],
  [2 * day + 3 * hour + 59 * minute, '2 days 3 hours'],
])('%i ms is %s, never more than is left', (ms, words) => {
  expect(lengthInWords(ms)).toBe(words);
});
