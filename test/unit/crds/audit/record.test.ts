import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../../../crds/audit/canonical.ts';
import { events, mayAppend } from '../../../../crds/audit/events.ts';
import {
  canonicalRecord,
  maxRecordBytes,
  type NewRecord,
  readNewRecord,
  sealRecord,
  textOf,
} from '../../../../crds/audit/record.ts';
import { readStoredRecord } from '../../../../crds/audit/stored-record.ts';
import { aRecord, asIntent, recordIdOf, withFields } from '../../../kit/objects/record.ts';

function problemsOf(value: unknown): string[] {
  const read = readNewRecord(value);
  return read.ok ? [] : read.problems.map(({ field }) => field);
}

function cleaned(value: unknown): NewRecord {
  const read = readNewRecord(value);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.record;
}

describe('reading a record', () => {
  it('takes a complete one as it is', () => {
    const record = aRecord();
    expect(cleaned(record)).toEqual(record);
  });

  it.each([
    ['no object', [], ''],
    ['an id that is not a UUIDv7', { id: '00000000-0000-4000-8000-000000000000' }, 'id'],
    ['an id in upper case', { id: recordIdOf(10).toUpperCase() }, 'id'],
    ['an id with something before the UUID', { id: `x${recordIdOf(10)}` }, 'id'],
    ['an id with something after the UUID', { id: `${recordIdOf(10)}x` }, 'id'],
    ['an id with an escape code before the UUID', { id: `\u001b[2J${recordIdOf(10)}` }, 'id'],
    ['a cause with something before the UUID', { cause: `x${recordIdOf(10)}` }, 'cause'],
    ['a target in no area', { target: { area: 'kitchen' } }, 'target.area'],
    ['a key with a line break', { key: 'a\nb' }, 'key'],
    ['an empty key', { key: '' }, 'key'],
    ['a type outside the vocabulary', { type: 'grant.opened' }, 'type'],
    ['a type that is only a property of every object', { type: 'constructor' }, 'type'],
    ['a phase that its type never has', { type: 'signin.failed', phase: 'intent' }, 'phase'],
    ['an outcome of nothing', { phase: 'outcome' }, 'cause'],
    ['an intent with a cause', { phase: 'intent', cause: recordIdOf(1) }, 'cause'],
    ['a time without milliseconds', { time: '2026-12-01T08:00:00Z' }, 'time'],
    ['a day that does not exist', { time: '2026-02-30T08:00:00.000Z' }, 'time'],
    ['a field that nobody declared', { body: 'secret' }, 'body'],
    ['a nested field that nobody declared', { source: { ip: '::1', cookie: 'x' } }, 'source.cookie'],
    ['a number below zero', { outcome: { status: -1 } }, 'outcome.status'],
    ['a number that is not whole', { outcome: { latencyMs: 1.5 } }, 'outcome.latencyMs'],
    ['an actor of no kind', { actor: { kind: 'root', name: 'x' } }, 'actor.kind'],
    ['a list where a map belongs', { sso: { received: [], expected: {} } }, 'sso.received'],
  ])('refuses %s', (_what, change, field) => {
    expect(problemsOf(Array.isArray(change) ? change : { ...aRecord(), ...change })).toEqual([field]);
  });

  it('reports every problem at once', () => {
    expect(problemsOf({ ...aRecord(), id: 1, time: 2, x: 3 }).sort()).toEqual(['id', 'time', 'x']);
  });

  it.each([
    ['an ANSI escape', '\u001b[2J', String.raw`\u001b[2J`],
    ['a line break', 'a\r\nb', String.raw`a\u000d\u000ab`],
    ['NUL', 'a\0b', String.raw`a\u0000b`],
    ['a bidi override', 'a\u202eb', String.raw`a\u202eb`],
    ['a lone surrogate', 'a\ud800b', String.raw`a\ud800b`],
    ['a line separator', 'a\u2028b', String.raw`a\u2028b`],
    ['a tag character', 'a\u{e0041}b', String.raw`a\u{e0041}b`],
    ['C1 controls', 'a\u009bb', String.raw`a\u009bb`],
  ])('writes %s out instead of storing it', (_what, dirty, clean) => {
    expect(cleaned(aRecord(withFields({ message: dirty }))).message).toBe(clean);
  });

  it('cuts long text, says so, and never through a character', () => {
    const record = cleaned(aRecord(withFields({ message: `${'x'.repeat(2047)}😀` })));
    expect(record.message).toBe('x'.repeat(2047));
    expect(record.truncated).toBe(true);
  });

  it.each([
    ['key', 256, (value: string) => ({ key: value })],
    ['session', 128, (value: string) => ({ session: value })],
    ['grant.namespace', 253, (namespace: string) => ({ grant: { namespace, name: 'a', uid: 'a' } })],
    ['grant.name', 253, (name: string) => ({ grant: { namespace: 'a', name, uid: 'a' } })],
    ['grant.uid', 128, (uid: string) => ({ grant: { namespace: 'a', name: 'a', uid } })],
  ])('takes a %s of %i characters and refuses a longer one', (field, longest, change) => {
    expect(problemsOf({ ...aRecord(), ...change('x'.repeat(longest)) })).toEqual([]);
    expect(problemsOf({ ...aRecord(), ...change('x'.repeat(longest + 1)) })).toEqual([field]);
  });

  it.each([
    ['actor', { name: 256, uid: 256, userType: 64, userId: 256 }, { kind: 'support', name: 'a' }],
    ['source', { ip: 64, claimed: 512, peer: 64 }, { ip: '::1' }],
    ['target', { module: 128, subModule: 128, action: 128, method: 32, route: 512 }, { area: 'application' }],
    ['target', { host: 253, kind: 128, namespace: 253, name: 253, uid: 128 }, { area: 'application' }],
    ['decision', { reason: 128, matrix: 253 }, { effect: 'deny' }],
    ['outcome', { reason: 128 }, {}],
    ['change', { summary: 1024 }, { paths: [] }],
    ['requester', { username: 256, uid: 128 }, { certainty: 'proved', username: 'a' }],
  ])('keeps the texts of %s at their longest, %o, and cuts longer ones', (field, longest, others) => {
    for (const [name, length] of Object.entries(longest)) {
      const full = { ...aRecord(), [field]: { ...others, [name]: 'x'.repeat(length) } };
      expect(cleaned(full), name).toEqual(full);
      const over = { ...full, [field]: { ...others, [name]: 'x'.repeat(length + 1) } };
      expect(cleaned(over), name).toMatchObject({ truncated: true });
    }
  });

  it.each([
    [
      'groups',
      32,
      256,
      (groups: string[]) => ({ requester: { certainty: 'proved', username: 'a', groups } }),
    ],
    ['paths', 100, 256, (paths: string[]) => ({ change: { paths } })],
    ['values', 8, 256, (values: string[]) => ({ sso: { received: { a: values }, expected: {} } })],
  ])(
    'keeps a full list of %s, %i of %i characters, and cuts a longer one or a longer entry',
    (_what, most, longest, change) => {
      const full = { ...aRecord(), ...change(Array(most).fill('x'.repeat(longest))) };
      expect(cleaned(full)).toEqual(full);
      for (const over of [Array(most + 1).fill('x'), ['x'.repeat(longest + 1)]])
        expect(cleaned({ ...full, ...change(over) })).toMatchObject({ truncated: true });
    },
  );

  it.each([
    ['attributes', 24, ['x'], (received: object) => ({ sso: { received, expected: {} } })],
    ['masked classes', 32, 1, (masked: object) => ({ outcome: { masked } })],
  ])('keeps a full map of %s, %i, and cuts a larger one', (_what, most, value, change) => {
    const entries = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, value]));
    const full = { ...aRecord(), ...change(entries(most)) };
    expect(cleaned(full)).toEqual(full);
    expect(cleaned({ ...aRecord(), ...change(entries(most + 1)) })).toMatchObject({ truncated: true });
  });

  it('keeps attributes code point by code point, so that a difference stays visible', () => {
    const sso = { received: { mail: ['u\u0308'] }, expected: { mail: ['\u00fc'] } };
    expect(cleaned(aRecord(withFields({ sso }))).sso).toEqual(sso);
  });

  it('keeps an attribute called __proto__ as an attribute', () => {
    const received = JSON.parse('{"__proto__":["x"]}') as Record<string, string[]>;
    const record = cleaned(aRecord(withFields({ sso: { received, expected: {} } })));
    expect(canonicalize(record.sso?.received)).toBe('{"__proto__":["x"]}');
  });

  it('stays under the bound for the whole by letting the least needed go first', () => {
    const many = Object.fromEntries(
      Array.from({ length: 24 }, (_, at) => [`a${at}`, Array.from({ length: 8 }, () => '€'.repeat(256))]),
    );
    const paths = Array.from({ length: 100 }, () => '/'.repeat(256));
    const record = cleaned(
      aRecord(withFields({ sso: { received: many, expected: many }, change: { paths }, message: 'why' })),
    );
    expect(Buffer.byteLength(canonicalize(record))).toBeLessThan(maxRecordBytes);
    expect(record).toMatchObject({ truncated: true, message: 'why', decision: { effect: 'deny' } });
    expect(record.sso).toBeUndefined();
  });

  it.each([
    ['was not cut before', 2048],
    ['was cut before', 2049],
  ])(
    'has the canonical text of what is left of it, when the whole is too large and its message %s',
    (_what, length) => {
      const attributes = Object.fromEntries(
        Array.from({ length: 24 }, (_, at) => [`a${at}`, Array.from({ length: 8 }, () => '€'.repeat(256))]),
      );
      const sso = { received: attributes, expected: attributes };
      const record = aRecord(withFields({ sso, message: 'x'.repeat(length) }));
      const read = readNewRecord(record);
      expect(read.ok && textOf(read)).toBe(canonicalize(cleaned(record)));
    },
  );
});

describe('a sealed record', () => {
  const place = {
    log: 'test/log',
    seq: 7,
    prev: 'ab'.repeat(32),
    writer: 'gateway',
    stepped: false,
  } as const;
  const time = Date.parse(aRecord().time);

  it('carries place, writer, code and the record before, and reads back as valid', () => {
    const { text } = sealRecord(canonicalRecord(aRecord()), { ...place, recorded: time });
    const read = readStoredRecord(JSON.parse(text));
    expect(read).toMatchObject({ ok: true, record: { v: 1, seq: '7', code: 'SAP01I', writer: 'gateway' } });
  });

  it('is not late ten seconds after the fact, and late a millisecond after that', () => {
    expect(sealRecord(canonicalRecord(aRecord()), { ...place, recorded: time + 10_000 }).text).not.toContain(
      '"late"',
    );
    expect(sealRecord(canonicalRecord(aRecord()), { ...place, recorded: time + 10_001 }).text).toContain(
      '"late":true',
    );
  });

  it('is not valid with a writer that may not say such a thing', () => {
    const { text } = sealRecord(canonicalRecord(aRecord()), { ...place, recorded: time, writer: 'operator' });
    expect(readStoredRecord(JSON.parse(text))).toMatchObject({ ok: false, problems: [{ field: 'writer' }] });
  });

  it.each([
    ['v', 2],
    ['v', '1'],
    ['log', ''],
    ['log', 'x'.repeat(257)],
    ['seq', 7],
    ['seq', '0'],
    ['seq', '07'],
    ['seq', '7 '],
    ['prev', 'AB'.repeat(32)],
    ['prev', 'ab'.repeat(33)],
    ['recorded', '2026-12-01T08:00:00Z'],
    ['writer', 'auditor'],
    ['code', 'SAP02I'],
    ['code', ''],
    ['clock', { stepped: false }],
    ['clock.stepped', {}],
    ['late', false],
  ])('is not valid with another %s (%j)', (field, value) => {
    const { text } = sealRecord(canonicalRecord(aRecord()), { ...place, recorded: time });
    const name = field.split('.')[0] ?? '';
    const read = readStoredRecord({ ...(JSON.parse(text) as object), [name]: value });
    const expected = name === 'clock' ? 'clock.stepped' : field;
    expect(read.ok ? [] : read.problems.map((problem) => problem.field)).toEqual([expected]);
  });

  it('fits with its placement into the bound, at the largest', () => {
    const groups = Array.from({ length: 32 }, () => '€'.repeat(256));
    const record = cleaned(
      aRecord(
        withFields({
          requester: { certainty: 'proved', username: 'x', groups },
          change: { paths: Array.from({ length: 100 }, () => '€'.repeat(110)) },
        }),
      ),
    );
    expect(
      Buffer.byteLength(sealRecord(canonicalRecord(record), { ...place, recorded: time }).text),
    ).toBeLessThanOrEqual(maxRecordBytes);
  });
});

describe('the vocabulary', () => {
  it('gives every type a code of its own', () => {
    const codes = Object.values(events).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => !/^SA[A-Z][0-9]{2}[IWE]$/.test(code))).toEqual([]);
  });

  it('lets a gateway say nothing about grants and an operator nothing about sign-ins', () => {
    expect(mayAppend('gateway', 'grant.activated', 'point')).toBe(false);
    expect(mayAppend('operator', 'signin.succeeded', 'point')).toBe(false);
    expect(mayAppend('admission', 'session.authorized', 'point')).toBe(false);
  });

  it('lets the store close the intent of anybody, and open none', () => {
    expect(mayAppend('store', 'app.request', 'outcome')).toBe(true);
    expect(mayAppend('store', 'app.request', 'intent')).toBe(false);
    expect(mayAppend('store', 'grant.activated', 'outcome')).toBe(false);
    expect(cleaned(aRecord(asIntent)).phase).toBe('intent');
  });
});
