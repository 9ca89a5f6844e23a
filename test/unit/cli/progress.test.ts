/** What a person at a terminal is told while a command is silent for longer than a second. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Terminal } from '../../../cli/command.ts';
import { watched } from '../../../cli/progress.ts';
import { call } from '../../kit/cli/call.ts';
import { scriptedServer } from '../../kit/cli/scripted-server.ts';

function aTerminal(isWatched: boolean | undefined) {
  const said: string[] = [];
  const asked = Promise.withResolvers<string>();
  const terminal: Terminal = {
    out: () => Promise.resolve(),
    say: (line) => void said.push(line),
    readStdin: () => Promise.resolve(''),
    ask: () => asked.promise,
    isWatched,
    now: () => 0,
    zone: 'UTC',
    environment: {},
  };
  return { said, answer: asked.resolve, ...watched(terminal, 'records verify') };
}

describe('progress', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is told after one second, and then every ten', async () => {
    const { said } = aTerminal(true);
    await vi.advanceTimersByTimeAsync(999);
    expect(said).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(said).toEqual(['Working on "records verify" ... Ctrl-C ends it.']);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(said.slice(1)).toEqual([
      'Working on "records verify" (11 s) ...',
      'Working on "records verify" (21 s) ...',
    ]);
  });

  it('is not told while something else is heard: words, or a page of what is printed', async () => {
    const { said, terminal } = aTerminal(true);
    for (let page = 0; page < 5; page += 1) {
      await vi.advanceTimersByTimeAsync(900);
      if (page % 2 === 0) await terminal.out('a page\n');
      else terminal.say('a word');
    }
    expect(said).toEqual(['a word', 'a word']);
  });

  it('names what is waited for, and that Ctrl-C ends only the waiting', async () => {
    const { said, terminal } = aTerminal(true);
    const over = Promise.withResolvers<void>();
    const waited = terminal.progress?.waiting('until access is closed', async () => over.promise);
    await vi.advanceTimersByTimeAsync(11_000);
    over.resolve();
    await waited;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(said).toEqual([
      'Waiting until access is closed ... Ctrl-C ends only the waiting.',
      'Waiting until access is closed (11 s) ...',
      'Working on "records verify" (21 s) ...',
    ]);
  });

  it('leaves the terminal to a question, and to a program that asks for credentials', async () => {
    const { said, terminal, answer } = aTerminal(true);
    const asked = terminal.ask?.('Go on?');
    await vi.advanceTimersByTimeAsync(60_000);
    terminal.say('a warning');
    await vi.advanceTimersByTimeAsync(60_000);
    answer('y');
    await asked;
    const signedIn = Promise.withResolvers<void>();
    const program = terminal.progress?.pausing(async () => signedIn.promise);
    await vi.advanceTimersByTimeAsync(60_000);
    signedIn.resolve();
    await program;
    expect(said).toEqual(['a warning']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(said.at(-1)).toMatch(/^Working on/);
  });

  it('ends with the command, also where what it abandoned still speaks', async () => {
    const { said, terminal, end } = aTerminal(true);
    end();
    terminal.say('late');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual(['late']);
  });

  it.each([false, undefined])('is told to no one where no one looks on: %s', async (isWatched) => {
    const { said, terminal } = aTerminal(isWatched);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual([]);
    expect(terminal.progress).toBeUndefined();
  });
});

it('is told of any command that waits for an API server, at a terminal only', async () => {
  const { options } = await scriptedServer(() => 'silent');
  const words = ['status', '-A', '--request-timeout', '1200ms', ...options];
  const [seen, unseen] = await Promise.all([call(words, { isWatched: true }), call(words)]);
  expect(seen.err.split('\n')[0]).toBe('Working on "status" ... Ctrl-C ends it.');
  expect(unseen.err).toMatch(/^error: /);
  expect([seen.code, unseen.code]).toEqual([3, 3]);
});
