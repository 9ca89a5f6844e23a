import { describe, expect, it, onTestFinished } from 'vitest';
import type { StoredRecord } from '../../../crds/audit/record.ts';
import { createTrail } from '../../../trail/client.ts';
import type { Trail } from '../../../trail/trail.ts';
import type { RecordStore } from '../../../webhook/in-cluster/records/store.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { startTcpFaultProxy, type TcpFaultProxy } from '../../kit/control-plane/tcp-fault-proxy.ts';
import { aRecord, asIntent, asOutcomeOf, ofOperator } from '../../kit/objects/record.ts';
import type { RecordsServer } from '../../kit/records/records-server.ts';
import { namedAccess, serveRecords } from '../../kit/records/served-records.ts';
import { linesOf, verificationOf } from '../../kit/records/store-file.ts';

interface Options {
  readonly url?: string;
  readonly token?: () => Promise<string>;
  readonly ca?: () => string;
}

function aTrail(served: RecordsServer, options: Options = {}): Trail {
  const { url = served.url, token = () => Promise.resolve('gateway'), ca = () => served.ca } = options;
  const trail = createTrail({ url, ca, token, writer: 'gateway' });
  onTestFinished(() => trail.close(0));
  return trail;
}

async function aFaultyLine(served: RecordsServer): Promise<TcpFaultProxy> {
  const proxy = await startTcpFaultProxy(served);
  onTestFinished(() => proxy.stop());
  return proxy;
}

async function recordsOf(store: RecordStore): Promise<StoredRecord[]> {
  return (await linesOf(store)).map((line) => JSON.parse(line) as StoredRecord);
}

describe('the trail over the network', () => {
  it('appends, and gives receipts in order', async () => {
    const served = await serveRecords();
    const intent = aRecord(asIntent);
    const receipts = await aTrail(served).append([intent, aRecord(asOutcomeOf(intent))]);
    expect(receipts.map(({ seq }) => seq)).toEqual([2, 3]);
  });

  it('carries 500 callers at once over one connection', async () => {
    const served = await serveRecords();
    const trail = aTrail(served);
    const records = Array.from({ length: 500 }, () => aRecord());
    const receipts = await Promise.all(
      records.map((record) => trail.append([record], { deadlineMs: 20_000 })),
    );
    expect(receipts.map(([receipt]) => receipt?.id)).toEqual(records.map(({ id }) => id));
    expect(served.connections()).toBe(1);
    expect(await verificationOf(served.store)).toMatchObject({ state: 'good', records: 501 });
  });

  it('tells each caller its own refusal', async () => {
    const served = await serveRecords();
    const trail = aTrail(served);
    const record = aRecord();
    await trail.append([record]);
    const answers = await Promise.allSettled([
      trail.append([aRecord()]),
      trail.append([{ ...record, message: 'other' }]),
      trail.append([aRecord(ofOperator)]),
    ]);
    expect(answers).toMatchObject([
      { status: 'fulfilled' },
      { reason: { code: 'records_conflict' } },
      { reason: { code: 'records_invalid' } },
    ]);
  });

  it('writes once although the connection broke before the answer came', async () => {
    const served = await serveRecords();
    const proxy = await aFaultyLine(served);
    const trail = aTrail(served, { url: proxy.url });
    await trail.append([aRecord()]);
    const record = aRecord();
    proxy.delay(400);
    const appending = trail.append([record]);
    await eventually(async () => expect(await recordsOf(served.store)).toHaveLength(3), {
      within: 1500,
      every: 10,
    });
    proxy.cut();
    await proxy.pass();
    expect(await appending).toMatchObject([{ id: record.id, seq: 3 }]);
    expect(await recordsOf(served.store)).toHaveLength(3);
  });

  it('comes through a half-open connection within the two seconds of its caller', async () => {
    const served = await serveRecords();
    const proxy = await aFaultyLine(served);
    const trail = aTrail(served, { url: proxy.url });
    await trail.append([aRecord()]);
    proxy.silence();
    const appending = trail.append([aRecord()]);
    await eventually(() => expect(trail.health().reachable).toBe(false), { within: 1800, every: 10 });
    await proxy.pass();
    expect(await appending).toHaveLength(1);
  });

  it('says unavailable at the deadline, not later, and follows the intent with an outcome once it can', async () => {
    const served = await serveRecords();
    const proxy = await aFaultyLine(served);
    const trail = aTrail(served, { url: proxy.url });
    await proxy.refuse();
    const intent = aRecord(asIntent);
    const started = performance.now();
    await expect(trail.append([intent], { deadlineMs: 300 })).rejects.toMatchObject({
      code: 'records_unavailable',
    });
    expect(performance.now() - started).toBeLessThan(1000);
    await proxy.pass();
    await eventually(() => expect(trail.health()).toMatchObject({ reachable: true, waiting: 0, lost: 0 }));
    expect((await recordsOf(served.store)).slice(1)).toMatchObject([
      { id: intent.id, phase: 'intent' },
      { phase: 'outcome', cause: intent.id, outcome: { status: 503, reason: 'RecordsUnavailable' } },
    ]);
  });

  it('never lets taking access away wait, and records it when the door is back', async () => {
    const served = await serveRecords();
    const proxy = await aFaultyLine(served);
    const trail = aTrail(served, { url: proxy.url });
    await proxy.refuse();
    const record = aRecord();
    expect(trail.appendInBackground([record])).toBe(true);
    expect(trail.health().waiting).toBe(1);
    await eventually(() => expect(trail.health().reachable).toBe(false));
    await proxy.pass();
    await eventually(async () =>
      expect((await recordsOf(served.store)).map(({ id }) => id)).toContain(record.id),
    );
  });

  it('tries again with the token that its file holds now', async () => {
    const served = await serveRecords();
    let asked = 0;
    const token = (): Promise<string> => {
      asked += 1;
      return Promise.resolve(asked === 1 ? 'expired' : 'gateway');
    };
    expect(await aTrail(served, { token }).append([aRecord()])).toHaveLength(1);
  });

  it('takes a CA that was replaced while it runs, at the next connection', async () => {
    const served = await serveRecords();
    const other = await serveRecords();
    let ca = other.ca;
    const trail = aTrail(served, { ca: () => ca });
    await expect(trail.append([aRecord()], { deadlineMs: 300 })).rejects.toMatchObject({
      code: 'records_unavailable',
    });
    expect(await recordsOf(served.store)).toHaveLength(1);
    ca = served.ca;
    expect(await trail.append([aRecord()])).toHaveLength(1);
  });

  it.each([
    ['halted store', 'records_halted'],
    ['forbidden caller', 'records_forbidden'],
  ])('does not wait for the deadline at a %s', async (_what, code) => {
    const access =
      code === 'records_forbidden' ? { ...namedAccess, may: () => Promise.resolve(false) } : namedAccess;
    const served = await serveRecords({ access });
    if (code === 'records_halted') await served.store.close();
    await expect(aTrail(served).append([aRecord()], { deadlineMs: 60_000 })).rejects.toMatchObject({ code });
  });

  it('stops waiting when its caller does', async () => {
    const served = await serveRecords();
    const proxy = await aFaultyLine(served);
    proxy.silence();
    const trail = aTrail(served, { url: proxy.url });
    const caller = new AbortController();
    const appending = trail.append([aRecord()], { signal: caller.signal, deadlineMs: 60_000 });
    caller.abort();
    await expect(appending).rejects.toMatchObject({ code: 'records_unavailable' });
  });
});
