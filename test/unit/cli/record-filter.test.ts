import { describe, expect, it } from 'vitest';
import { type CommandInput, UsageError } from '../../../cli/command.ts';
import { queryOf } from '../../../cli/records/record-filter.ts';
import type { NewRecord, StoredRecord } from '../../../crds/audit/record.ts';
import { isWanted } from '../../../crds/search/record-query.ts';
import { aRecord, withFields } from '../../kit/objects/record.ts';

const now = Date.parse('2026-12-04T17:00:00Z');

const inputOf = (options: Readonly<Record<string, string>>): CommandInput => ({
  arguments: [],
  option: (name) => options[name],
  flag: () => false,
  list: () => [],
});

function passes(
  options: Readonly<Record<string, string>>,
  fields: Partial<NewRecord>,
  zone = 'UTC',
): boolean {
  return isWanted(queryOf(inputOf(options), { now, zone }), aRecord(withFields(fields)) as StoredRecord);
}

const at = (time: string) => ({ time: `${time}.000Z` });

describe('the records that are asked for', () => {
  it('are of a grant, in any namespace or in one, also where they are about the object itself', () => {
    const grant = { namespace: 'ecase', name: 'case-4711', uid: 'u' };
    const object = { area: 'configuration', kind: 'SupportAccessGrant', ...grant } as const;
    for (const fields of [{ grant }, { target: object }]) {
      expect(passes({ grant: 'case-4711' }, fields)).toBe(true);
      expect(passes({ grant: 'ecase/case-4711' }, fields)).toBe(true);
      expect(passes({ grant: 'other/case-4711' }, fields)).toBe(false);
      expect(passes({ grant: 'case-471' }, fields)).toBe(false);
    }
    expect(passes({ grant: 'case-4711' }, { target: { ...object, kind: 'SupportUser' } })).toBe(false);
    expect(passes({ grant: 'case-4711' }, {})).toBe(false);
  });

  it('are of a person, by what they did or asked for, and of no other whose name begins so', () => {
    const actor = { kind: 'support', name: 'ada', userId: 'S-1' } as const;
    expect(passes({ person: 'ada' }, { actor })).toBe(true);
    expect(passes({ person: 'S-1' }, { actor })).toBe(true);
    expect(passes({ person: 'ad' }, { actor })).toBe(false);
    const requester = { certainty: 'proved', username: 'grace' } as const;
    expect(passes({ person: 'grace' }, { actor, requester })).toBe(true);
  });

  it('are from then on, and before then', () => {
    const day = { since: '2026-12-04', until: '2026-12-05' };
    expect(passes(day, at('2026-12-03T23:59:59'))).toBe(false);
    expect(passes(day, at('2026-12-04T00:00:00'))).toBe(true);
    expect(passes(day, at('2026-12-04T23:59:59'))).toBe(true);
    expect(passes(day, at('2026-12-05T00:00:00'))).toBe(false);
  });

  it.each([
    ['4h', '2026-12-04T13:00:00'],
    ['90m', '2026-12-04T15:30:00'],
    ['2d', '2026-12-02T17:00:00'],
    ['2026-12-04T17:00:00+05:00', '2026-12-04T12:00:00'],
    ['2026-12-04 12:30', '2026-12-04T11:30:00'],
    ['2026-12-04', '2026-12-03T23:00:00'],
    ['2026-07-04', '2026-07-03T22:00:00'],
    ['2026-10-25', '2026-10-24T22:00:00'],
    ['2026-10-25 01:30', '2026-10-24T23:30:00'],
    ['2026-10-25 03:00', '2026-10-25T02:00:00'],
    ['2026-03-29 01:30', '2026-03-29T00:30:00'],
    ['2026-03-29 12:00', '2026-03-29T10:00:00'],
    ['2026-03-30', '2026-03-29T22:00:00'],
  ])('begin, with --since %s on the clocks of Berlin, at %sZ', (since, first) => {
    const before = new Date(Date.parse(`${first}Z`) - 1000).toISOString().slice(0, 19);
    expect(passes({ since }, at(first), 'Europe/Berlin')).toBe(true);
    expect(passes({ since }, at(before), 'Europe/Berlin')).toBe(false);
  });

  it('are refused where the clocks show the time twice or never, with the instants to write', () => {
    for (const option of ['since', 'until']) {
      const twice = 'write 2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z';
      expect(() => passes({ [option]: '2026-10-25 02:30' }, {}, 'Europe/Berlin')).toThrow(twice);
      const never = 'set forward over it: write 2026-03-29T01:00:00Z';
      expect(() => passes({ [option]: '2026-03-29 02:30' }, {}, 'Europe/Berlin')).toThrow(never);
    }
  });

  it.each([
    { since: 'yesterday' },
    { since: '2026-12-04 24:00' },
    { until: '' },
    { since: '2026-02-31' },
    { since: '4x' },
    { since: '1h', until: '2h' },
  ])('are refused with a word of what is right for %j', (options) => {
    expect(() => passes(options as Record<string, string>, {})).toThrow(UsageError);
  });
});
