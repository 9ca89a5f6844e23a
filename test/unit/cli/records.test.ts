import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { NewRecord } from '../../../crds/audit/record.ts';
import { openSqliteStore } from '../../../webhook/in-cluster/records/sqlite/store.ts';
import type { RecordStore } from '../../../webhook/in-cluster/records/store.ts';
import { call } from '../../kit/cli/call.ts';
import { runPowerless } from '../../kit/cli/run-powerless.ts';
import { noteNotRun } from '../../kit/machine/not-run.ts';
import { aLog, aRecord, asIntent, withFields } from '../../kit/objects/record.ts';
import { serveRecords } from '../../kit/records/served-records.ts';
import { aFolder, appendTo } from '../../kit/records/store-file.ts';

const launcher = fileURLToPath(new URL('../../../cli/kubectl-support_access', import.meta.url));

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

/** A closed file of five records in which this SQL was run. */
async function aFileAfter(sql: string): Promise<string> {
  const { path, store } = await aStoreWith(aRecord(), aRecord(), aRecord(), aRecord());
  await store.close();
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
  return path;
}

function aCopy(lines: readonly string[]): string {
  const path = join(aFolder(), 'copy.ndjson');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

describe('records verify', () => {
  it('finds a log intact while the store is writing it', async () => {
    const { path, store } = await aStoreWith(aRecord(asIntent));
    const writing = Array.from({ length: 200 }, () => appendTo(store, aRecord()));
    const head = (await call(['records', 'head', '--file', path])).out.trim();
    const { code, out } = await call(['records', 'verify', '--file', path, '--head', head]);
    await Promise.all(writing);
    expect(out).toMatch(/^Intact: [0-9]+ records\..* 1 request is under way\. Head: [0-9]+:[0-9a-f]{64}\n$/);
    expect(code).toBe(0);
  });

  it.each([
    [
      'an edited record',
      `UPDATE records SET body = replace(body, '"ada"', '"eve"') WHERE seq = 3`,
      1,
      'CHANGED: record 3',
    ],
    ['a removed record', 'DELETE FROM records WHERE seq = 3', 1, 'CHANGED: record 3'],
    [
      'two records that were swapped',
      'UPDATE records SET seq = 99 WHERE seq = 3; UPDATE records SET seq = 3 WHERE seq = 4; UPDATE records SET seq = 4 WHERE seq = 99',
      1,
      'CHANGED: record 3',
    ],
    ['a tail that was cut', 'DELETE FROM records WHERE seq > 3', 2, 'INCOMPLETE: record 4'],
    [
      'a last record that was edited',
      `UPDATE records SET body = replace(body, '"ada"', '"eve"') WHERE seq = 5`,
      1,
      'CHANGED: record 5',
    ],
    [
      'a record that is no JSON any more',
      `UPDATE records SET body = substr(body, 2) WHERE seq = 2`,
      1,
      'CHANGED: record 2',
    ],
    ['a head that is gone', 'DELETE FROM log; DELETE FROM records WHERE seq = 1', 2, 'INCOMPLETE: record 1'],
  ])('names the first bad record for %s', async (_what, sql, code, words) => {
    const called = await call(['records', 'verify', '--file', await aFileAfter(sql)]);
    expect(called.out).toContain(words);
    expect(called.code).toBe(code);
  });

  it('reads a copy of the file in a folder that its reader may not write', async (test) => {
    if (runPowerless(launcher, ['version']).status !== 0) {
      noteNotRun({
        what: 'records verify without the right to write',
        why: 'there is no setpriv (util-linux)',
      });
      return test.skip();
    }
    const { path, store } = await aStoreWith(aRecord());
    await store.close();
    const folder = aFolder();
    copyFileSync(path, join(folder, 'copy.db'));
    chmodSync(join(folder, 'copy.db'), 0o444);
    chmodSync(folder, 0o555);
    const words = ['records', 'verify', '--file', join(folder, 'copy.db')];
    const { status, stdout, stderr } = runPowerless(launcher, words);
    chmodSync(folder, 0o755);
    expect(stderr).toBe('');
    expect(stdout).toContain('CANNOT TELL: 2 records agree with each other');
    expect(status).toBe(3);
    return undefined;
  });

  it('checks a copy that print wrote, and a head that was kept elsewhere', async () => {
    const { path } = await aStoreWith(aRecord(), aRecord());
    const lines = (await call(['records', 'print', '--file', path, '-o', 'json'])).out.trimEnd().split('\n');
    const { out: head } = await call(['records', 'head', '--file', aCopy(lines)]);
    expect(head).toBe((await call(['records', 'head', '--file', path])).out);
    expect(await call(['records', 'verify', '--file', aCopy(lines)])).toMatchObject({ code: 3 });
    expect(await call(['records', 'verify', '--file', aCopy(lines), '--head', head.trim()])).toMatchObject({
      code: 0,
    });
    const cut = aCopy(lines.slice(0, 2));
    expect(await call(['records', 'verify', '--file', cut])).toMatchObject({ code: 3 });
    expect(await call(['records', 'verify', '--file', cut, '--head', head.trim()])).toMatchObject({
      code: 2,
      out: 'INCOMPLETE: record 3 is missing: the log is known to reach record 3.\n',
    });
  });

  it('sees through a log that was rewritten together with its own head, when an earlier head was kept', async () => {
    const { path } = await aStoreWith(aRecord());
    const called = await call(['records', 'verify', '--file', path, '--head', `2:${'0'.repeat(64)}`]);
    expect(called).toMatchObject({ code: 1 });
    expect(called.out).toContain('CHANGED: record 2 is not the record that the remembered head names');
  });

  it('asks the records door with a token and verifies what it gives', async () => {
    const served = await serveRecords();
    await appendTo(served.store, ...Array.from({ length: 250 }, () => aRecord()));
    const ca = join(aFolder(), 'ca.crt');
    writeFileSync(ca, served.ca);
    const words = ['records', 'verify', '--url', served.url, '--ca-file', ca, '-o', 'json'];
    const asAuditor = { environment: { SUPPORT_ACCESS_TOKEN: 'auditor' } };
    const alone = await call(words, asAuditor);
    expect([alone.code, JSON.parse(alone.out)]).toMatchObject([3, { state: 'cannot-tell', records: 251 }]);
    // One more since: that these were read.
    const { out: head } = await call(['records', 'head', ...words.slice(2, -2)], asAuditor);
    const good = await call([...words, '--head', head.trim()], asAuditor);
    expect([good.code, JSON.parse(good.out)]).toMatchObject([
      0,
      { state: 'good', records: 252, covered: 252 },
    ]);
    const forbidden = await call(words, { environment: { SUPPORT_ACCESS_TOKEN: 'gateway' } });
    expect(forbidden).toMatchObject({
      code: 3,
      out: '',
      err: 'error: you must have get on auditrecords.supportaccess.dev; ask for the ClusterRole support-access-auditor, which gives it\n',
    });
    expect(await call(words, { environment: { SUPPORT_ACCESS_TOKEN: 'nobody' } })).toMatchObject({ code: 3 });
  });

  it.each([
    ['there is no such file', ['--file', '/nowhere/records.db'], 3],
    ['the file is a folder', ['--file', '/'], 3],
    ['nobody answers', ['--url', 'https://127.0.0.1:1', '--token-file', '/etc/hostname'], 3],
    ['no cluster is named either', ['--kubeconfig', '/nowhere/config'], 3],
    ['two things are named', ['--file', 'a', '--url', 'https://b'], 4],
    ['the address is not https', ['--url', 'http://127.0.0.1:1'], 4],
    ['the token is missing', ['--url', 'https://127.0.0.1:1'], 4],
    ['the head is none', ['--file', 'a', '--head', '1'], 4],
    ['the option is unknown', ['--fast'], 4],
    ['the format is unknown', ['--file', 'a', '-o', 'xml'], 4],
  ])('says in one sentence, without a stack trace, that %s', async (_what, words, code) => {
    const called = await call(['records', 'verify', ...words]);
    expect(called.code).toBe(code);
    expect(called.out).toBe('');
    expect(called.err).toMatch(/^error: /);
    expect(called.err).not.toMatch(/\n\s+at /);
  });

  it('prints no head where there are no records yet', async () => {
    expect(await call(['records', 'head', '--file', aCopy([])])).toMatchObject({
      code: 3,
      out: '',
      err: 'error: there are no records yet; write something first, such as a grant\n',
    });
  });

  it('sees that the server keeps another log than its records say', async () => {
    const { path, store } = await aStoreWith();
    await store.close();
    const db = new DatabaseSync(path);
    db.exec(`UPDATE log SET origin = 'other'`);
    db.close();
    const { code, out } = await call(['records', 'verify', '--file', path]);
    expect(out).toMatch(
      /^CHANGED: the records are of the log test\/cli\/.*, and the store says that it keeps other\.\n$/,
    );
    expect(code).toBe(1);
  });

  it('cannot tell about a database that holds no records', async () => {
    const path = join(aFolder(), 'other.db');
    const db = new DatabaseSync(path);
    db.exec('CREATE TABLE notes (text TEXT)');
    db.close();
    expect(await call(['records', 'verify', '--file', path])).toMatchObject({ code: 3 });
  });
});

describe('a copy', () => {
  it('is read byte by byte: what is no text is no record', async () => {
    const { lines } = aLog([aRecord(withFields({ message: 'gar\uFFFDbled' }))]);
    const path = join(aFolder(), 'copy.ndjson');
    const verified = async (bytes: Buffer) => {
      writeFileSync(path, bytes);
      return call(['records', 'verify', '--file', path]);
    };
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    expect(await verified(bytes)).toMatchObject({ code: 3 });
    const garbled = Buffer.from(bytes.toString('latin1').replace('\xef\xbf\xbd', '\xff'), 'latin1');
    expect(garbled).not.toEqual(bytes);
    expect(await verified(garbled)).toMatchObject({ code: 1, out: 'CHANGED: record 1 is not JSON.\n' });
  });
});
