/** What holds for every command, also for one that is new: Ctrl-C, a closed pipe, and names that are not quite right. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../cli/command.ts';
import { commands } from '../../../cli/commands/index.ts';
import { call } from '../../kit/cli/call.ts';
import { smallCluster } from '../../kit/cli/small-cluster.ts';

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));
const now = Date.parse('2026-12-01T12:00:00Z');

/** What follows the words of a command, where its arguments alone do not make a call that does something. */
const rests: Readonly<Record<string, string>> = {
  'can-i': 'ada --from 203.0.113.7',
  'grant create': 'case-9 --person ada --matrix casepoint-1 until 2026-12-04T12:00:00Z',
  'grant extend': 'case-1 until 2026-12-04T18:00:00Z',
  revoke: 'all',
  unlock: 'namespace ecase --reason over',
  'user add': 'mary --display-name Mary --user-id s-2 --name-id mary@example.com',
  'user deactivate': 'ada',
  'case open': 'case-9 --subject Mail',
  'case add-contact': 'case-1 hedy',
  'case remove-contact': 'case-1 grace',
  'case close': 'case-1',
  'matrix compile': '--system casepoint-ecase',
  'matrix show': 'casepoint-1',
  'matrix lint': 'casepoint-1',
  'matrix diff': 'casepoint-1 --system casepoint-ecase',
  'routes lint': 'ecase',
  'notices preview': 'GrantOpened --grant case-1',
  'routes test': 'GET /jobs ecase',
  explain: 'A1B2-C3D4-E5F6',
  'records story': 'case-1',
  'records export': '/nowhere/part.jsonl',
  completion: 'bash',
  version: '',
};

const lineOf = (command: Command): string[] => {
  const words = command.words.join(' ');
  const rest = rests[words] ?? (command.words[0] === 'grant' ? 'case-1' : '');
  return [...command.words, ...rest.split(/ (?=\S)/).filter(Boolean), ...(command.changes ? ['--yes'] : [])];
};

/** Writes an object of the cluster. What `confirm-restore` writes is a record, which the test's cluster has none of. */
const writes = ({ changes, words }: Command): boolean => changes === true && words[0] !== 'confirm-restore';

const isEnabling = ({ words }: Command): boolean => words[1] === 'enable';

const all = commands.map((command): [string, Command] => [command.words.join(' '), command]);
const asking = all.filter(([, { words, cluster }]) => cluster === true || words[0] === 'check');

/** The options by which a command reaches the test's cluster; those that read a release say where it is themselves. */
const reaching = ({ words }: Command, options: readonly string[]): readonly string[] =>
  ['check', 'explain', 'records'].includes(words[0] ?? '') ? options.slice(0, 2) : options;

describe('Ctrl-C', () => {
  it.each(asking)('%s: ends at once, and says what has been written', async (_, command) => {
    const stop = new AbortController();
    const after = writes(command) ? 'a write' : 'nothing';
    const cluster = await smallCluster({
      isOff: isEnabling(command),
      silent: { after, onCall: () => stop.abort() },
    });
    const line = [...lineOf(command), ...reaching(command, cluster.options)];
    const { code, out, err } = await call(line, { now, interrupted: stop.signal });
    expect({ code, err }).toMatchObject({
      code: 130,
      err: expect.stringMatching(/Interrupted\. .+\n$/) as string,
    });
    expect(out).toBe('');
    if (writes(command)) expect(err).toMatch(/Interrupted\. (Already written|It is not known whether)/);
    else expect(err).toContain('Interrupted. Nothing was written.');
    expect(cluster.writes()).toBe(writes(command) ? 1 : 0);
  });
});

/** The plugin as a process of its own, whose stdout is closed before anything is written to it. */
async function intoClosedPipe(words: readonly string[]) {
  const child = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  const [err, code] = await Promise.all([text(child.stderr), ended]);
  return { err, code };
}

describe('a closed pipe', () => {
  it.each(all)('%s: ends quietly, with the exit code that it has for a reader', async (_, command) => {
    const line = async (): Promise<string[]> => {
      const isAsking = asking.some(([, each]) => each === command);
      const { options } = await smallCluster({ isOff: isEnabling(command) });
      return [...lineOf(command), ...(isAsking ? reaching(command, options) : [])];
    };
    const [read, closed] = await Promise.all([
      line().then(async (words) => call(words)),
      line().then(intoClosedPipe),
    ]);
    expect(closed.code).toBe(read.code);
    expect(closed.err).not.toMatch(/EPIPE|\n {4}at |not expected/);
  });
});

it('a stdout that cannot be written is said, and no success', async () => {
  const child = spawn('sh', ['-c', `exec '${process.execPath}' '${main}' version > /dev/full`]);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  const [err, code] = await Promise.all([text(child.stderr), ended]);
  expect(err).toContain('stdout cannot be written');
  expect(code).toBe(3);
});
