import { expect, it } from 'vitest';
import { createWaiting } from '../../../process/waiting.ts';

const away = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), { code: 'ECONNREFUSED' });

it('a step is taken until it succeeds, and what is missing is told meanwhile with its cause', async () => {
  const logged: string[] = [];
  const stopping = new AbortController().signal;
  const waiting = createWaiting({ log: { warn: (_, message) => logged.push(message) }, stopping });
  let tries = 0;
  const done = waiting.until('the API server', async () => {
    tries += 1;
    if (tries < 3) throw new Error('no response', { cause: away });
    return 'there';
  });
  await expect
    .poll(() => waiting.missing())
    .toEqual([
      'the API server: no response: nothing listens at the host; start the server or correct the address',
    ]);
  expect(await done).toBe('there');
  expect(waiting.missing()).toEqual([]);
  expect(logged).toHaveLength(1);
});

it('a process that is told to stop waits no longer', async () => {
  const stopping = new AbortController();
  const waiting = createWaiting({ log: { warn: () => undefined }, stopping: stopping.signal });
  const waited = waiting.until('a volume', async () => {
    throw away;
  });
  stopping.abort(new Error('told to stop'));
  await expect(waited).rejects.toThrow();
});
