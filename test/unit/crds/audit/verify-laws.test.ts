import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordHash } from '../../../../crds/audit/canonical.ts';
import type { NewRecord } from '../../../../crds/audit/record.ts';
import { verifyChain } from '../../../../crds/audit/verify.ts';
import { aLog, aRecord, asIntent, asOutcomeOf, editedLine, type Log } from '../../../kit/objects/record.ts';

interface Tampering {
  readonly lines: readonly string[];
  /** The first record that is not as it was written. */
  readonly firstBad: number;
}

/** Place `at` is counted from 1, as sequence numbers are; a log has at least four records and `at` is neither first nor last. */
type Tamper = (lines: readonly string[], at: number) => Tampering;

function replaced(lines: readonly string[], at: number, ...by: string[]): string[] {
  return lines.toSpliced(at - 1, 1, ...by);
}

function renumbered(lines: readonly string[]): string[] {
  return lines.map((line, index) => editedLine(line, { seq: String(index + 1) }));
}

const forged = (lines: readonly string[], at: number): string =>
  editedLine(lines[at - 1] ?? '', {
    message: 'forged',
    id: '019b0000-0000-7000-8000-000000000000',
    key: 'forged',
  });

const tampers: Readonly<Record<string, Tamper>> = {
  'edits what somebody did': (lines, at) => ({
    lines: replaced(
      lines,
      at,
      editedLine(lines[at - 1] ?? '', { actor: { kind: 'support', name: 'grace' } }),
    ),
    firstBad: at,
  }),
  'edits the last record': (lines) => ({
    lines: replaced(lines, lines.length, editedLine(lines.at(-1) ?? '', { message: 'other' })),
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
    lines: replaced(lines, at, editedLine(lines[at - 1] ?? '', { recorded: '2020-01-01T00:00:00.000Z' })),
    firstBad: at,
  }),
  'cites another predecessor': (lines, at) => ({
    lines: replaced(lines, at, editedLine(lines[at - 1] ?? '', { prev: 'ab'.repeat(32) })),
    firstBad: at,
  }),
  'says that another writer wrote it': (lines, at) => ({
    lines: replaced(lines, at, editedLine(lines[at - 1] ?? '', { writer: 'operator' })),
    firstBad: at,
  }),
  'cuts the tail': (lines, at) => ({ lines: lines.slice(0, at - 1), firstBad: at }),
  'removes everything': () => ({ lines: [], firstBad: 1 }),
  'removes the first record': (lines) => ({ lines: lines.slice(1), firstBad: 1 }),
  'rewrites a record and the chain after it': (lines, at) => {
    const rewritten = lines.slice(0, at - 1);
    let line = editedLine(lines[at - 1] ?? '', { message: 'rewritten' });
    for (const next of [...lines.slice(at), undefined]) {
      rewritten.push(line);
      line = next === undefined ? '' : editedLine(next, { prev: recordHash(line) });
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

describe('verifying a log of any history', () => {
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
});
