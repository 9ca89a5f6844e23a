import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize, recordHash } from '../../../../crds/audit/canonical.ts';
import type { NewRecord } from '../../../../crds/audit/record.ts';
import { verifyChain } from '../../../../crds/audit/verify.ts';
import { aLog, aRecord, asIntent, asOutcomeOf, type Log, withFields } from '../../../kit/objects/record.ts';

interface Tampering {
  readonly lines: readonly string[];
  /** The first record that is not as it was written. */
  readonly firstBad: number;
}

/** Place `at` is counted from 1, as sequence numbers are; a log has at least four records and `at` is neither first nor last. */
type Tamper = (lines: readonly string[], at: number) => Tampering;

function edited(line: string, change: Record<string, unknown>): string {
  return canonicalize({ ...(JSON.parse(line) as object), ...change });
}

function replaced(lines: readonly string[], at: number, ...by: string[]): string[] {
  return lines.toSpliced(at - 1, 1, ...by);
}

function renumbered(lines: readonly string[]): string[] {
  return lines.map((line, index) => edited(line, { seq: String(index + 1) }));
}

const forged = (lines: readonly string[], at: number): string =>
  edited(lines[at - 1] ?? '', {
    message: 'forged',
    id: '019b0000-0000-7000-8000-000000000000',
    key: 'forged',
  });

const tampers: Readonly<Record<string, Tamper>> = {
  'edits what somebody did': (lines, at) => ({
    lines: replaced(lines, at, edited(lines[at - 1] ?? '', { actor: { kind: 'support', name: 'grace' } })),
    firstBad: at,
  }),
  'edits the last record': (lines) => ({
    lines: replaced(lines, lines.length, edited(lines.at(-1) ?? '', { message: 'other' })),
    firstBad: lines.length,
  }),
  'adds white space, which changes no value': (lines, at) => ({
    lines: replaced(lines, at, (lines[at - 1] ?? '').replace(',', ', ')),
    firstBad: at,
  }),
  'removes a record': (lines, at) => ({ lines: lines.toSpliced(at - 1, 1), firstBad: at }),
  'removes a record and renumbers the rest': (lines, at) => ({
    lines: renumbered(lines.toSpliced(at - 1, 1)),
    // With nothing after the renumbered one, it cannot be told which of the two was changed: the earlier one is named.
    firstBad: at === lines.length - 1 ? at - 1 : at,
  }),
  'swaps two records': (lines, at) => ({
    lines: lines.toSpliced(at - 1, 2, lines[at] ?? '', lines[at - 1] ?? ''),
    firstBad: at,
  }),
  'inserts a record': (lines, at) => ({ lines: lines.toSpliced(at - 1, 0, forged(lines, at)), firstBad: at }),
  'inserts a record and renumbers the rest': (lines, at) => ({
    lines: renumbered(lines.toSpliced(at - 1, 0, forged(lines, at))),
    firstBad: at,
  }),
  'back-dates a record': (lines, at) => ({
    lines: replaced(lines, at, edited(lines[at - 1] ?? '', { recorded: '2020-01-01T00:00:00.000Z' })),
    firstBad: at,
  }),
  'cites another predecessor': (lines, at) => ({
    lines: replaced(lines, at, edited(lines[at - 1] ?? '', { prev: 'ab'.repeat(32) })),
    firstBad: at,
  }),
  'says that another writer wrote it': (lines, at) => ({
    lines: replaced(lines, at, edited(lines[at - 1] ?? '', { writer: 'operator' })),
    firstBad: at,
  }),
  'cuts the tail': (lines, at) => ({ lines: lines.slice(0, at - 1), firstBad: at }),
  'removes everything': () => ({ lines: [], firstBad: 1 }),
  'removes the first record': (lines) => ({ lines: lines.slice(1), firstBad: 1 }),
  'rewrites a record and the chain after it': (lines, at) => {
    const rewritten = lines.slice(0, at - 1);
    let line = edited(lines[at - 1] ?? '', { message: 'rewritten' });
    for (const next of [...lines.slice(at), undefined]) {
      rewritten.push(line);
      line = next === undefined ? '' : edited(next, { prev: recordHash(line) });
    }
    // Nothing inside contradicts anything; only the remembered head does.
    return { lines: rewritten, firstBad: lines.length };
  },
};

/** Requests in any interleaving: refusals, and intents with their outcomes some records later. */
const histories = fc
  .array(fc.record({ refused: fc.boolean(), delay: fc.nat(3), text: fc.string({ maxLength: 30 }) }), {
    minLength: 4,
    maxLength: 20,
  })
  .map((steps): Log => {
    const records: NewRecord[] = [];
    const due: NewRecord[][] = Array.from({ length: steps.length + 4 }, () => []);
    for (const [index, step] of steps.entries()) {
      const record = step.refused ? aRecord() : aRecord(asIntent);
      records.push(record);
      if (!step.refused) due[index + step.delay]?.push(aRecord(asOutcomeOf(record)));
      records.push(...(due[index] ?? []));
    }
    records.push(...due.slice(steps.length).flat());
    return aLog(records);
  });

describe('verifying a log', () => {
  it('never raises a false alarm', () => {
    fc.assert(
      fc.property(histories, ({ lines, head }) => {
        const good = { state: 'good', records: lines.length, head, openIntents: 0 };
        expect(verifyChain(lines, head)).toEqual(good);
        expect(verifyChain(lines)).toEqual(good);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes an empty log for good when nothing else is known', () => {
    expect(verifyChain([])).toEqual({ state: 'good', records: 0, head: undefined, openIntents: 0 });
  });

  it('takes a log that has grown since the head was remembered for good', () => {
    const { lines, head } = aLog([aRecord(), aRecord(), aRecord()]);
    expect(verifyChain(lines, { seq: head.seq, hash: head.hash }).state).toBe('good');
    const earlier = { seq: 2, hash: recordHash(lines[1] ?? '') };
    expect(verifyChain(lines, earlier).state).toBe('good');
  });

  it('finds another history under the same origin by a head remembered earlier', () => {
    const { lines } = aLog([aRecord(), aRecord(), aRecord()]);
    expect(verifyChain(lines, { seq: 2, hash: 'ab'.repeat(32) })).toMatchObject({
      state: 'tampered',
      seq: 2,
    });
  });

  it.each(Object.entries(tampers))('names the first bad record when somebody %s', (_what, tamper) => {
    fc.assert(
      fc.property(histories, fc.nat(), ({ lines, head }, where) => {
        const { lines: bad, firstBad } = tamper(lines, 2 + (where % (lines.length - 2)));
        const verification = verifyChain(bad, head);
        expect(verification.state).not.toBe('good');
        expect(verification).toMatchObject({ seq: firstBad });
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['is not JSON', '{'],
    ['holds a number that no double holds', '{"v":1e999}'],
    ['nests deeper than any stack', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
    ['is no object', 'null'],
    ['is empty', ''],
  ])('calls a log tampered for a line that %s', (_what, line) => {
    expect(verifyChain([line])).toMatchObject({ state: 'tampered', seq: 1 });
    expect(verifyChain([...aLog([aRecord()]).lines, line])).toMatchObject({ state: 'tampered', seq: 2 });
  });

  it('names an outcome that belongs to no intent', () => {
    const { lines, head } = aLog([aRecord(), aRecord(asOutcomeOf(aRecord(asIntent)))]);
    expect(verifyChain(lines, head)).toMatchObject({ state: 'tampered', seq: 2 });
  });

  it('names the second of two open intents with one id', () => {
    const intent = aRecord(asIntent);
    const { lines, head } = aLog([aRecord(), intent, { ...intent, key: 'test/again' }]);
    expect(verifyChain(lines, head)).toEqual({
      state: 'tampered',
      seq: 3,
      why: 'repeats the id of an open intent',
    });
  });

  it('counts intents that are still under way, and does not call them a fault', () => {
    const { lines, head } = aLog([aRecord(asIntent), aRecord()]);
    expect(verifyChain(lines, head)).toMatchObject({ state: 'good', openIntents: 1 });
  });

  it('names an intent that a restart left without outcome', () => {
    const started = aRecord(
      withFields({ type: 'audit.started', actor: { kind: 'system', name: 'records' } }),
      ({ decision: _decision, ...record }) => record,
    );
    const before = aLog([aRecord(), aRecord(asIntent)]);
    const line = edited(aLog([aRecord(), aRecord(), started], 'store').lines[2] ?? '', {
      prev: before.head.hash,
    });
    expect(verifyChain([...before.lines, line])).toMatchObject({ state: 'incomplete', seq: 2 });
  });
});
