import { expect, it } from 'vitest';
import { createIconRefusals } from '../../../../../webhook/gateway/records/icon-refusals.ts';

const icon = { request: { method: 'GET', url: '/favicon.ico', headers: {} } };

it('the icon that a browser asks for is recorded anew for each session, and after an hour', () => {
  let now = 0;
  const refusals = createIconRefusals(() => now);
  expect(['a', 'a', 'b', 'a'].map((session) => refusals(icon, session))).toEqual([
    'first',
    'again',
    'first',
    'again',
  ]);
  now = 3_599_999;
  expect(refusals(icon, 'a')).toBe('again');
  now = 3_600_000;
  expect([refusals(icon, 'a'), refusals(icon, 'a')]).toEqual(['first', 'again']);
});

it('what is no such icon, or no session’s, is always recorded', () => {
  const refusals = createIconRefusals(() => 0);
  const other = (changes: object) => refusals({ request: { ...icon.request, ...changes } }, 'a');
  for (const changes of [
    { method: 'POST' },
    { url: '/favicon.ico?a' },
    { headers: { 'sec-fetch-dest': 'empty' } },
  ])
    expect([other(changes), other(changes)]).toEqual(['no icon', 'no icon']);
  expect(refusals(icon, undefined)).toBe('no icon');
});
