/** That the records were read is itself a record, with the person who did it. */
import { Agent, request } from 'undici';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { StoredRecord } from '../../../../../../crds/audit/record.ts';
import type { Caller } from '../../../../../../webhook/callers/token-review.ts';
import { type Readings, readRecord } from '../../../../../../webhook/in-cluster/records/http/readings.ts';
import type { Readers } from '../../../../../../webhook/in-cluster/records/readers.ts';
import { aRecord } from '../../../../../kit/objects/record.ts';
import type { RecordsServer } from '../../../../../kit/records/records-server.ts';
import { accountCaller, namedAccess, serveRecords } from '../../../../../kit/records/served-records.ts';
import { appendTo } from '../../../../../kit/records/store-file.ts';

const grace: Caller = { username: 'grace', groups: ['platform-team', 'system:authenticated'] };

/** Every connection without a token is grace's, and the auditor's account is ada's. */
const readers: Readers = {
  certificateCaller: () => grace,
  personOf: (username) =>
    Promise.resolve(username === accountCaller('auditor').username ? 'ada@example.com' : username),
  follow: () => () => undefined,
};
const access = {
  ...namedAccess,
  may: (caller: Caller, right: Parameters<typeof namedAccess.may>[1]) =>
    caller === grace ? Promise.resolve(true) : namedAccess.may(caller, right),
};

interface Asked {
  readonly token?: string;
  readonly method?: 'GET' | 'POST';
  readonly authorization?: string;
}

async function ask(
  served: RecordsServer,
  path: string,
  { token, method = 'GET', authorization }: Asked = {},
) {
  const dispatcher = new Agent({ connect: { ca: served.ca } });
  onTestFinished(() => dispatcher.destroy());
  const credential = token === undefined ? authorization : `Bearer ${token}`;
  const response = await request(`${served.url}${path}`, {
    method,
    dispatcher,
    headers: {
      ...(credential === undefined ? {} : { authorization: credential }),
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    body: method === 'POST' ? JSON.stringify({ groups: [[aRecord()]] }) : null,
  });
  const retryAfter = response.headers['retry-after'];
  return { status: response.statusCode, text: await response.body.text(), retryAfter };
}

const readingsIn = async (served: RecordsServer): Promise<StoredRecord[]> =>
  (await served.all()).filter(({ type }) => type === 'audit.read');

describe('reading over HTTP', () => {
  it('is recorded before a line is given, with the person of the certificate and what was read', async () => {
    const served = await serveRecords({ readers, access });
    await appendTo(served.store, aRecord(), aRecord());
    const { status, text } = await ask(served, '/v1/records?after=1&limit=50');
    expect(status).toBe(200);
    expect(text.trimEnd().split('\n')).toHaveLength(2);
    expect(await readingsIn(served)).toMatchObject([
      {
        writer: 'store',
        code: 'SAA06I',
        actor: { kind: 'customer_admin', name: 'grace' },
        target: { area: 'records', action: 'read' },
        message: 'read records 2 to 3',
      },
    ]);
  });

  it('names the person of a reader account, and the account', async () => {
    const served = await serveRecords({ readers, access });
    await ask(served, '/v1/records', { token: 'auditor' });
    const { username } = accountCaller('auditor');
    expect(await readingsIn(served)).toMatchObject([
      { actor: { name: 'ada@example.com' }, message: `read records 1 to 1, as ${username}` },
    ]);
  });

  it('is not recorded where nothing was read: no line, or a call that is refused', async () => {
    const served = await serveRecords({ readers, access });
    expect((await ask(served, '/v1/records?after=7')).text).toBe('');
    expect((await ask(served, '/v1/records?after=x')).status).toBe(422);
    expect((await ask(served, '/v1/records', { token: 'powerless' })).status).toBe(403);
    expect(await readingsIn(served)).toEqual([]);
  });

  it('of the same again is counted, and not recorded each time', async () => {
    const served = await serveRecords({ readers, access });
    for (let times = 0; times < 5; times += 1)
      expect((await ask(served, '/v1/records?limit=1')).text).toContain('audit.started');
    expect(await readingsIn(served)).toHaveLength(1);
  });

  it.each([
    ['too many', '6'],
    ['too many at once', '1'],
  ] as const)(
    'is refused before anything is read, with when to ask again, where it is %s',
    async (why, seconds) => {
      const readings: Readings = {
        begin: () => why,
        mayHaveHead: () => false,
        record: () => Promise.reject(new Error('it was read')),
        settle: () => Promise.resolve(),
      };
      const served = await serveRecords({ readers, access, readings });
      const read = vi.spyOn(served.store, 'read');
      const { status, text, retryAfter } = await ask(served, '/v1/records');
      expect({ status, retryAfter }).toEqual({ status: 429, retryAfter: seconds });
      expect(JSON.parse(text)).toMatchObject({ code: 'records_unavailable' });
      expect(read).not.toHaveBeenCalled();
      const head = await ask(served, '/v1/head');
      expect({ status: head.status, retryAfter: head.retryAfter }).toEqual({ status: 429, retryAfter: '1' });
    },
  );

  it('is for two pages of a person at a time, and a page that has left makes room', async () => {
    const served = await serveRecords({ readers, access });
    const going = Promise.withResolvers<void>();
    const { store } = served;
    const read = store.read.bind(store);
    const waiting = vi.spyOn(store, 'read').mockImplementation(async (range) => {
      await going.promise;
      return read(range);
    });
    const two = [ask(served, '/v1/records?limit=1'), ask(served, '/v1/records?limit=1')];
    await vi.waitFor(() => expect(waiting).toHaveBeenCalledTimes(2));
    expect((await ask(served, '/v1/records')).status).toBe(429);
    going.resolve();
    expect((await Promise.all(two)).map(({ status }) => status)).toEqual([200, 200]);
    await vi.waitFor(async () => expect((await ask(served, '/v1/records?limit=1')).status).toBe(200));
  });

  it('is refused where it cannot be recorded', async () => {
    const served = await serveRecords({ readers, access });
    const full = { ok: false, code: 'records_halted', detail: 'database or disk is full' } as const;
    const { store } = served;
    const ready = { append: store.append.bind(store), health: store.health.bind(store) };
    Object.assign(store, {
      append: () => Promise.resolve(full),
      health: () => ({ state: 'halted', reason: full.detail }),
    });
    const { status, text } = await ask(served, '/v1/records');
    Object.assign(store, ready);
    expect(status).toBe(507);
    expect(JSON.parse(text)).toMatchObject({ code: 'records_halted' });
    expect(text).not.toContain('audit.started');
  });

  it('takes the person of a reader account whose binding is gone for no one', async () => {
    const served = await serveRecords({
      access,
      readers: { ...readers, personOf: () => Promise.resolve(undefined) },
    });
    const { status, text } = await ask(served, '/v1/records', { token: 'auditor' });
    expect(status).toBe(403);
    expect(text).toContain('belongs to no person any more');
    expect(await readingsIn(served)).toEqual([]);
  });

  it('takes no certificate for an append, nor beside a token or a header that is none', async () => {
    const served = await serveRecords({ readers, access });
    expect((await ask(served, '/v1/records', { method: 'POST' })).status).toBe(401);
    expect((await ask(served, '/v1/records', { token: 'unknown' })).status).toBe(401);
    expect((await ask(served, '/v1/records', { authorization: 'Basic Z3JhY2U6eA==' })).status).toBe(401);
    expect(await served.all()).toHaveLength(1);
  });
});

describe('the record of a reading', () => {
  const reading = { reader: { person: 'grace', caller: grace }, first: 1, last: 9 };
  const now = 1_790_000_000_000;

  it('has the address of who comes directly, and none where a forwarded port hides it', () => {
    expect(readRecord({ ...reading, peer: '10.1.2.3' }, now).source).toEqual({ ip: '10.1.2.3' });
    for (const peer of ['127.0.0.1', '::1', '::ffff:127.0.0.1', ''])
      expect(readRecord({ ...reading, peer }, now).source).toBeUndefined();
  });

  it('calls a ServiceAccount that stands for itself no person', () => {
    const caller = accountCaller('exporter');
    const told = readRecord({ ...reading, peer: '', reader: { person: caller.username, caller } }, now);
    expect(told.actor).toEqual({ kind: 'system', name: caller.username });
    expect(told.message).toBe('read records 1 to 9');
  });
});
