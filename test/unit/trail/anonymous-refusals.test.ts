import { describe, expect, it, onTestFinished } from 'vitest';
import type { NewRecord } from '../../../crds/audit/record.ts';
import {
  type AnonymousRefusals,
  createAnonymousRefusals,
  isAnonymousRefusal,
} from '../../../trail/anonymous-refusals.ts';
import { validateAppend } from '../../../trail/validate-append.ts';
import { aRecord, asIntent, type RecordChange, withFields } from '../../kit/objects/record.ts';

const stranger: RecordChange = (record) => ({
  ...record,
  type: 'signin.failed',
  actor: { kind: 'anonymous', name: 'unknown' },
  target: { area: 'sign-in', kind: 'SupportAccessGrant', namespace: 'ecase', name: 'case-4711' },
});
const from = (ip: string): RecordChange => withFields({ source: { ip } });
const asking = (name: string): RecordChange => withFields({ target: { area: 'sign-in', name } });

/** A queue with so much room. */
function someStrangers(room = Number.POSITIVE_INFINITY): {
  strangers: AnonymousRefusals;
  told: NewRecord[];
  makeRoom: () => void;
} {
  const told: NewRecord[] = [];
  let left = room;
  const offer = (records: readonly NewRecord[]): boolean => {
    if (left < records.length) return false;
    left -= records.length;
    told.push(...records);
    return true;
  };
  const strangers = createAnonymousRefusals({
    offer,
    now: () => Date.parse('2026-12-01T08:01:00Z'),
    limits: { alike: 20, alone: 100 },
  });
  onTestFinished(() => strangers.stop());
  return {
    strangers,
    told,
    makeRoom: () => {
      left = Number.POSITIVE_INFINITY;
    },
  };
}

/** How many refusals the records speak of, one by one or as a number. */
const spokenOf = (told: readonly NewRecord[]): number =>
  told.reduce((sum, { message }) => sum + Number(/^(\d+) more like this/.exec(message ?? '')?.[1] ?? 1), 0);

describe('refusals of strangers', () => {
  it('stand by themselves while they are few', () => {
    const { strangers, told } = someStrangers();
    const records = Array.from({ length: 20 }, () => aRecord(stranger));
    for (const record of records) strangers.note(record);
    strangers.tell();
    expect(told).toEqual(records);
  });

  it('are counted from the 21st of a kind and address on, with the first and the last time', () => {
    const { strangers, told } = someStrangers();
    for (let second = 0; second < 50; second += 1) {
      const time = new Date(Date.parse('2026-12-01T08:00:00Z') + second * 1000).toISOString();
      strangers.note(aRecord(stranger, asking(`guess-${second}`), withFields({ time })));
    }
    strangers.tell();
    expect(told).toHaveLength(21);
    expect(told.at(-1)).toMatchObject({
      type: 'signin.failed',
      phase: 'point',
      actor: { kind: 'anonymous' },
      source: { ip: '203.0.113.7' },
      target: { area: 'sign-in' },
      message:
        '30 more like this between 2026-12-01T08:00:20.000Z and 2026-12-01T08:00:49.000Z, counted and not recorded one by one',
    });
    expect(told.at(-1)?.target).not.toHaveProperty('name');
    expect(validateAppend('gateway', [told.at(-1)])).toMatchObject({ ok: true });
  });

  it('of one address take nothing from those of another', () => {
    const { strangers, told } = someStrangers();
    for (let at = 0; at < 1000; at += 1) strangers.note(aRecord(stranger));
    const other = aRecord(stranger, from('198.51.100.1'));
    strangers.note(other);
    expect(told).toContain(other);
  });

  it('of ever new addresses and kinds stay few records, and every one of them is spoken of', () => {
    const { strangers, told } = someStrangers();
    for (let at = 0; at < 5000; at += 1) strangers.note(aRecord(stranger, from(`2001:db8::${at}`)));
    strangers.tell();
    expect(told.length).toBeLessThanOrEqual(201);
    expect(spokenOf(told)).toBe(5000);
    expect(told.map(({ source }) => source?.ip)).toContain('unknown: many addresses');
  });

  it('that find no room are counted, and told when there is room again', () => {
    const { strangers, told, makeRoom } = someStrangers(2);
    for (let at = 0; at < 30; at += 1) strangers.note(aRecord(stranger));
    strangers.tell();
    expect(told).toHaveLength(2);
    makeRoom();
    strangers.tell();
    expect(told).toHaveLength(3);
    expect(spokenOf(told)).toBe(30);
  });

  it('are told anew in the next minute, and the last ones when the process stops', () => {
    const { strangers, told } = someStrangers();
    for (let at = 0; at < 25; at += 1) strangers.note(aRecord(stranger));
    strangers.tell();
    for (let at = 0; at < 25; at += 1) strangers.note(aRecord(stranger));
    strangers.stop();
    expect(told).toHaveLength(42);
    expect(spokenOf(told)).toBe(50);
  });

  it.each([
    ['a person with a session', aRecord()],
    ['an intent', aRecord(stranger, asIntent)],
    ['what was allowed', aRecord(stranger, withFields({ decision: { effect: 'allow' } }))],
    ['the system', aRecord(stranger, withFields({ actor: { kind: 'system', name: 'gateway' } }))],
  ])('are not records of %s', (_, record) => {
    expect(isAnonymousRefusal(record)).toBe(false);
  });
});
