import { describe, expect, it, onTestFinished } from 'vitest';
import type { NewRecord, StoredRecord } from '../../../../../crds/audit/record.ts';
import { createTrail } from '../../../../../trail/client.ts';
import { validateAppend } from '../../../../../trail/validate-append.ts';
import {
  type AnonymousRefusals,
  createAnonymousRefusals,
  isAnonymousRefusal,
  limitAnonymousRefusals,
} from '../../../../../webhook/gateway/records/anonymous-refusals.ts';
import { aRecord, asIntent, type RecordChange, withFields } from '../../../../kit/objects/record.ts';
import { serveRecords } from '../../../../kit/records/served-records.ts';
import { linesOf } from '../../../../kit/records/store-file.ts';

const anonymous: RecordChange = (record) => ({
  ...record,
  type: 'signin.failed',
  actor: { kind: 'anonymous', name: 'unknown' },
  target: { area: 'sign-in', kind: 'SupportAccessGrant', namespace: 'ecase', name: 'case-4711' },
});
const from = (ip: string): RecordChange => withFields({ source: { ip } });
const asking = (name: string): RecordChange => withFields({ target: { area: 'sign-in', name } });

/** A queue with so much room. */
function someRefusals(room = Number.POSITIVE_INFINITY): {
  refusals: AnonymousRefusals;
  recorded: NewRecord[];
  makeRoom: () => void;
} {
  const recorded: NewRecord[] = [];
  let left = room;
  const offer = (records: readonly NewRecord[]): boolean => {
    if (left < records.length) return false;
    left -= records.length;
    recorded.push(...records);
    return true;
  };
  const refusals = createAnonymousRefusals({
    offer,
    now: () => Date.parse('2026-12-01T08:01:00Z'),
    limits: { alike: 20, alone: 100 },
  });
  onTestFinished(() => refusals.stop());
  return {
    refusals,
    recorded,
    makeRoom: () => {
      left = Number.POSITIVE_INFINITY;
    },
  };
}

/** How many refusals the records speak of, one by one or as a number. */
const countedIn = (recorded: readonly NewRecord[]): number =>
  recorded.reduce(
    (sum, { message }) => sum + Number(/^(\d+) more like this/.exec(message ?? '')?.[1] ?? 1),
    0,
  );

describe('refusals of anonymous clients', () => {
  it('stand by themselves while they are few', () => {
    const { refusals, recorded } = someRefusals();
    const records = Array.from({ length: 20 }, () => aRecord(anonymous));
    for (const record of records) refusals.note(record);
    refusals.recordSums();
    expect(recorded).toEqual(records);
  });

  it('are counted from the 21st of a kind and address on, with the first and the last time', () => {
    const { refusals, recorded } = someRefusals();
    for (let second = 0; second < 50; second += 1) {
      const time = new Date(Date.parse('2026-12-01T08:00:00Z') + second * 1000).toISOString();
      refusals.note(aRecord(anonymous, asking(`guess-${second}`), withFields({ time })));
    }
    refusals.recordSums();
    expect(recorded).toHaveLength(21);
    expect(recorded.at(-1)).toMatchObject({
      type: 'signin.failed',
      phase: 'point',
      actor: { kind: 'anonymous' },
      source: { ip: '203.0.113.7' },
      target: { area: 'sign-in' },
      message:
        '30 more like this between 2026-12-01T08:00:20.000Z and 2026-12-01T08:00:49.000Z, counted and not recorded one by one',
    });
    expect(recorded.at(-1)?.target).not.toHaveProperty('name');
    expect(validateAppend('gateway', [recorded.at(-1)])).toMatchObject({ ok: true });
  });

  it('of one address take nothing from those of another', () => {
    const { refusals, recorded } = someRefusals();
    for (let at = 0; at < 1000; at += 1) refusals.note(aRecord(anonymous));
    const other = aRecord(anonymous, from('198.51.100.1'));
    refusals.note(other);
    expect(recorded).toContain(other);
  });

  it('of ever new addresses and kinds stay few records, and every one of them is counted', () => {
    const { refusals, recorded } = someRefusals();
    for (let at = 0; at < 5000; at += 1) refusals.note(aRecord(anonymous, from(`2001:db8::${at}`)));
    refusals.recordSums();
    expect(recorded.length).toBeLessThanOrEqual(201);
    expect(countedIn(recorded)).toBe(5000);
    expect(recorded.map(({ source }) => source?.ip)).toContain('unknown: many addresses');
  });

  it('that find no room are counted, and recorded when there is room again', () => {
    const { refusals, recorded, makeRoom } = someRefusals(2);
    for (let at = 0; at < 30; at += 1) refusals.note(aRecord(anonymous));
    refusals.recordSums();
    expect(recorded).toHaveLength(2);
    makeRoom();
    refusals.recordSums();
    expect(recorded).toHaveLength(3);
    expect(countedIn(recorded)).toBe(30);
  });

  it('are recorded anew in the next minute, and the last ones when the process stops', () => {
    const { refusals, recorded } = someRefusals();
    for (let at = 0; at < 25; at += 1) refusals.note(aRecord(anonymous));
    refusals.recordSums();
    for (let at = 0; at < 25; at += 1) refusals.note(aRecord(anonymous));
    refusals.stop();
    expect(recorded).toHaveLength(42);
    expect(countedIn(recorded)).toBe(50);
  });

  it.each([
    ['a person with a session', aRecord()],
    ['an intent', aRecord(anonymous, asIntent)],
    ['what was allowed', aRecord(anonymous, withFields({ decision: { effect: 'allow' } }))],
    ['the system', aRecord(anonymous, withFields({ actor: { kind: 'system', name: 'gateway' } }))],
  ])('are not records of %s', (_, record) => {
    expect(isAnonymousRefusal(record)).toBe(false);
  });
});

it('the trail of the gateway counts what anonymous clients provoke, and records what people with a session did', async () => {
  const served = await serveRecords();
  const trail = limitAnonymousRefusals(
    createTrail({
      url: served.url,
      ca: () => served.ca,
      token: () => Promise.resolve('gateway'),
      writer: 'gateway',
    }),
  );
  const unknown = withFields({ actor: { kind: 'anonymous', name: 'unknown' } });
  for (let at = 0; at < 12_000; at += 1) expect(trail.appendInBackground([aRecord(unknown)])).toBe(true);
  for (let at = 0; at < 50; at += 1) expect(trail.appendInBackground([aRecord()])).toBe(true);
  await trail.close(10_000);
  const records = (await linesOf(served.store)).map((line) => JSON.parse(line) as StoredRecord);
  expect(records.filter(({ actor }) => actor.kind === 'support')).toHaveLength(50);
  expect(records.filter(({ actor }) => actor.kind === 'anonymous')).toHaveLength(601);
  expect(records.at(-1)?.message).toMatch(/^11400 more like this/);
  expect(trail.health()).toMatchObject({ waiting: 0, lost: 0 });
});

it('refusals keep most of the queue free while the records are away, and count nothing of theirs as lost', () => {
  const queued: NewRecord[] = [];
  const trail = limitAnonymousRefusals({
    append: () => Promise.reject(new Error('away')),
    appendInBackground: (records) => queued.push(...records) > 0,
    health: () => ({ reachable: false, waiting: queued.length, lost: 0 }),
    close: () => Promise.resolve(),
  });
  onTestFinished(() => trail.close());
  for (let at = 0; at < 1500; at += 1) {
    const isTaken = trail.appendInBackground([aRecord(anonymous, from(`203.0.113.${at % 5}`))]);
    expect(isTaken).toBe(true);
  }
  expect(queued).toHaveLength(1000);
  trail.appendInBackground([aRecord()]);
  expect(queued).toHaveLength(1001);
});
