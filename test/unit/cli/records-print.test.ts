import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { canonicalize } from '../../../crds/audit/canonical.ts';
import { canonicalRecord, type NewRecord, type StoredRecord } from '../../../crds/audit/record.ts';
import { openSqliteLog } from '../../../webhook/in-cluster/records/sqlite/log.ts';
import { openSqliteStore } from '../../../webhook/in-cluster/records/sqlite/store.ts';
import type { RecordStore } from '../../../webhook/in-cluster/records/store.ts';
import { call } from '../../kit/cli/call.ts';
import { aLog, aRecord, asIntent, asOutcomeOf, withFields } from '../../kit/objects/record.ts';
import { aFolder, appendTo } from '../../kit/records/store-file.ts';

interface Kept {
  readonly path: string;
  readonly store: RecordStore;
}

/** A store that is open and has these records after its own first one. */
async function aStoreWith(...records: NewRecord[]): Promise<Kept> {
  const path = join(aFolder(), 'records.db');
  const store = await openSqliteStore({ path, origin: 'test/cli' });
  onTestFinished(() => store.close());
  if (records.length > 0) await appendTo(store, ...records);
  return { path, store };
}

/** A file whose records were all written at this moment, by the clock of the store. */
function aFileWrittenAt(recorded: string, ...records: NewRecord[]): string {
  const path = join(aFolder(), 'records.db');
  const log = openSqliteLog(path, { origin: 'test/cli', now: () => Date.parse(recorded) });
  log.append([{ writer: 'gateway', records: records.map(canonicalRecord) }]);
  log.close();
  return path;
}

function aCopy(lines: readonly string[]): string {
  const path = join(aFolder(), 'copy.ndjson');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

describe('records print', () => {
  const intent = aRecord(
    asIntent,
    withFields({
      grant: { namespace: 'ecase', name: 'case-4711', uid: 'u-1' },
      target: { area: 'application', module: 'Email Log', action: 'Read' },
      session: 'handle-1',
    }),
  );

  it('prints a table that fits a screen of 80 columns, with times in the zone that it names', async () => {
    const records = [intent, aRecord(asOutcomeOf(intent)), aRecord()];
    const path = aFileWrittenAt('2026-12-01T08:00:00.900Z', ...records);
    const { code, out, err } = await call(['records', 'print', '--file', path], {
      columns: 80,
      zone: 'Europe/Berlin',
    });
    expect(code).toBe(0);
    expect(err).toBe('Times are those of Europe/Berlin.\n');
    expect(out).toBe(`SEQ     TIME                 WHO                 WHAT
1       2026-12-01 09:00     ada                 app.request (intent), Email Log
                                                 / Read, allow, grant
                                                 ecase/case-4711, from
                                                 203.0.113.7
2       2026-12-01 09:00     ada                 app.request (outcome), 200
                                                 answered, from 203.0.113.7
3       2026-12-01 09:00     ada                 app.request, deny
                                                 ActionNotPermitted, from
                                                 203.0.113.7
`);
  });

  it('names the zone in the title of a table that goes to a file, which keeps nothing else of it', async () => {
    const path = aFileWrittenAt('2026-12-01T08:00:00.900Z', aRecord());
    const words = ['records', 'print', '--file', path];
    expect((await call(words)).out).toMatch(/^SEQ +TIME \(UTC\) +WHO /);
    const { out } = await call(words, { zone: 'America/Argentina/Buenos_Aires' });
    const [titles = '', row = ''] = out.split('\n');
    expect(titles).toMatch(/^SEQ +TIME \(America\/Argentina\/Buenos_Aires\) +WHO /);
    expect(row.slice(titles.indexOf('WHO'))).toMatch(/^ada /);
  });

  it.each([
    ['a second later', '2026-12-01T08:00:01.000Z', 'recorded 2026-12-01 09:00:01'],
    ['on the next day', '2026-12-02T08:00:00.000Z', 'recorded 2026-12-02 09:00'],
    ['earlier, as by a clock that was off', '2026-12-01T07:58:00.000Z', 'recorded 2026-12-01 08:58'],
  ])('says beside when it happened when it was recorded: %s', async (_, recorded, says) => {
    const path = aFileWrittenAt(recorded, aRecord());
    const { out } = await call(['records', 'print', '--file', path], { columns: 160, zone: 'Europe/Berlin' });
    expect(out).toContain(`2026-12-01 09:00     ada                 app.request, deny`);
    expect(out).toContain(`from 203.0.113.7, ${says}\n`);
  });

  it('breaks a name that no column holds, and shows all of it that a cell has', async () => {
    const name = `${'x'.repeat(40)}@customer.example`;
    const { path } = await aStoreWith(aRecord(withFields({ actor: { kind: 'customer_admin', name } })));
    const { out } = await call(['records', 'print', '--file', path, '--after', '1'], { columns: 80 });
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    const who = out
      .split('\n')
      .slice(1)
      .map((line) => line.slice(29, 47).trim());
    expect(who.join('')).toBe(name);
  });

  it('cuts no name, so that what is copied exists, and ends words that go on in an ellipsis', async () => {
    const grant = { namespace: 'n'.repeat(60), name: 'g'.repeat(200), uid: 'u'.repeat(36) };
    const who = 'x'.repeat(256);
    const change = aRecord(
      withFields({ grant, actor: { kind: 'customer_admin', name: who }, message: 'much '.repeat(100) }),
    );
    const { path } = await aStoreWith(change);
    for (const options of [{ columns: 80 }, { columns: 500 }]) {
      const { out: fitted } = await call(['records', 'print', '--file', path, '--after', '1'], options);
      const lines = fitted.split('\n').slice(1);
      expect(lines.map((line) => line.slice(29, 47).trim()).join('')).toBe(who);
      const told = lines.map((line) => line.slice(49)).join('');
      expect(told).toContain(`${grant.namespace}/${grant.name}`);
    }
    const { out } = await call(['records', 'print', '--file', path, '--after', '1', '-o', 'wide']);
    expect(out).toContain(` ${who} `);
    expect(out).toContain(` ${grant.namespace}/${grant.name} `);
    expect(out).toMatch(/much much.{100,155}…\n$/);
  });

  it('prints a record a line when asked for wide', async () => {
    const { path } = await aStoreWith(intent, aRecord(asOutcomeOf(intent)), aRecord());
    const { out } = await call(['records', 'print', '--file', path, '-o', 'wide']);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {3,}/));
    expect(lines[2]?.[1]).toBe('2026-12-01T08:00:00.000Z');
    expect(lines[0]?.slice(0, 7)).toEqual(['SEQ', 'TIME', 'RECORDED', 'EVENT', 'WHO', 'FROM', 'GRANT']);
    expect(lines.slice(2).map(([seq, , , ...rest]) => [seq, ...rest.slice(0, 5)])).toEqual([
      ['2', 'app.request (intent)', 'ada', '203.0.113.7', 'ecase/case-4711', 'Email Log / Read'],
      ['3', 'app.request (outcome)', 'ada', '203.0.113.7', '-', '-'],
      ['4', 'app.request', 'ada', '203.0.113.7', '-', '-'],
    ]);
  });

  it('says how surely a requester is known, also beside a name that says so itself, however long', async () => {
    const username = `grace (proved)${' '.repeat(60)}`;
    const change = aRecord(withFields({ requester: { certainty: 'claimed', username } }));
    const { path } = await aStoreWith(change);
    const { out } = await call(['records', 'print', '--file', path, '-o', 'wide']);
    expect(out).toMatch(/"grace \(proved\) +" \(claimed\)/);
  });

  it('CC-3 says which object a request was about, where its route marks what says so', async () => {
    const target = {
      area: 'application',
      module: 'Jobs',
      action: 'Run',
      parameters: { id: '4711' },
    } as const;
    const path = aFileWrittenAt('2026-12-01T08:00:00Z', aRecord(asIntent, withFields({ target })));
    const { out } = await call(['records', 'print', '--file', path, '-o', 'wide']);
    expect(out).toContain('Jobs / Run (id=4711)');
  });

  it('prints more columns when asked for wide', async () => {
    const { path } = await aStoreWith(intent);
    const { out } = await call(['records', 'print', '--file', path, '-o', 'wide']);
    expect(out).toContain('handle-1');
    expect(out).toContain('203.0.113.7');
    expect(out).toContain(intent.id);
  });

  it('prints the lines as they are stored for json, and the same values for yaml', async () => {
    const { path, store } = await aStoreWith(intent, aRecord());
    const json = (await call(['records', 'print', '--file', path, '-o', 'json'])).out;
    expect(json.trimEnd().split('\n')).toEqual(await store.read({ after: 0, limit: 10 }));
    const yaml = (await call(['records', 'print', '--file', path, '-o', 'yaml'])).out;
    const documents = parseAllDocuments(yaml).map((document) => canonicalize(document.toJS()));
    expect(documents).toEqual(json.trimEnd().split('\n'));
  });

  it('prints a part', async () => {
    const { path } = await aStoreWith(...Array.from({ length: 9 }, () => aRecord()));
    const { out } = await call([
      'records',
      'print',
      '--file',
      path,
      '-o',
      'json',
      '--after',
      '4',
      '--limit',
      '2',
    ]);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as StoredRecord).seq),
    ).toEqual(['5', '6']);
    const copy = aCopy(
      (await call(['records', 'print', '--file', path, '-o', 'json'])).out.trimEnd().split('\n'),
    );
    const part = await call([
      'records',
      'print',
      '--file',
      copy,
      '-o',
      'json',
      '--after',
      '4',
      '--limit',
      '2',
    ]);
    expect(part.out).toBe(out);
  });

  it('reads records of any length of log, with titles once', async () => {
    const path = aCopy(aLog(Array.from({ length: 1200 }, () => aRecord())).lines);
    const { out } = await call(['records', 'print', '--file', path, '-o', 'wide']);
    expect(out.split('\n').filter((line) => line.startsWith('SEQ'))).toHaveLength(1);
    expect(out.trimEnd().split('\n')).toHaveLength(1201);
  });

  it('lets no control character reach the terminal, whoever wrote the file', async () => {
    const [good = ''] = aLog([aRecord()]).lines;
    const evil = good.replace('"ada"', '"\u009b31m\u202eada\u007f"');
    const path = aCopy([evil, 'not json \u001b[2J\u0007']);
    for (const format of [[], ['-o', 'wide'], ['-o', 'json'], ['-o', 'yaml']]) {
      const { code, out, err } = await call(['records', 'print', '--file', path, ...format]);
      // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
      expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(err).toContain('not a record: not json');
      expect(code).toBe(1);
    }
  });

  it.each([
    ['--after', 'x'],
    ['--limit', '-1'],
    ['-o', 'csv'],
  ])('refuses %s %s', async (option, value) => {
    const { path } = await aStoreWith();
    expect(await call(['records', 'print', '--file', path, option, value])).toMatchObject({
      code: 4,
      out: '',
    });
  });
});
