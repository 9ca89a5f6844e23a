/** Searching over HTTP: what is found, what is refused, and that who searched for what is itself recorded. */
import { Agent, request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { StoredRecord } from '../../../../../../crds/audit/record.ts';
import type { SearchResponse } from '../../../../../../trail/wire.ts';
import type { RecordSearch } from '../../../../../../webhook/in-cluster/records/search.ts';
import { aRecord, withFields } from '../../../../../kit/objects/record.ts';
import { type RecordsServer, startRecordsServer } from '../../../../../kit/records/records-server.ts';
import { namedAccess, serveRecords } from '../../../../../kit/records/served-records.ts';
import { appendTo } from '../../../../../kit/records/store-file.ts';

async function ask(served: RecordsServer, query: string, token = 'auditor') {
  const dispatcher = new Agent({ connect: { ca: served.ca } });
  onTestFinished(() => dispatcher.destroy());
  const headers = { authorization: `Bearer ${token}` };
  const response = await request(`${served.url}/v1/search?${query}`, { dispatcher, headers });
  return {
    status: response.statusCode,
    text: await response.body.text(),
    retryAfter: response.headers['retry-after'],
  };
}

async function found(served: RecordsServer, query: string): Promise<SearchResponse> {
  const { status, text } = await ask(served, query);
  expect(status).toBe(200);
  return JSON.parse(text) as SearchResponse;
}

const readingsIn = async (served: RecordsServer): Promise<(string | undefined)[]> =>
  (await served.all()).filter(({ type }) => type === 'audit.read').map(({ message }) => message);

const seqsIn = ({ lines }: SearchResponse): string[] =>
  lines.map((line) => (JSON.parse(line) as StoredRecord).seq);

const by = (name: string) => withFields({ actor: { kind: 'support', name, userType: 'Support User' } });

describe('searching over HTTP', () => {
  it('gives the canonical lines that are meant, with the head under which it read', async () => {
    const served = await serveRecords();
    await appendTo(served.store, aRecord(by('ada')), aRecord(by('charles')), aRecord(by('ada')));
    const head = await served.store.head();
    const all = await served.store.read({ after: 0, limit: 10 });
    const answer = await found(served, 'person=ada&decision=refused&user-type=support+user&order=newest');
    expect(answer).toEqual({ head, lines: [all[3], all[1]], at: 0, more: false });
    const first = await found(served, 'person=ada&order=newest&limit=1');
    expect(first).toMatchObject({ lines: [all[3]], at: 4, more: true });
    expect(seqsIn(await found(served, `person=ada&order=newest&limit=1&before=${first.at}`))).toEqual(['2']);
  });

  it('is recorded once with what was searched for, its pages and repetitions counted; also where nothing is found', async () => {
    const served = await serveRecords();
    await appendTo(served.store, aRecord(by('ada')), aRecord(by('ada')));
    const head = await served.store.head();
    for (const query of ['person=ada&limit=1', 'person=ada&limit=1&after=2', 'person=eve'])
      await found(served, query);
    expect(await readingsIn(served)).toEqual([
      `searched records 1 to ${head.seq} for person "ada"`,
      `searched records 1 to ${head.seq + 1} for person "eve"`,
    ]);
  });

  it('leaves no record of waiting for what comes after the end', async () => {
    const served = await serveRecords();
    const { at } = await found(served, 'person=ada');
    await found(served, `person=ada&after=${at + 1}`);
    expect(await readingsIn(served)).toHaveLength(1);
    expect((await found(served, `person=ada&after=${at + 1}`)).lines).toEqual([]);
  });

  it('holds up neither appends nor others where readers ask for all and hang up', async () => {
    const served = await serveRecords();
    for (let group = 0; group < 20; group++) {
      const name = (at: number) => by(`person-${at % 7}`);
      await appendTo(served.store, ...Array.from({ length: 250 }, (_, at) => aRecord(name(at))));
    }
    const dispatcher = new Agent({ connect: { ca: served.ca } });
    onTestFinished(() => dispatcher.destroy());
    const headers = { authorization: 'Bearer auditor' };
    const hangUps = Array.from({ length: 12 }, async () => {
      const asked = new AbortController();
      const url = `${served.url}/v1/search?user-type=support+user&limit=1000`;
      const asking = request(url, { dispatcher, headers, signal: asked.signal });
      setImmediate(() => asked.abort());
      await asking.then(async ({ body }) => body.dump()).catch(() => undefined);
    });
    const appended = appendTo(served.store, aRecord(by('eve')));
    await Promise.all(hangUps);
    expect((await appended).ok).toBe(true);
    expect(seqsIn(await found(served, 'person=eve'))).toHaveLength(1);
    expect(served.faults).toEqual([]);
  });

  it('is for who may read alone', async () => {
    const served = await serveRecords();
    expect((await ask(served, 'person=ada', 'powerless')).status).toBe(403);
    expect((await ask(served, 'person=ada', 'stranger')).status).toBe(401);
    expect(await readingsIn(served)).toEqual([]);
  });

  it('is refused with the field, the value, the rule and an example', async () => {
    const served = await serveRecords();
    const { status, text } = await ask(served, 'limit=1000000');
    expect(status).toBe(422);
    expect(text).toContain('must be a whole number from 1 to 1000; write for example limit=50');
    expect(await readingsIn(served)).toEqual([]);
  });

  it('says how far the index is while it is made, and when to ask again', async () => {
    const { store } = await serveRecords();
    const search: RecordSearch = {
      search: () => Promise.resolve({ state: 'indexing', done: 4096, of: 9000 }),
      close: () => Promise.resolve(),
    };
    const served = await startRecordsServer({ store, search, access: namedAccess });
    onTestFinished(() => served.close());
    const { status, text, retryAfter } = await ask(served, 'person=ada');
    expect([status, retryAfter]).toEqual([503, '5']);
    expect(text).toContain(
      'the index of the records is being made, and 4096 of 9000 are in it; try again in 5 seconds',
    );
  });
});
