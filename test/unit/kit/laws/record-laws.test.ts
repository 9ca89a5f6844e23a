/** The laws of a log find what they are there for, and nothing in the log of an ordinary day. */
import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../crds/audit/record.ts';
import { recordComplaints } from '../../../kit/laws/record-laws.ts';
import { aRecord, editedLine, withFields } from '../../../kit/objects/record.ts';
import { logOf, toldGrant } from '../../../kit/records/told-grant.ts';

const complaintsOf = (records: readonly NewRecord[]): readonly string[] => recordComplaints(logOf(records));
const find = (records: readonly NewRecord[], type: string, phase = 'point'): NewRecord => {
  const found = records.find((record) => record.type === type && record.phase === phase);
  if (found === undefined) throw new Error(`the day has no ${type}`);
  return found;
};
const later = (record: NewRecord, ms: number): NewRecord => ({
  ...record,
  time: new Date(Date.parse(record.time) + ms).toISOString(),
});
/** So many records that a minute and more goes by, in the time of the log. */
const aMinute = (): NewRecord[] => Array.from({ length: 70 }, () => aRecord());

describe('the laws of a log', () => {
  it('hold for the day of a grant, from its consent to its end', () => {
    expect(complaintsOf(toldGrant())).toEqual([]);
  });

  it('find a request that is allowed after the grant was suspended (I1)', () => {
    const day = toldGrant();
    const end = find(day, 'grant.suspended');
    const { id, key } = aRecord();
    const after = {
      ...later(find(day, 'app.request', 'intent'), Date.parse(end.time)),
      time: later(end, 5000).time,
      id,
      key,
    };
    expect(complaintsOf([...day, after])).toEqual([
      'I1 record 16 (app.request) is allowed after record 13 (grant.suspended)',
    ]);
  });

  it('let pass what was allowed before the end and is recorded after it', () => {
    const day = toldGrant();
    const { id, key } = aRecord();
    const before = { ...find(day, 'app.request', 'intent'), id, key };
    expect(complaintsOf([...day, before])).toEqual([]);
  });

  it('find an intent of which nothing was told for a minute (I2)', () => {
    expect(complaintsOf([...toldGrant(), ...aMinute()])).toEqual([
      'I2 record 11 is an intent that never got an outcome',
    ]);
  });

  it('find an outcome from before its intent (I2)', () => {
    const day = toldGrant().map((record) => (record.phase === 'outcome' ? later(record, -60_000) : record));
    expect(complaintsOf(day)).toEqual(['I2 record 9 tells an outcome from before its intent 8']);
  });

  it('find a log that does not verify (I3)', () => {
    const { lines } = logOf(toldGrant());
    const changed = lines.map((line, at) => (at === 4 ? editedLine(line, { message: 'another' }) : line));
    expect(recordComplaints({ lines: changed })).toEqual([
      expect.stringMatching(/^I3 the log does not verify: record 5 /),
    ]);
  });

  it('find a session of a grant that was never opened (I4)', () => {
    const day = toldGrant().filter(({ type }) => type !== 'grant.activated' && type !== 'grant.suspended');
    expect(complaintsOf(day)[0]).toBe(
      'I4 record 6 (session.authorized) is of the grant case-4711, of which no opening is recorded before it',
    );
  });

  it('find a credential that is there a minute after its grant ended, and none that was taken away (I5)', () => {
    const target = { area: 'credential', kind: 'ServiceAccount', name: 'sa-1' } as const;
    const day = toldGrant().filter(({ phase }) => phase === 'point');
    const end = find(day, 'grant.suspended');
    const of = (type: 'credential.issued' | 'credential.revoked'): NewRecord =>
      withFields({
        type,
        target,
        grant: end.grant ?? { namespace: '', name: '', uid: '' },
        time: find(day, 'grant.activated').time,
        actor: end.actor,
      })(aRecord());
    const issued = [...day.slice(0, 5), of('credential.issued'), ...day.slice(5)];
    expect(complaintsOf([...issued, of('credential.revoked'), ...aMinute()])).toEqual([]);
    const ended = issued.findIndex(({ type }) => type === 'grant.suspended') + 1;
    expect(complaintsOf([...issued, ...aMinute()])).toEqual([
      `I5 record 6 gave a credential that outlived its grant, which record ${ended} ended`,
    ]);
  });
});
