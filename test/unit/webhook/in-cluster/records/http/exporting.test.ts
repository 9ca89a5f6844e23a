/** A part is given to whom it was recorded for, as far as it was recorded, and to no one else. */
import { Agent, request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canonicalRecord } from '../../../../../../crds/audit/record.ts';
import { newRecordId } from '../../../../../../trail/trail.ts';
import type { ExportResponse } from '../../../../../../trail/wire.ts';
import type { Caller } from '../../../../../../webhook/callers/token-review.ts';
import { readingRate } from '../../../../../../webhook/in-cluster/records/http/reading-bounds.ts';
import { createReadings } from '../../../../../../webhook/in-cluster/records/http/readings.ts';
import { aStepClock } from '../../../../../kit/clock/step-clock.ts';
import { aRecord, withFields } from '../../../../../kit/objects/record.ts';
import type { RecordsServer } from '../../../../../kit/records/records-server.ts';
import { accountCaller, namedAccess, serveRecords } from '../../../../../kit/records/served-records.ts';
import { appendTo } from '../../../../../kit/records/store-file.ts';

interface Asked {
  readonly token?: string;
  readonly body?: object;
}

async function ask(served: RecordsServer, path: string, { token = 'auditor', body }: Asked = {}) {
  const dispatcher = new Agent({ connect: { ca: served.ca } });
  onTestFinished(() => dispatcher.destroy());
  const response = await request(`${served.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    dispatcher,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: response.statusCode, text: await response.body.text() };
}

async function threeRecords() {
  const server = await serveRecords();
  await appendTo(server.store, aRecord(), aRecord(), aRecord());
  return server;
}

const exportOf = async (server: RecordsServer, body: object = {}): Promise<ExportResponse> =>
  JSON.parse((await ask(server, '/v1/exports', { body })).text) as ExportResponse;
const linesIn = (text: string): number => text.split('\n').filter(Boolean).length;

describe('an export over HTTP', () => {
  it('goes to the end as it was when it was asked for, without the record of itself', async () => {
    const server = await threeRecords();
    const asked = await exportOf(server);
    expect(asked).toMatchObject({
      after: 0,
      until: 4,
      head: { seq: 4 },
      person: accountCaller('auditor').username,
    });
    const { status, text } = await ask(server, `/v1/exports/${asked.id}?after=0&limit=5000`);
    expect([status, linesIn(text)]).toEqual([200, 4]);
    expect((await server.all()).map(({ type }) => type).slice(4)).toEqual(['audit.exported']);
  });

  it('gives nothing beyond the range that was recorded', async () => {
    const server = await threeRecords();
    const { id } = await exportOf(server, { after: 1, until: 3 });
    expect(linesIn((await ask(server, `/v1/exports/${id}?after=1`)).text)).toBe(2);
    for (const after of [0, 3, 4])
      expect((await ask(server, `/v1/exports/${id}?after=${after}`)).status, String(after)).toBe(404);
  });

  it('gives nothing to another person, and nothing of a record that is no export', async () => {
    const server = await threeRecords();
    const { id } = await exportOf(server);
    const byOther = await ask(server, `/v1/exports/${id}`, { token: 'restorer' });
    expect([byOther.status, byOther.text]).toEqual([
      404,
      expect.stringContaining('must be one that you asked for within a day'),
    ]);
    for (const other of [newRecordId(Date.now()), (await server.all())[0]?.id])
      expect((await ask(server, `/v1/exports/${other}`)).status).toBe(404);
  });

  it('costs what a page costs, since it leaves a record as well', async () => {
    const server = await threeRecords();
    const asked = await exportOf(server);
    const { person } = asked;
    const readings = createReadings({ store: server.store, clock: aStepClock() });
    const bounded = await serveRecords({ store: server.store, readings });
    for (let page = 0; page < readingRate.pages; page += 1) {
      const turn = readings.begin(person);
      if (typeof turn !== 'string') turn.end();
    }
    const { seq } = await server.store.head();
    const refused = await ask(bounded, '/v1/exports', { body: {} });
    expect([refused.status, refused.text]).toEqual([429, expect.stringContaining('a person may read')]);
    expect((await server.store.head()).seq).toBe(seq);
  });

  it('gives nothing a day later', async () => {
    const server = await threeRecords();
    const id = newRecordId(0);
    const old = aRecord(
      withFields({
        id,
        key: `audit.exported/${id}`,
        type: 'audit.exported',
        time: new Date(Date.now() - 25 * 3_600_000).toISOString(),
        actor: { kind: 'system', name: accountCaller('auditor').username },
        target: { area: 'records', parameters: { first: '1', last: '3', format: 'jsonl' } },
      }),
    );
    await server.store.append({ writer: 'store', records: [canonicalRecord(old)] });
    expect((await ask(server, `/v1/exports/${id}`)).status).toBe(404);
  });

  it.each([
    [{ format: 'pdf' }, 'format must be jsonl or csv, for example'],
    [
      { after: 4 },
      'after and until must be sequence numbers of the log with records between them, which ends at 4',
    ],
    [{ until: 9 }, 'after and until must be sequence numbers'],
    [{ after: -1 }, 'after and until must be sequence numbers'],
    [{ after: '1' }, 'after and until must be sequence numbers'],
  ])('refuses %j and records nothing', async (body, says) => {
    const server = await threeRecords();
    const { status, text } = await ask(server, '/v1/exports', { body });
    expect([status, text]).toEqual([422, expect.stringContaining(says)]);
    expect((await server.store.head()).seq).toBe(4);
  });

  it('needs the verb export for the range and for each page: the verb get is none', async () => {
    const may = ({ username }: Caller, { verb }: { readonly verb: string }) =>
      Promise.resolve(verb === 'get' && username.endsWith('-auditor'));
    const server = await serveRecords({ access: { ...namedAccess, may } });
    expect((await ask(server, '/v1/records')).status).toBe(200);
    const refused = await ask(server, '/v1/exports', { body: {} });
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringContaining('the right export on auditrecords'),
    ]);
    expect((await ask(server, `/v1/exports/${newRecordId(0)}`)).status).toBe(403);
  });
});
