import { Agent, type Dispatcher, request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TooManyCallers } from '../../../../../../webhook/callers/token-review.ts';
import { aRecord, asIntent, ofOperator, withFields } from '../../../../../kit/objects/record.ts';
import type { RecordsServer } from '../../../../../kit/records/records-server.ts';
import { namedAccess, serveRecords } from '../../../../../kit/records/served-records.ts';
import { linesOf } from '../../../../../kit/records/store-file.ts';

interface Asked {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Dispatcher.ResponseData['headers'];
}

async function ask(served: RecordsServer, path: string, asked: Asked = {}): Promise<Answer> {
  const dispatcher = new Agent({ connect: { ca: served.ca } });
  onTestFinished(() => dispatcher.destroy());
  const { method = 'GET', token, body, headers = {} } = asked;
  const answer = await request(`${served.url}${path}`, {
    method,
    dispatcher,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: typeof body === 'string' || body === undefined ? (body ?? null) : JSON.stringify(body),
  });
  return { status: answer.statusCode, text: await answer.body.text(), headers: answer.headers };
}

const append = (served: RecordsServer, token: string, ...groups: unknown[]): Promise<Answer> =>
  ask(served, '/v1/records', { method: 'POST', token, body: { groups } });

describe('appending over HTTP', () => {
  it('answers with receipts once the records are durable', async () => {
    const served = await serveRecords();
    const record = aRecord();
    const { status, text } = await append(served, 'gateway', [record]);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ results: [{ receipts: [{ id: record.id, seq: 2 }] }] });
    expect((await linesOf(served.store))[1]).toContain('"writer":"gateway"');
  });

  it('judges the groups of one call one by one', async () => {
    const served = await serveRecords();
    const record = aRecord();
    const { text } = await append(
      served,
      'gateway',
      [record],
      [{ ...record, message: 'other' }],
      [{}],
      [aRecord()],
    );
    expect(JSON.parse(text)).toMatchObject({
      results: [
        { receipts: [{}] },
        { code: 'records_conflict' },
        { code: 'records_invalid' },
        { receipts: [{}] },
      ],
    });
  });

  it('takes the writer from the account and never from the records', async () => {
    const served = await serveRecords();
    const { text } = await append(served, 'gateway', [aRecord(ofOperator)]);
    expect(JSON.parse(text)).toMatchObject({ results: [{ code: 'records_invalid' }] });
    const claimed = await append(served, 'gateway', [{ ...aRecord(), writer: 'operator', seq: '9' }]);
    expect(JSON.parse(claimed.text)).toMatchObject({ results: [{ code: 'records_invalid' }] });
    expect(await linesOf(served.store)).toHaveLength(1);
  });

  it.each([
    ['without a token', undefined, 401],
    ['with an unknown token', 'nobody', 401],
    ['with a token that may only read', 'auditor', 403],
    ['with a token that may nothing', 'powerless', 403],
    ['with the right but not as a writer', 'webhook', 403],
  ])('refuses %s, and writes nothing', async (_what, token, status) => {
    const served = await serveRecords();
    const body = { groups: [[aRecord()]] };
    const answer = await ask(served, '/v1/records', {
      method: 'POST',
      body,
      ...(token === undefined ? {} : { token }),
    });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'records_forbidden' });
    expect(await linesOf(served.store)).toHaveLength(1);
  });

  it.each([
    ['no JSON', 'groups', 400],
    ['no groups', '{}', 422],
    ['an empty list of groups', '{"groups":[]}', 422],
    ['too many groups', JSON.stringify({ groups: Array.from({ length: 129 }, () => []) }), 422],
    ['more than a mebibyte', JSON.stringify({ groups: [['x'.repeat(1024 * 1024)]] }), 413],
  ])('refuses a body with %s', async (_what, body, status) => {
    const served = await serveRecords();
    expect((await ask(served, '/v1/records', { method: 'POST', token: 'gateway', body })).status).toBe(
      status,
    );
  });

  it('refuses a body that is not application/json', async () => {
    const served = await serveRecords();
    const headers = { 'content-type': 'text/plain' };
    const answer = await ask(served, '/v1/records', {
      method: 'POST',
      token: 'gateway',
      body: '{}',
      headers,
    });
    expect(answer.status).toBe(415);
  });

  it('stores foreign text escaped, one line a record', async () => {
    const served = await serveRecords();
    await append(served, 'gateway', [aRecord(withFields({ message: 'a\r\n{"seq":"9"}\u001b[2J\u202e' }))]);
    const [, line] = await linesOf(served.store);
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  it('answers 503 with a code of its own when the store is halted', async () => {
    const served = await serveRecords();
    await served.store.close();
    const { status, text } = await append(served, 'gateway', [aRecord(asIntent)]);
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ code: 'records_halted' });
  });

  it('answers 503 and says nothing more when the API server cannot be asked', async () => {
    const away = new Error('connect ECONNREFUSED 10.0.0.1:443');
    const served = await serveRecords({ access: { ...namedAccess, callerOf: () => Promise.reject(away) } });
    const { status, text } = await append(served, 'gateway', [aRecord()]);
    expect(status).toBe(503);
    expect(text).not.toContain('ECONNREFUSED');
    expect(served.faults).toEqual([away]);
  });
});

it('answers 429 without a word in the log when too many unknown callers come at once', async () => {
  const access = { ...namedAccess, callerOf: () => Promise.reject(new TooManyCallers()) };
  const served = await serveRecords({ access });
  const { status, text } = await append(served, 'gateway', [aRecord()]);
  expect([status, JSON.parse(text)]).toMatchObject([429, { code: 'records_unavailable' }]);
  expect(served.faults).toEqual([]);
});

describe('reading over HTTP', () => {
  it('gives canonical lines in order, by pages', async () => {
    const served = await serveRecords();
    await append(served, 'gateway', [aRecord(), aRecord(), aRecord()]);
    const first = await ask(served, '/v1/records?limit=3', { token: 'auditor' });
    const second = await ask(served, '/v1/records?after=3&limit=1', { token: 'auditor' });
    const lines = (await linesOf(served.store)).slice(0, 4);
    const third = await ask(served, '/v1/records?after=99', { token: 'auditor' });
    expect(first.headers['content-type']).toBe('application/x-ndjson');
    expect(`${first.text}${second.text}`).toBe(`${lines.join('\n')}\n`);
    expect(third.text).toBe('');
  });

  it('names the head', async () => {
    const served = await serveRecords();
    const { text } = await ask(served, '/v1/head', { token: 'auditor' });
    expect(JSON.parse(text)).toEqual(await served.store.head());
  });

  it.each(['after=-1', 'after=1e3', 'limit=0', 'limit=1001', 'after=1&after=2', 'seq=1', 'after=%31x'])(
    'refuses the query %s',
    async (query) => {
      const served = await serveRecords();
      expect((await ask(served, `/v1/records?${query}`, { token: 'auditor' })).status).toBe(422);
    },
  );

  it.each([
    ['/v1/records', 'gateway', 403],
    ['/v1/head', 'gateway', 403],
    ['/v1/records', 'nobody', 401],
    ['/v1/other', 'auditor', 404],
  ])('answers %s for %s with %i', async (path, token, status) => {
    const served = await serveRecords();
    expect((await ask(served, path, { token })).status).toBe(status);
  });

  it('has no way to change or remove a record', async () => {
    const served = await serveRecords();
    expect((await ask(served, '/v1/records', { method: 'DELETE', token: 'auditor' })).status).toBe(404);
  });
});
