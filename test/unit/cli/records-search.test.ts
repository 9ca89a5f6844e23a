/** `records print` with filters: a file and the records' server are searched by the same words, and answer alike. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canonicalRecord, type StoredRecord } from '../../../crds/audit/record.ts';
import { referenceOf } from '../../../crds/audit/reference.ts';
import { openSearch } from '../../../webhook/in-cluster/records/search/thread.ts';
import { openSqliteStore } from '../../../webhook/in-cluster/records/sqlite/store.ts';
import type { RecordStore } from '../../../webhook/in-cluster/records/store.ts';
import { type Called, call } from '../../kit/cli/call.ts';
import { aLog, aRecord, withFields } from '../../kit/objects/record.ts';
import { startRecordsServer } from '../../kit/records/records-server.ts';
import { namedAccess } from '../../kit/records/served-records.ts';
import { aFolder, appendTo } from '../../kit/records/store-file.ts';

const by = (name: string, userType = 'Support User') =>
  withFields({ actor: { kind: 'support', name, userType } });
const refused = aRecord(by('ada'), withFields({ decision: { effect: 'deny', reason: 'Expired' } }));
const records = [
  aRecord(by('ada'), withFields({ decision: { effect: 'allow' }, source: { ip: '198.51.100.9' } })),
  refused,
  aRecord(by('charles'), withFields({ message: 'The lock of Monday was lifted' })),
  aRecord(by('eve', 'Customer')),
];

interface Place {
  readonly words: readonly string[];
  readonly store: RecordStore;
}

async function aFile(): Promise<Place & { readonly path: string }> {
  const path = join(aFolder(), 'records.db');
  const store = await openSqliteStore({ path, origin: 'test/search' });
  onTestFinished(() => store.close());
  await appendTo(store, ...records);
  return { words: ['--file', path], store, path };
}

async function aServer(): Promise<Place> {
  const { store, path } = await aFile();
  const served = await startRecordsServer({ store, search: openSearch({ path }), access: namedAccess });
  onTestFinished(() => served.close());
  const ca = join(aFolder(), 'ca.crt');
  writeFileSync(ca, served.ca);
  return { words: ['--url', served.url, '--ca-file', ca], store };
}

const environment = { SUPPORT_ACCESS_TOKEN: 'auditor' };

const print = async (place: Place, ...words: readonly string[]): Promise<Called> =>
  call(['records', 'print', ...place.words, '-o', 'json', ...words], { environment });

const seqs = ({ out }: Called): string[] =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as StoredRecord).seq);

describe.each([
  ['a records file', aFile],
  ['the records’ server', aServer],
] as const)('records print from %s', (_place, open) => {
  it('C42-4 ZH-8 finds by the type of the user, by each filter, and by several at once', async () => {
    const place = await open();
    const found = async (...words: readonly string[]) => seqs(await print(place, '--before', '6', ...words));
    expect(await found('--user-type', 'Support User')).toEqual(['2', '3', '4']);
    expect(await found('--user-type', 'customer')).toEqual(['5']);
    expect(await found('--person', 'ada', '--decision', 'refused')).toEqual(['3']);
    expect(await found('--reason', 'expired')).toEqual(['3']);
    expect(await found('--address', '198.51.100.0/24')).toEqual(['2']);
    expect(await found('--text', 'lifted LOCK')).toEqual(['4']);
    expect(await found('--reference', referenceOf(refused.id).toLowerCase())).toEqual(['3']);
    expect(await found('--type', 'SAA01I')).toEqual(['1']);
    expect(await found('--person', 'ada', '--person', 'eve')).toEqual(['5']);
    expect(await found('--since', '2026-12-01T08:00:01Z', '--type', 'app.request')).toEqual([]);
    expect(await found('--newest-first', '--type', 'app.request')).toEqual(['5', '4', '3', '2']);
  });

  it('EC-15 finds enabling, disabling, what support did, sign-in, sign-out and failed attempts, each by its type', async () => {
    const place = await open();
    const acts = [
      ['operator', 'policy.enabled'],
      ['operator', 'policy.disabled'],
      ['operator', 'grant.activated'],
      ['operator', 'grant.revoked'],
      ['gateway', 'signin.succeeded'],
      ['gateway', 'session.ended'],
      ['gateway', 'signin.failed'],
      ['gateway', 'signin.ip_rejected'],
    ] as const;
    for (const [writer, type] of acts)
      await place.store.append({ writer, records: [canonicalRecord(aRecord(withFields({ type })))] });
    for (const [, type] of acts) expect(seqs(await print(place, '--type', type))).toHaveLength(1);
    expect(seqs(await print(place, '--type', 'app.request', '--person', 'ada'))).toEqual(['2', '3']);
  });

  it('puts in order by when it happened what was recorded in another order', async () => {
    const place = await open();
    const at = (time: string) => aRecord(by('bob'), withFields({ time: `2026-12-03T${time}.000Z` }));
    await appendTo(place.store, at('08:00:02'), at('08:00:00'), at('08:00:01'));
    expect(seqs(await print(place, '--person', 'bob', '--by-time'))).toEqual(['7', '8', '6']);
    expect(seqs(await print(place, '--person', 'bob', '--by-time', '--newest-first'))).toEqual([
      '6',
      '8',
      '7',
    ]);
    expect(seqs(await print(place, '--person', 'bob'))).toEqual(['6', '7', '8']);
  });

  it('says under which head it searched, and how to go on', async () => {
    const place = await open();
    const { seq, hash } = await place.store.head();
    const first = await print(place, '--newest-first', '--type', 'app.request', '--limit', '2');
    expect(seqs(first)).toEqual(['5', '4']);
    expect(first.err).toBe(
      `Searched up to record ${seq}, under the head ${seq}:${hash}.\nThere may be more: go on with --before 4.\n`,
    );
    const rest = await print(place, '--newest-first', '--type', 'app.request', '--before', '4');
    expect(seqs(rest)).toEqual(['3', '2']);
    expect(rest.err).not.toContain('more');
  });

  it('follows what is recorded, as far as it is meant, until it is stopped', async () => {
    const place = await open();
    const stop = new AbortController();
    const following = call(
      ['records', 'print', ...place.words, '-o', 'json', '--follow', '--person', 'charles', '--limit', '2'],
      { environment, interrupted: stop.signal },
    );
    await appendTo(
      place.store,
      aRecord(by('ada')),
      aRecord(by('charles'), withFields({ message: 'followed' })),
    );
    const { out, code } = await following;
    expect(code).toBe(0);
    expect(out).toContain('followed');
    expect(out).not.toContain('"ada"');
  });
});

describe('records print', () => {
  const aCopy = (): Place => {
    const path = join(aFolder(), 'copy.ndjson');
    writeFileSync(
      path,
      aLog(records)
        .lines.map((line) => `${line}\n`)
        .join(''),
    );
    return { words: ['--file', path], store: undefined as unknown as RecordStore };
  };

  it('searches a copy as well, but neither from its end nor for what comes', async () => {
    expect(seqs(await print(aCopy(), '--person', 'ada'))).toEqual(['1', '2']);
    const needs = 'needs the records of an installation of this release, or a records file (records.db)';
    const backwards = await print(aCopy(), '--newest-first');
    expect(backwards).toMatchObject({ code: 3, out: '' });
    expect(backwards.err).toContain(`--newest-first ${needs}, and what was named is read from its beginning`);
    const follow = await print(aCopy(), '--follow');
    expect(follow).toMatchObject({ code: 4, out: '' });
    expect(follow.err).toContain(`--follow ${needs}, and what was named does not grow`);
  });

  it('puts no more in order than fits into memory', async () => {
    const path = join(aFolder(), 'copy.ndjson');
    const [line = ''] = aLog([aRecord()]).lines;
    writeFileSync(path, `${line}\n`.repeat(10_001));
    const { code, out, err } = await print({ ...aCopy(), words: ['--file', path] }, '--by-time');
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain(
      'records in order, and more were found; leave it out, or give --since, --until or --limit',
    );
  });

  it.each([
    [
      ['--type', 'app.reqest'],
      '--type "app.reqest" must be a type of records or its code; did you mean app.request?',
    ],
    [['--person', 'x'.repeat(600)], 'must have at most 512 characters; write for example ada'],
    [
      ['--address', '10.0.0.1/8'],
      '--address "10.0.0.1/8" must have no bits set after the first 8; write 10.0.0.0/8',
    ],
    [['--person', 'a\u0007'], '--person "a\\u0007" must have no control or invisible characters'],
    [
      ['--follow', '--newest-first'],
      '--follow goes on with what is recorded from now on, and cannot be given with --newest-first; leave one out',
    ],
    [['--before', 'x'], '--before must be a whole number such as 100, and is "x"'],
  ])('refuses %j before anything is read', async (words, says) => {
    const { code, out, err } = await print(aCopy(), ...words);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toContain(says);
  });
});
