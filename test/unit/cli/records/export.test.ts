/** A part of the records is taken along: recorded first, whole, safe to open, and verified by itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { csvRow, csvTitles } from '../../../../cli/records/record-csv.ts';
import { recordHash } from '../../../../crds/audit/canonical.ts';
import type { StoredRecord } from '../../../../crds/audit/record.ts';
import { call } from '../../../kit/cli/call.ts';
import { aRecord, editedLine, withFields } from '../../../kit/objects/record.ts';
import { serveRecords } from '../../../kit/records/served-records.ts';
import { aFolder, appendTo } from '../../../kit/records/store-file.ts';
import { logOf, toldGrant } from '../../../kit/records/told-grant.ts';

const { lines, head } = logOf(toldGrant());

function aCopy(of: readonly string[] = lines): string {
  const path = join(aFolder(), 'copy.ndjson');
  writeFileSync(path, of.map((line) => `${line}\n`).join(''));
  return path;
}

const exported = (to: string, ...options: readonly string[]) =>
  call(['records', 'export', to, '--file', aCopy(), ...options]);
const verified = (file: string, ...options: readonly string[]) =>
  call(['records', 'verify', '--file', file, ...options]);
const headAt = (seq: number): string => `${seq}:${recordHash(lines[seq - 1] ?? '')}`;
const linesIn = (path: string): string[] => readFileSync(path, 'utf8').split('\n').filter(Boolean);

async function aPart(...options: readonly string[]): Promise<string> {
  const to = join(aFolder(), 'part.jsonl');
  const { code, err } = await exported(to, '--after', '4', '--last', '10', ...options);
  expect([code, err]).toEqual([0, expect.stringContaining('Records 5 to 10 are in')]);
  expect(err).toContain(', and what they are verified by in ');
  return to;
}

describe('records export', () => {
  it('writes the records of a range as they are, and a manifest beside them', async () => {
    const to = await aPart();
    expect(linesIn(to)).toEqual(lines.slice(4, 10));
    expect(JSON.parse(readFileSync(`${to}.manifest.json`, 'utf8'))).toMatchObject({
      supportAccessExport: 1,
      format: 'jsonl',
      log: 'test/log',
      first: 5,
      last: 10,
      prev: recordHash(lines[3] ?? ''),
      hash: recordHash(lines[9] ?? ''),
    });
  });

  it('is recorded before the first line, with who and which range, and once for all its pages', async () => {
    const served = await serveRecords();
    await appendTo(served.store, ...Array.from({ length: 120 }, () => aRecord()));
    const ca = join(aFolder(), 'ca.crt');
    writeFileSync(ca, served.ca);
    const to = join(aFolder(), 'part.jsonl');
    const reach = ['--url', served.url, '--ca-file', ca];
    const environment = { SUPPORT_ACCESS_TOKEN: 'auditor' };
    const { code } = await call(['records', 'export', to, ...reach, '--after', '10'], { environment });
    expect([code, linesIn(to).length]).toEqual([0, 111]);
    const told = (await served.all()).slice(121);
    expect(told).toMatchObject([
      {
        type: 'audit.exported',
        actor: { name: 'system:serviceaccount:support-access:support-access-auditor' },
        target: {
          area: 'records',
          action: 'export',
          parameters: { first: '11', last: '121', format: 'jsonl' },
        },
        message: 'exports records 11 to 121 as JSON lines',
      },
    ]);
    const manifest = JSON.parse(readFileSync(`${to}.manifest.json`, 'utf8')) as object;
    expect(manifest).toMatchObject({ record: told[0]?.id, head: { seq: 121 } });
    const end = (await served.store.read({ after: 120, limit: 1 }))[0] ?? '';
    expect(await verified(to, '--head', `121:${recordHash(end)}`)).toMatchObject({ code: 0 });
  });

  it('needs the right export, and says which role gives it', async () => {
    const served = await serveRecords();
    const ca = join(aFolder(), 'ca.crt');
    writeFileSync(ca, served.ca);
    const to = join(aFolder(), 'part.jsonl');
    const words = ['records', 'export', to, '--url', served.url, '--ca-file', ca];
    const { code, err } = await call(words, { environment: { SUPPORT_ACCESS_TOKEN: 'powerless' } });
    expect(code).toBe(3);
    expect(err).toContain('you must have export on auditrecords.supportaccess.dev; ask for the ClusterRole');
  });

  it('never writes over what is there, and leaves no half of a file', async () => {
    const to = await aPart();
    const before = readFileSync(to, 'utf8');
    const again = await exported(to);
    expect([again.code, again.err]).toEqual([
      4,
      expect.stringContaining(
        'part.jsonl.manifest.json must not be there yet; name a new file, or move both away',
      ),
    ]);
    const there = aCopy();
    const other = await exported(there);
    expect([other.code, other.err]).toEqual([3, expect.stringContaining('copy.ndjson cannot be made: ')]);
    expect([readFileSync(to, 'utf8'), linesIn(there)]).toEqual([before, lines]);
    const broken = join(aFolder(), 'part.jsonl');
    const { code, err } = await call(['records', 'export', broken, '--file', aCopy([...lines, 'no record'])]);
    expect([code, err]).toEqual([
      3,
      expect.stringContaining('the source holds a line that is no record; look for it with records verify'),
    ]);
    expect(() => readFileSync(broken)).toThrow('ENOENT');
  });

  it.each([
    [['--after', '10', '--last', '10'], 4, '--last 10 must be after --after 10; write for example'],
    [['-o', 'xml'], 4, '--output must be one of jsonl, csv; write for example --output csv'],
    [['--after', '900'], 3, 'there are no records in this range; see how far they go with records head'],
  ])('refuses %j in a sentence', async (options, code, says) => {
    const answer = await exported(join(aFolder(), 'part.jsonl'), ...options);
    expect([answer.code, answer.err]).toEqual([code, expect.stringContaining(says)]);
  });
});

describe('the part by itself', () => {
  it('is proved by a head of one of its records that was kept elsewhere, or of the one before it', async () => {
    const to = await aPart();
    for (const seq of [4, 5, 8, 10])
      expect(await verified(to, '--head', headAt(seq))).toMatchObject({ code: 0 });
    const { out } = await verified(to, '--head', headAt(10));
    expect(out).toBe(
      'Intact: records 5 to 10 agree with each other and with their manifest. Proved up to record 10 by the given head.\n',
    );
  });

  it('proves nothing without such a head, and says which it needs', async () => {
    const to = await aPart();
    const { code, out } = await verified(to);
    expect([code, out]).toEqual([
      3,
      expect.stringContaining(
        'Not proved: that they are those that were written, since no head was given. Give --head, one of record 4 to 10',
      ),
    ]);
    const after = await verified(to, '--head', headAt(15));
    expect([after.code, after.out]).toEqual([
      3,
      expect.stringContaining('the head of record 15 is not of this part'),
    ]);
    expect(head.seq).toBe(15);
  });

  it.each([
    [
      'a record changed',
      (part: readonly string[]) =>
        part.map((line, at) => (at === 2 ? editedLine(line, { message: 'x' }) : line)),
      1,
    ],
    ['a record left out', (part: readonly string[]) => part.toSpliced(2, 1), 1],
    ['two records swapped', (part: readonly string[]) => [part[1], part[0], ...part.slice(2)], 1],
    ['the end cut', (part: readonly string[]) => part.slice(0, -1), 2],
    ['the beginning cut', (part: readonly string[]) => part.slice(1), 1],
    ['a line added', (part: readonly string[]) => [...part, lines[10] ?? ''], 2],
  ])('shows %s', async (_, change, code) => {
    const to = await aPart();
    writeFileSync(
      to,
      change(linesIn(to))
        .map((line) => `${line}\n`)
        .join(''),
    );
    expect(await verified(to, '--head', headAt(8))).toMatchObject({ code });
  });

  it('shows another record before it, or another head', async () => {
    const to = await aPart();
    const other = await verified(to, '--head', `4:${'0'.repeat(64)}`);
    expect([other.code, other.out]).toEqual([
      1,
      'CHANGED: record 5 does not cite the record that the given head names.\n',
    ]);
    expect(await verified(to, '--head', `7:${'0'.repeat(64)}`)).toMatchObject({ code: 1 });
  });

  it('is a table of which only the bytes can be verified, where it is CSV', async () => {
    const to = join(aFolder(), 'part.csv');
    await exported(to, '-o', 'csv');
    const { code, out } = await verified(to);
    expect([code, out]).toEqual([
      3,
      expect.stringContaining('A table has no chain: export these records as jsonl'),
    ]);
    writeFileSync(to, `${readFileSync(to, 'utf8')} `);
    expect(await verified(to)).toMatchObject({
      code: 1,
      out: 'CHANGED: the file has other bytes than its manifest says.\n',
    });
  });

  it('says of a manifest that is none what to do with it', async () => {
    const to = await aPart();
    writeFileSync(`${to}.manifest.json`, '{"supportAccessExport":2}');
    const { code, err } = await verified(to);
    expect([code, err]).toEqual([
      3,
      expect.stringContaining(
        'is no manifest of this release; take the one that records export wrote beside the part',
      ),
    ]);
  });
});

describe('a table of records', () => {
  const rowWith = (message: string): string => {
    const [line = ''] = logOf([withFields({ message })(aRecord())]).lines;
    return csvRow(JSON.parse(line) as StoredRecord);
  };

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '|cmd', '%0'])('lets no spreadsheet calculate %j', (text) => {
    expect(rowWith(text)).toContain(`"'${text}"`);
  });

  it.each(["a;=cmd|'/C calc'!A0;b", 'a; +1', 'a;;=1', 'a;"=1";b', 'a;""  @SUM(A1)', 'a;＝1', ' =1', '"=1'])(
    'nor where semicolons part its cells, in quotes or not: %j',
    (text) => {
      const cells = rowWith(text).split(';');
      expect(cells.filter((cell) => /^[\s"]*[=+\-@|%\\＝＋－＠]/u.test(cell))).toEqual([]);
      expect(rowWith(text)).toContain(`'`);
    },
  );

  it.each(['a; b', 'x=1;y=2', '2026-12-01', 'a, -b'])('changes nothing in %j', (text) => {
    expect(rowWith(text)).toContain(`"${text}"`);
  });

  it('keeps a cell a cell, whatever stands in it', () => {
    expect(rowWith('a "quoted", one')).toContain('"a ""quoted"", one"');
    expect(rowWith('two\r\nlines\t')).not.toMatch(/two[\r\n]/);
    expect(rowWith('x').match(/","/g)?.length).toBe(csvTitles.match(/","/g)?.length);
  });
});
