/** Who hangs up still costs what is being read: a turn ends when the reading has ended, not when the reader has gone. */
import { Agent, request } from 'undici';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ExportResponse } from '../../../../../../trail/wire.ts';
import { readPage } from '../../../../../../webhook/in-cluster/records/http/reading.ts';
import type { RecordSearch } from '../../../../../../webhook/in-cluster/records/search.ts';
import { aRecord } from '../../../../../kit/objects/record.ts';
import { startRecordsServer } from '../../../../../kit/records/records-server.ts';
import { namedAccess, serveRecords } from '../../../../../kit/records/served-records.ts';
import { appendTo } from '../../../../../kit/records/store-file.ts';

/** A server whose reads and searches wait for `going`, and what is under way in it. */
async function aSlowServer() {
  const { store } = await serveRecords();
  await appendTo(store, aRecord(), aRecord(), aRecord());
  const going = Promise.withResolvers<void>();
  const state = { now: 0, most: 0, begun: 0 };
  const noticed = { begins: (): void => undefined };
  const held = async <T>(does: () => Promise<T>): Promise<T> => {
    state.now += 1;
    state.begun += 1;
    noticed.begins();
    state.most = Math.max(state.most, state.now);
    await going.promise;
    state.now -= 1;
    return does();
  };
  const read = store.read.bind(store);
  vi.spyOn(store, 'read').mockImplementation((range) => held(() => read(range)));
  const search: RecordSearch = {
    search: () =>
      held(async () => ({ state: 'found', head: await store.head(), lines: [], at: 4, more: false })),
    close: () => Promise.resolve(),
  };
  const served = await startRecordsServer({ store, search, access: namedAccess });
  const dispatcher = new Agent({ connect: { ca: served.ca } });
  onTestFinished(async () => {
    await dispatcher.destroy();
    await served.close();
  });
  const headers = { authorization: 'Bearer auditor', 'content-type': 'application/json' };
  const ask = (path: string, signal?: AbortSignal) =>
    request(`${served.url}${path}`, { dispatcher, headers, ...(signal && { signal }) });
  const post = async (path: string): Promise<ExportResponse> => {
    const answer = await request(`${served.url}${path}`, { dispatcher, headers, method: 'POST', body: '{}' });
    return (await answer.body.json()) as ExportResponse;
  };
  return { served, state, noticed, going, ask, post };
}

/** Asks and hangs up, again and again, each time when the server is at work on it or has refused it. */
async function hangUp(
  { ask, noticed }: Awaited<ReturnType<typeof aSlowServer>>,
  path: string,
): Promise<void> {
  for (let times = 0; times < 20; times += 1) {
    const asked = new AbortController();
    const begun = new Promise<undefined>((resolve) => {
      noticed.begins = () => resolve(undefined);
    });
    const answer = ask(path, asked.signal).then(
      ({ statusCode }) => statusCode,
      () => 0,
    );
    const first = await Promise.race([answer, begun]);
    if (first !== undefined) expect(first).toBe(429);
    asked.abort();
    await answer;
  }
}

describe('who asks and hangs up', () => {
  it.each([
    ['a page', (at: number) => `/v1/records?after=${at}`, ['read records 3 to 5']],
    ['a search', (at: number) => `/v1/search?person=p${at}`, ['searched records 1 to 5 for person "p2"']],
    ['a page of an export', (at: number, id: string) => `/v1/exports/${id}?after=${at}`, []],
  ])(
    'has no more under way than who stays, and no record of what was not given: %s',
    async (_, pathOf, told) => {
      const slow = await aSlowServer();
      const { id } = await slow.post('/v1/exports');
      await hangUp(slow, pathOf(1, id));
      expect(slow.state).toEqual({ now: 2, most: 2, begun: 2 });
      slow.going.resolve();
      await vi.waitFor(async () => {
        const { statusCode, body } = await slow.ask(pathOf(2, id));
        await body.dump();
        expect(statusCode).toBe(200);
      });
      const readings = (await slow.served.all()).filter(({ type }) => type === 'audit.read');
      expect(readings.map(({ message }) => message)).toEqual(told);
      expect(slow.served.faults).toEqual([]);
    },
  );

  it('has no further part of a page read', async () => {
    const reader = { destroyed: false };
    const read = vi.fn(() => {
      reader.destroyed = true;
      return Promise.resolve(Array.from({ length: 100 }, () => '{}'));
    });
    expect(await readPage({ read }, { after: 0, limit: 1000 }, reader)).toHaveLength(100);
    expect(read).toHaveBeenCalledOnce();
  });

  it('has a turn that ends, also where what was asked for fails', async () => {
    const slow = await aSlowServer();
    const failing = vi.spyOn(slow.served.store, 'read').mockRejectedValue(new Error('the disk is gone'));
    for (let times = 0; times < 5; times += 1) {
      const { statusCode, body } = await slow.ask('/v1/records?after=1');
      await body.dump();
      expect([503, 429]).toContain(statusCode);
    }
    failing.mockRestore();
    slow.going.resolve();
    await vi.waitFor(async () => expect((await slow.ask('/v1/records?after=1')).statusCode).toBe(200));
  });
});
