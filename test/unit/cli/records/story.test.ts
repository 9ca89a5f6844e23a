/** The story of a grant as a page: complete, true to the records, and safe to open. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStory } from '../../../../cli/records/story.ts';
import type { NewRecord, StoredRecord } from '../../../../crds/audit/record.ts';
import { call } from '../../../kit/cli/call.ts';
import { aRecord, editedLine, withFields } from '../../../kit/objects/record.ts';
import { aFolder } from '../../../kit/records/store-file.ts';
import { logOf, toldGrant } from '../../../kit/records/told-grant.ts';

const madeAt = Date.parse('2026-12-02T12:00:00Z');

function aCopy(lines: readonly string[]): string {
  const path = join(aFolder(), 'copy.ndjson');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

async function storyOf(records: readonly NewRecord[], ...options: readonly string[]) {
  const { lines, head } = logOf(records);
  const words = ['records', 'story', 'ecase/case-4711', '--file', aCopy(lines), ...options];
  return { ...(await call(words, { now: madeAt, zone: 'UTC' })), head };
}

/** What a reader of the page sees, without its tags. */
const textOf = (html: string): string =>
  html
    .replace(/<style>[^]*?<\/style>/, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');

describe('the story of a grant', () => {
  it('tells the consent, the openings, the sign-ins, each act, each refusal and the end', async () => {
    const { code, out } = await storyOf(toldGrant());
    expect(code).toBe(0);
    const text = textOf(out);
    for (const told of [
      'Consented by grace (proved: the API server itself said so)',
      'Opened 2026-12-01 08:00:11',
      'Ended 2026-12-01 08:01:00: Access was suspended',
      'Matrix in force casepoint-ecase-1',
      'Who came ada',
      'Done 2 acts were allowed',
      'Refused 2 refusals are recorded',
      'The session ended ada (S-1) from 203.0.113.7',
      'Jobs / Run (id=4711): POST ecase.localhost /jobs/{id}/run by casepoint-ecase-1',
      'Status 200; masked: 2 × EmailAddress',
      'Sign-in refused: the address is not allowed',
      'unknown from 198.51.100.9',
      'A lock was set: SupportAccessLock incident-9',
      'No outcome is recorded.',
    ])
      expect(text).toContain(told);
    // What was of before and after it is not of this story.
    expect(text).not.toContain('switched on for the whole cluster');
    expect(text).not.toContain('A lock was lifted');
  });

  it('names every record that is about the grant, each once', async () => {
    const records = toldGrant();
    const { out } = await storyOf(records);
    const numbers = [...out.matchAll(/<td data-title="Record">([^<]*)<\/td>/g)].flatMap(([, cell]) =>
      (cell ?? '').split(', '),
    );
    const about = records.flatMap((record, at) => (record.grant === undefined ? [] : [String(at + 1)]));
    const lock = records.findIndex(({ type }) => type === 'lock.created') + 1;
    expect(numbers.toSorted((one, other) => Number(one) - Number(other))).toEqual(
      [...about, String(lock)].toSorted((one, other) => Number(one) - Number(other)),
    );
  });

  it('says what the verification says: proved with a head that was kept, or not', async () => {
    const alone = await storyOf(toldGrant());
    expect(textOf(alone.out)).toContain('The records CANNOT TELL: 15 records agree with each other.');
    const { lines, head } = logOf(toldGrant());
    const words = [
      'records',
      'story',
      'case-4711',
      '--file',
      aCopy(lines),
      '--head',
      `${head.seq}:${head.hash}`,
    ];
    const proved = await call(words, { now: madeAt });
    expect([proved.code, textOf(proved.out)]).toEqual([0, expect.stringContaining('Intact: 15 records.')]);
  });

  it('is told of records that were changed too, with that in its box, and exits as verify does', async () => {
    const { lines } = logOf(toldGrant());
    const changed = lines.map((line, at) =>
      at === 8 ? editedLine(line, { outcome: { status: 403 } }) : line,
    );
    const { code, out } = await call(['records', 'story', 'case-4711', '--file', aCopy(changed)], {
      now: madeAt,
    });
    expect(code).toBe(1);
    expect(out).toContain('class="box bad"');
    // What comes after the fault is told as well.
    expect(textOf(out)).toContain('The session ended ada');
    expect(textOf(out)).toContain('The records CHANGED: record 9');
  });

  it('runs no script, loads nothing and forbids both', async () => {
    const { out } = await storyOf(toldGrant());
    expect(out).toMatch(
      /Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-/,
    );
    expect(out).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
    expect(out).not.toMatch(/<script|<link|<img|<iframe|<object|<form|\son[a-z]+=|src=|href=|url\(|@import/i);
  });

  it('escapes what a record may hold, wherever it stands in the page', () => {
    const evil = '"><script>alert(1)</script>';
    const hostile = toldGrant().map((record) =>
      withFields({
        message: evil,
        ...(record.target ? { target: { ...record.target, module: evil, route: evil } } : {}),
      })(record),
    );
    return storyOf(hostile).then(({ out }) => expect(out).not.toContain('<script'));
  });

  it('says that no record is about a grant of that name, and how to name one', async () => {
    const { lines } = logOf([aRecord()]);
    const { code, out, err } = await call(['records', 'story', 'case-9', '--file', aCopy(lines)]);
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('no record is about case-9; name a grant as NAME or NAMESPACE/NAME');
  });

  it('tells no story that is too long for a page', async () => {
    const { lines } = logOf(toldGrant());
    const many = Array.from({ length: 20_001 }, () => lines[1] ?? '');
    const { code, err } = await call(['records', 'story', 'ecase/case-4711', '--file', aCopy(many)]);
    expect(code).toBe(3);
    expect(err).toContain('more than 20000 records are about ecase/case-4711, which is no page to read');
  });
});

describe('reading a story', () => {
  const stored = (records: readonly NewRecord[]): StoredRecord[] =>
    logOf(records).lines.map((line) => JSON.parse(line) as StoredRecord);

  it('keeps grants of one name apart by their UIDs, and knows what the API server was asked about them', () => {
    const reading = readStory(['case-4711']);
    const target = {
      area: 'kubernetes-api',
      kind: 'SupportAccessGrant',
      namespace: 'ecase',
      name: 'case-4711',
      uid: 'u-2',
    } as const;
    const asked = aRecord(
      withFields({ type: 'admission.requested', target, actor: { kind: 'anonymous', name: 'unknown' } }),
    );
    for (const record of stored([...toldGrant(), asked])) reading.add(record);
    const { grants, consent } = reading.story();
    expect([...grants]).toEqual([
      ['uid-of-case-4711', 'ecase/case-4711'],
      ['u-2', 'ecase/case-4711'],
    ]);
    expect(consent.at(-1)?.type).toBe('admission.requested');
  });

  it('takes the outcome that the gateway gave after the store had closed it as unknown', () => {
    const reading = readStory(['ecase/case-4711']);
    const records = stored(toldGrant());
    const intent = records.find(({ phase }) => phase === 'intent');
    const outcome = records.find(({ phase }) => phase === 'outcome');
    if (intent === undefined || outcome === undefined) throw new Error('no act is told');
    const byStore: StoredRecord = {
      ...outcome,
      writer: 'store',
      outcome: { upstream: 'unknown', reason: 'Recovered' },
    };
    for (const record of [intent, byStore, outcome]) reading.add(record);
    expect(reading.story().acts.map(({ outcome: said }) => said?.writer)).toEqual(['gateway']);
  });
});
