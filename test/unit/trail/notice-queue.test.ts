/** The queue of notices over the network: for the operator alone, and on a connection of its own. */
import { expect, it, onTestFinished } from 'vitest';
import { createNoticeQueue } from '../../../trail/client.ts';
import { serveRecords } from '../../kit/records/served-records.ts';

const look = { kind: 'look', types: ['policy.enabled'], now: 0, limit: 10 } as const;

async function aQueue(token = 'operator') {
  const served = await serveRecords();
  const queue = createNoticeQueue({
    url: served.url,
    ca: () => served.ca,
    token: () => Promise.resolve(token),
  });
  onTestFinished(() => queue.close());
  return { served, queue };
}

it('the operator looks, puts and settles', async () => {
  const { queue } = await aQueue();
  const { from, to } = await queue.ask(look);
  const who = { certainty: 'unknown' } as const;
  const notice = { event: 'AccessEnabled', at: 0, who, installation: { host: 'h' } } as const;
  const entry = { key: 'k', recipient: 'a@example.com', folds: false, notice, dueAt: 0 };
  await queue.ask({ kind: 'put', from, to, entries: [entry], now: 5 });
  expect((await queue.ask(look)).due).toEqual([
    { key: 'k', recipient: 'a@example.com', notice, dueAt: 0, since: 5, attempts: 0 },
  ]);
  expect(await queue.ask({ kind: 'settle', key: 'k', dueAt: undefined })).toMatchObject({ waiting: 0 });
});

it('a leader that another one has overtaken is told so', async () => {
  const { queue } = await aQueue();
  const { from, to } = await queue.ask(look);
  const late = queue.ask({ kind: 'put', from: from + 1, to: to + 1, entries: [], now: 0 });
  await expect(late).rejects.toMatchObject({ code: 'records_conflict' });
});

it.each(['gateway', 'auditor', 'stranger'])('%s learns nothing of it', async (token) => {
  const { queue } = await aQueue(token);
  await expect(queue.ask(look)).rejects.toThrow(/the records refused the call with status 40[13]/);
});

it('records that are away are away for the queue too', async () => {
  const { queue, served } = await aQueue();
  served.setAway(true);
  await expect(queue.ask(look)).rejects.toMatchObject({ code: 'records_unavailable' });
});

it.each([
  ['nothing', {}],
  ['another kind', { ...look, kind: 'drop' }],
  ['a limit without end', { ...look, limit: 1e9 }],
  ['an entry without a key', { kind: 'put', from: 0, to: 0, now: 0, entries: [{ recipient: 'a' }] }],
  [
    'an entry that does not say whether it folds',
    { kind: 'put', from: 0, to: 0, now: 0, entries: [{ key: 'k' }] },
  ],
])('%s is no ask', async (_what, ask) => {
  const { queue } = await aQueue();
  await expect(queue.ask(ask as never)).rejects.toThrow(
    'the body must look, put at most 500 entries, or settle one',
  );
});
