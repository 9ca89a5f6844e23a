import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type HealthServer, serveHealth } from '../../../process/health.ts';
import { createMetrics } from '../../../process/metrics.ts';
import { valueIn } from '../../kit/metrics/exposition.ts';

const { metrics, page } = createMetrics({
  made: { type: 'counter', name: 'things_made_total', help: 'Things that were made.' },
});
metrics.made.add({}, 3);

const state = { ready: true, alive: true, missing: [] as string[] };
let health: HealthServer;

beforeEach(async () => {
  health = await serveHealth({
    bind: '127.0.0.1',
    port: 0,
    isReady: () => state.ready,
    missing: () => state.missing,
    isAlive: () => state.alive,
    metrics: page,
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

it('says of what is not ready what it waits for', async () => {
  Object.assign(state, { ready: false, alive: true, missing: ['the API server: ECONNREFUSED', 'a volume'] });
  expect(await ask('/readyz')).toEqual([503, 'no\nthe API server: ECONNREFUSED\na volume\n']);
});

describe('a start', () => {
  async function aStarting() {
    const time = { passed: 0 };
    const isReady = (): boolean => state.ready;
    const starting = await serveHealth({
      bind: '127.0.0.1',
      port: 0,
      isReady,
      isAlive: () => true,
      metrics: page,
      monotonic: () => time.passed,
    });
    onTestFinished(() => starting.close());
    const url = `http://127.0.0.1:${starting.port}`;
    const answers: number[] = [];
    const startz = async (): Promise<number> => {
      const { status } = await fetch(`${url}/startz`);
      answers.push(status);
      return status;
    };
    return { url, time, answers, startz };
  }

  beforeEach(() => {
    state.ready = false;
  });

  it('is told in the moment in which the process is ready, to all who asked', async () => {
    const { url, startz, answers } = await aStarting();
    const all = Array.from({ length: 20 }, startz);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(answers).toEqual([]);
    state.ready = true;
    expect(new Set(await Promise.all(all))).toEqual(new Set([200]));
  });

  it('is over after twenty seconds, and no later question is kept waiting though it is not ready', async () => {
    const { time, startz, answers } = await aStarting();
    const first = startz();
    time.passed = 19_900;
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(answers).toEqual([]);
    time.passed = 20_000;
    await first;
    expect(await startz()).toBe(200);
  });
});

it('serves the metrics as Prometheus asks for them', async () => {
  const response = await fetch(`http://127.0.0.1:${health.port}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(valueIn(await response.text(), 'things_made_total')).toBe(3);
});

it('says no more than no where the metrics cannot be told, and prints nothing', async () => {
  const broken = { contentType: 'text/plain', text: () => Promise.reject(new Error('secret')) };
  const one = await serveHealth({
    bind: '127.0.0.1',
    port: 0,
    isReady: () => true,
    isAlive: () => true,
    metrics: broken,
  });
  onTestFinished(() => one.close());
  const printed = vi.spyOn(console, 'error');
  onTestFinished(() => printed.mockRestore());
  const response = await fetch(`http://127.0.0.1:${one.port}/metrics`);
  expect([response.status, await response.text()]).toEqual([500, 'no\n']);
  expect(printed).not.toHaveBeenCalled();
});

it('has nothing else', async () => {
  expect((await ask('/'))[0]).toBe(404);
  expect((await ask('/metrics/more'))[0]).toBe(404);
});

it('does not start on a port that is taken', async () => {
  const again = { bind: '127.0.0.1', port: health.port, isReady: () => true, isAlive: () => true };
  await expect(serveHealth({ ...again, metrics: page })).rejects.toThrow('--health-port=');
});
