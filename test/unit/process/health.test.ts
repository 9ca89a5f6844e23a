import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HealthServer, serveHealth } from '../../../process/health.ts';

const state = { ready: true, alive: true, missing: [] as string[] };
let health: HealthServer;

beforeEach(async () => {
  health = await serveHealth({
    bind: '127.0.0.1',
    port: 0,
    isReady: () => state.ready,
    missing: () => state.missing,
    isAlive: () => state.alive,
    metrics: () => [
      { name: 'made_total', help: 'What was\nmade.', type: 'counter', value: 3 },
      { name: 'open', help: 'What is open.', type: 'gauge', value: 0.5 },
    ],
  });
});
afterEach(() => health.close());

async function ask(path: string): Promise<[number, string]> {
  const response = await fetch(`http://127.0.0.1:${health.port}${path}`);
  return [response.status, await response.text()];
}

it('says whether the process is alive and ready, each by itself', async () => {
  for (const [ready, alive] of [
    [true, true],
    [false, true],
    [true, false],
  ] as const) {
    Object.assign(state, { ready, alive });
    expect((await ask('/readyz'))[0]).toBe(ready ? 200 : 503);
    expect((await ask('/healthz'))[0]).toBe(alive ? 200 : 503);
  }
});

it('says of what is not ready what it waits for, and answers a start when it is there', async () => {
  Object.assign(state, { ready: false, alive: true, missing: ['the API server: ECONNREFUSED', 'a volume'] });
  expect(await ask('/readyz')).toEqual([503, 'no\nthe API server: ECONNREFUSED\na volume\n']);
  let answered = false;
  const start = ask('/startz').then((answer) => {
    answered = true;
    return answer;
  });
  await ask('/healthz');
  expect(answered).toBe(false);
  Object.assign(state, { ready: true, missing: [] });
  expect(await start).toEqual([200, 'ok\n']);
});

it('gives each metric with its help and its type, on lines of their own', async () => {
  expect(await ask('/metrics')).toEqual([
    200,
    [
      '# HELP supportaccess_made_total What was\\nmade.',
      '# TYPE supportaccess_made_total counter',
      'supportaccess_made_total 3',
      '# HELP supportaccess_open What is open.',
      '# TYPE supportaccess_open gauge',
      'supportaccess_open 0.5',
      '',
    ].join('\n'),
  ]);
});

it('has nothing else', async () => {
  expect((await ask('/'))[0]).toBe(404);
  expect((await ask('/metrics/more'))[0]).toBe(404);
});

it('does not start on a port that is taken', async () => {
  const again = { bind: '127.0.0.1', port: health.port, isReady: () => true, isAlive: () => true };
  await expect(serveHealth({ ...again, metrics: () => [] })).rejects.toThrow('EADDRINUSE');
});
