import { expect, it } from 'vitest';
import { areas } from '../../../../crds/audit/events.ts';
import { readNewRecord } from '../../../../crds/audit/record.ts';
import { outputs } from '../../../../operator/outputs/index.ts';
import { aRecord, withFields } from '../../../kit/objects/record.ts';

const written = [
  'application',
  'enter',
  'forward-auth',
  'gate',
  'kube-api',
  'review',
  'session',
  'sign-in',
  'sign-out',
  'kubernetes-api',
  'records',
  'configuration',
  'credential',
  'account',
  'binding',
  'network',
  'sso',
  'notice',
];

it('the areas are these', () => {
  expect(areas).toEqual(written);
});

it('each output is an area, so that its repair can be recorded', () => {
  expect(outputs.map(({ name }) => name).filter((name) => !areas.includes(name))).toEqual([]);
});

it.each(areas)('a record can be about %s', (area) => {
  expect(readNewRecord(aRecord(withFields({ target: { area } })))).toMatchObject({ ok: true });
});
