import { describe, expect, it } from 'vitest';
import { recordHash } from '../../../../crds/audit/canonical.ts';
import { verifyChain } from '../../../../crds/audit/verify.ts';
import { aLog, aRecord, asIntent, asOutcomeOf, editedLine, withFields } from '../../../kit/objects/record.ts';

/** The log with its second record by the store instead, and everything after it citing that. */
function closedByStore([first = '', second = '', ...rest]: readonly string[]): readonly string[] {
  const lines = [first, editedLine(second, { writer: 'store' })];
  for (const line of rest) lines.push(editedLine(line, { prev: recordHash(lines.at(-1) ?? '') }));
  return lines;
}

describe('verifying a log', () => {
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

  it('takes the outcome of a writer after the store has closed its intent, once', () => {
    const intent = aRecord(asIntent);
    const outcomes = Array.from({ length: 3 }, () => aRecord(asOutcomeOf(intent)));
    const lines = closedByStore(aLog([intent, ...outcomes]).lines);
    expect(verifyChain(lines.slice(0, 3))).toMatchObject({ state: 'good', records: 3, openIntents: 0 });
    expect(verifyChain(lines)).toEqual({ state: 'tampered', seq: 4, why: 'is the outcome of no intent' });
  });

  it('names the second outcome of an intent that its own writer has closed', () => {
    const intent = aRecord(asIntent);
    const { lines } = aLog([intent, aRecord(asOutcomeOf(intent)), aRecord(asOutcomeOf(intent))]);
    expect(verifyChain(lines)).toEqual({ state: 'tampered', seq: 3, why: 'is the outcome of no intent' });
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
    const line = editedLine(aLog([aRecord(), aRecord(), started], 'store').lines[2] ?? '', {
      prev: before.head.hash,
    });
    expect(verifyChain([...before.lines, line])).toMatchObject({ state: 'incomplete', seq: 2 });
  });
});
