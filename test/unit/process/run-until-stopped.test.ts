import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import type { Parsed } from '../../../process/flags.ts';
import { createLog } from '../../../process/logging.ts';
import { aborted, runUntilStopped } from '../../../process/run-until-stopped.ts';

type Run = (config: object, stopping: AbortSignal) => Promise<number>;

function aProgram(run: Run, parsed: Parsed<object> = { ok: true, config: { port: 1 } }) {
  const events = new EventEmitter();
  const ended = Promise.withResolvers<number>();
  const lines: string[] = [];
  const log = createLog('test', { write: (line: string) => lines.push(line) });
  const ends = {
    once: (name: string, listener: (cause: unknown) => void) => events.once(name, listener),
    exit: (code: number) => ended.resolve(code),
  };
  void runUntilStopped({ log, parsed, run }, ends);
  return { events, ended: ended.promise, lines };
}

const untilStopped: Run = async (_, stopping) => {
  await aborted(stopping);
  return 7;
};

it.each(['SIGTERM', 'SIGINT'])('a program is told to stop by %s and ends with its own code', async (name) => {
  const { events, ended } = aProgram(untilStopped);
  events.emit(name, name);
  expect(await ended).toBe(7);
});

it('the second signal is left to Node, which ends the process at once', () => {
  const { events } = aProgram(() => new Promise(() => undefined));
  events.emit('SIGINT');
  expect(events.listenerCount('SIGINT')).toBe(0);
});

it.each(['uncaughtException', 'unhandledRejection'])('after an %s it ends with 1', async (name) => {
  const { events, ended, lines } = aProgram(untilStopped);
  events.emit(name, new Error('unexpected'));
  expect(await ended).toBe(1);
  expect(lines.at(-1)).toContain('unexpected');
});

it('a program that fails ends with 1', async () => {
  const { ended } = aProgram(() => Promise.reject(new Error('no port')));
  expect(await ended).toBe(1);
});

it('with settings that cannot be used it does not start, and says each problem', async () => {
  const started: object[] = [];
  const run: Run = async (config) => started.push(config);
  const { ended, lines } = aProgram(run, { ok: false, problems: ['--a is wrong', '--b is wrong'] });
  expect(await ended).toBe(2);
  expect(started).toEqual([]);
  expect(lines.join('')).toMatch(/--a is wrong[^]*--b is wrong/);
});

it('a signal that has aborted already is not waited for', async () => {
  await aborted(AbortSignal.abort());
});
