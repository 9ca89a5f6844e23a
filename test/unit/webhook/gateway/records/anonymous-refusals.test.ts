import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type NewRecord,
  readNewRecord,
  type StoredRecord,
  textOf,
} from '../../../../../crds/audit/record.ts';
import { createTrail } from '../../../../../trail/client.ts';
import { validateAppend } from '../../../../../trail/validate-append.ts';
import {
  createAnonymousRefusals,
  isAnonymousRefusal,
  limitAnonymousRefusals,
  mostRecordsWithin,
} from '../../../../../webhook/gateway/records/anonymous-refusals.ts';
import { failedSignIn } from '../../../../../webhook/gateway/records/sign-in-records.ts';
import { aStepClock } from '../../../../kit/clock/step-clock.ts';
import { aRecord, asIntent, type RecordChange, withFields } from '../../../../kit/objects/record.ts';
import { serveRecords } from '../../../../kit/records/served-records.ts';
import { linesOf } from '../../../../kit/records/store-file.ts';

const hour = 3_600_000;
const grantRef = { namespace: 'ecase', name: 'case-4711', uid: 'uid-1' };

/** A refusal of a client that named no grant that exists. */
const anonymous: RecordChange = (record) => ({
  ...record,
  type: 'signin.failed',
  actor: { kind: 'anonymous', name: 'unknown' },
  target: { area: 'sign-in', kind: 'SupportAccessGrant', namespace: 'ecase', name: 'guess' },
});
const from = (ip: string): RecordChange => withFields({ source: { ip } });
const at = (number: number): string => `203.0.${number >> 8}.${number & 255}`;

/** EC-6: an existing grant, asked for from an address that is not on its list. */
const fromForeignAddress = (ip: string, uid = grantRef.uid): NewRecord =>
  failedSignIn({
    source: { address: undefined, ip },
    now: Date.parse('2026-12-01T08:00:00Z'),
    reason: 'AddressNotAllowed',
    grant: { ...grantRef, uid },
  });

/** A queue with so much room, and a clock that the test steps. */
function someRefusals(room = Number.POSITIVE_INFINITY) {
  const recorded: NewRecord[] = [];
  const clock = aStepClock('2026-12-01T08:00:00Z');
  const state = { room };
  const refusals = createAnonymousRefusals({
    offer: (record) => {
      if (recorded.length >= state.room) return false;
      recorded.push(record);
      return true;
    },
    clock,
  });
  const note = (count: number, ...changes: readonly RecordChange[]): void => {
    for (let number = 0; number < count; number += 1) refusals.note(aRecord(anonymous, ...changes));
  };
  return { refusals, recorded, clock, state, note };
}

/** How many refusals the records speak of, one by one or as a number. */
const countedIn = (recorded: readonly NewRecord[]): number =>
  recorded.reduce(
    (sum, { message }) => sum + Number(/^(\d+) more like this/.exec(message ?? '')?.[1] ?? 1),
    0,
  );
const isSum = ({ message }: NewRecord): boolean => message?.includes(' more like this ') === true;

describe('a refusal that names an existing grant', () => {
  it('EC-6 stands alone with its address, whatever number of other requests came before it', () => {
    const { refusals, recorded, note } = someRefusals();
    for (let number = 0; number < 20; number += 1) note(155, from(at(number)));
    for (const ip of ['198.51.100.1', at(0)]) {
      refusals.note(fromForeignAddress(ip));
      expect(recorded.at(-1)).toMatchObject({ type: 'signin.ip_rejected', source: { ip }, grant: grantRef });
    }
  });

  it('stands alone the first 20 times an hour for each address and grant, then in windows that keep both', async () => {
    const { refusals, recorded, clock } = someRefusals();
    const knock = (count: number, ip: string, uid: string): void => {
      for (let number = 0; number < count; number += 1) refusals.note(fromForeignAddress(ip, uid));
    };
    knock(50, '198.51.100.1', 'uid-1');
    knock(20, '198.51.100.1', 'uid-2');
    knock(20, '198.51.100.2', 'uid-1');
    expect(recorded).toHaveLength(60);
    await clock.step(60_000);
    expect(recorded.slice(60)).toMatchObject([
      {
        type: 'signin.ip_rejected',
        source: { ip: '198.51.100.1' },
        grant: grantRef,
        target: { area: 'sign-in', kind: 'SupportAccessGrant', namespace: 'ecase', name: 'case-4711' },
        decision: { reason: 'AddressNotAllowed' },
        message: expect.stringMatching(/^30 more like this between /),
      },
    ]);
    expect(validateAppend('gateway', recorded.slice(60))).toMatchObject({ ok: true });
    await clock.step(hour);
    knock(25, '198.51.100.1', 'uid-1');
    expect(recorded).toHaveLength(81);
  });

  it('is of one neighbour where it comes from many addresses of one IPv6 network', async () => {
    const { refusals, recorded, clock } = someRefusals();
    for (let number = 0; number < 30; number += 1)
      refusals.note(fromForeignAddress(`2001:db8:7:${number.toString(16)}::1`));
    await clock.step(60_000);
    expect(recorded).toHaveLength(21);
    expect(recorded.at(-1)).toMatchObject({ source: { ip: '2001:db8:7::/48' }, grant: grantRef });
  });

  it('of one address that knows four hundred grants leaves room for those of others', () => {
    const { refusals, recorded } = someRefusals();
    for (let number = 0; number < 8000; number += 1)
      refusals.note(fromForeignAddress('198.51.100.1', `uid-${number % 400}`));
    expect(recorded).toHaveLength(5000);
    for (let number = 0; number < 20; number += 1) refusals.note(fromForeignAddress('198.51.100.2'));
    expect(recorded.filter(({ source }) => source?.ip === '198.51.100.2')).toHaveLength(20);
  });
});

describe('other refusals of anonymous clients', () => {
  it('stand alone while they are few, then are counted, with the first and the last time', async () => {
    const { recorded, clock, note } = someRefusals();
    note(60);
    expect(recorded.filter(isSum)).toEqual([]);
    for (let number = 0; number < 30; number += 1) {
      const time = new Date(Date.parse('2026-12-01T08:00:20Z') + number * 1000).toISOString();
      note(1, withFields({ time, target: { area: 'sign-in', name: `guess-${number}` } }));
    }
    await clock.step(60_000);
    expect(recorded).toHaveLength(61);
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

  it('of one address, or of many, leave a new address its own', () => {
    const { recorded, note } = someRefusals();
    note(5000);
    for (let number = 0; number < 25; number += 1) note(100, from(at(number)));
    note(20, from('198.51.100.1'));
    expect(recorded.filter(({ source }) => source?.ip === '198.51.100.1')).toHaveLength(20);
  });

  it('of ever new addresses and kinds stay few records, and every one of them is counted', async () => {
    const { refusals, recorded, clock, note } = someRefusals();
    for (let number = 0; number < 10_000; number += 1)
      note(1, from(at(number)), withFields({ decision: { effect: 'deny', reason: `R${number % 70}` } }));
    await clock.step(60_000);
    refusals.stop();
    expect(recorded.length).toBeLessThanOrEqual(3250);
    expect(countedIn(recorded)).toBe(10_000);
    expect(recorded.map(({ source }) => source?.ip)).toContain('unknown: many addresses');
  });

  it('that find no room are counted, and recorded when there is room again', async () => {
    const { recorded, clock, state, note } = someRefusals(2);
    note(30);
    await clock.step(60_000);
    expect(recorded).toHaveLength(2);
    state.room = Number.POSITIVE_INFINITY;
    await clock.step(60_000);
    expect(countedIn(recorded)).toBe(30);
  });

  it('that are counted when the process stops are recorded then', () => {
    const { refusals, recorded, clock, note } = someRefusals();
    note(100);
    refusals.stop();
    expect([recorded.length, countedIn(recorded), clock.waiting]).toEqual([61, 100, 0]);
  });

  it.each([
    ['a person with a session', aRecord()],
    ['an intent', aRecord(anonymous, asIntent)],
    ['what was allowed', aRecord(anonymous, withFields({ decision: { effect: 'allow' } }))],
    ['the system', aRecord(anonymous, withFields({ actor: { kind: 'system', name: 'gateway' } }))],
    [
      'EC-16, attributes that a provider vouched for',
      aRecord(anonymous, withFields({ sso: { received: {}, expected: {} } })),
    ],
  ])('are not records of %s', (_, record) => {
    expect(isAnonymousRefusal(record)).toBe(false);
  });
});

it('the documents name the most records of a day, and the most bytes of one of them', () => {
  const longest = failedSignIn({
    source: { address: undefined, ip: 'f'.repeat(39), peer: 'f'.repeat(39), claimed: '\u00ff'.repeat(256) },
    now: Date.parse('2026-12-01T08:00:00Z'),
    reason: 'saml.trust_missing',
    detail: 'x'.repeat(1024),
    grant: { namespace: 'e'.repeat(63), name: 'c'.repeat(253), uid: 'u'.repeat(36) },
  });
  const read = readNewRecord(longest);
  expect(read.ok && textOf(read).length).toBeLessThan(2600);
  expect(Math.ceil(mostRecordsWithin(24 * hour) / 1000)).toBe(113);
});

it('an hour of refusals leaves no more records than are said of an hour, whoever sends them', async () => {
  const { refusals, recorded, clock } = someRefusals();
  const reasons = Array.from({ length: 40 }, (_, number) => `R${number}`);
  for (let tenMinutes = 0; tenMinutes < 6; tenMinutes += 1) {
    for (let number = 0; number < 2100; number += 1) {
      const ip = at(tenMinutes * 2100 + number);
      refusals.note(fromForeignAddress(ip, `uid-${number % 100}`));
      const decision = { effect: 'deny', reason: reasons[number % 40] ?? '' } as const;
      if (number % 3 === 0) refusals.note(aRecord(anonymous, from(ip), withFields({ decision })));
    }
    await clock.step(600_000);
  }
  refusals.stop();
  expect(countedIn(recorded)).toBe(6 * 2800);
  expect(recorded.length).toBeGreaterThan(mostRecordsWithin(hour) * 0.75);
  expect(recorded.length).toBeLessThanOrEqual(mostRecordsWithin(hour));
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
  const mismatch = withFields({ sso: { received: { nameID: ['eve'] }, expected: { nameID: ['ada'] } } });
  for (let number = 0; number < 12_000; number += 1)
    expect(trail.appendInBackground([aRecord(anonymous)])).toBe(true);
  for (let number = 0; number < 50; number += 1) expect(trail.appendInBackground([aRecord()])).toBe(true);
  trail.appendInBackground([aRecord(anonymous, mismatch)]);
  await trail.close(10_000);
  const records = (await linesOf(served.store)).map((line) => JSON.parse(line) as StoredRecord);
  expect(records.filter(({ actor }) => actor.kind === 'support')).toHaveLength(50);
  expect(records.filter(({ sso }) => sso !== undefined)).toHaveLength(1);
  expect(records.filter(({ actor }) => actor.kind === 'anonymous')).toHaveLength(62);
  expect(records.at(-1)?.message).toMatch(/^11940 more like this/);
  expect(trail.health()).toMatchObject({ waiting: 0, lost: 0 });
});

it('refusals keep most of the queue free while the records are away, and count nothing of theirs as lost', () => {
  const queued: NewRecord[] = [];
  const trail = limitAnonymousRefusals({
    append: () => Promise.reject(new Error('away')),
    appendInBackground: (records) => queued.push(...records) > 0,
    health: () => ({ reachable: false, appended: 0, waiting: queued.length, lost: 0 }),
    close: () => Promise.resolve(),
  });
  onTestFinished(() => trail.close());
  for (let number = 0; number < 1500; number += 1)
    expect(trail.appendInBackground([aRecord(anonymous, from(at(number % 50)))])).toBe(true);
  expect(queued).toHaveLength(1000);
  trail.appendInBackground([fromForeignAddress('198.51.100.1')]);
  trail.appendInBackground([aRecord()]);
  expect(queued).toHaveLength(1002);
});
