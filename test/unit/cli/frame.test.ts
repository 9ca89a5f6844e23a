/** What every command has by the frame: help, unknown words, options, exit codes. */
import { describe, expect, it } from 'vitest';
import { exitCodeMeanings, exitCodes } from '../../../cli/command.ts';
import { commands } from '../../../cli/commands/index.ts';
import { durationMs } from '../../../cli/frame-options.ts';
import { call } from '../../kit/cli/call.ts';

describe('the frame', () => {
  it('prints help with exit code 0 where nothing is asked for', async () => {
    for (const words of [[], ['grant'], ['records'], ['--help'], ['grant', 'enable', '--help']]) {
      const { code, out, err } = await call(words);
      expect({ words, code, err }).toEqual({ words, code: 0, err: '' });
      expect(out).toContain('Usage: kubectl support-access');
    }
  });

  it('keeps every line of help within the screen', async () => {
    for (const { words } of commands) {
      const { out } = await call([...words, '--help'], { columns: 80 });
      const long = out.split('\n').filter((line) => line.length > 80 && line.trim().includes(' '));
      // Text behind the options is written by hand, and wraps where it was wrapped.
      expect({ words, long: long.filter((line) => line.startsWith('  ')) }).toEqual({ words, long: [] });
    }
  });

  it('names the command that was probably meant', async () => {
    const { code, out, err } = await call(['grnat']);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toContain('Did you mean grant?');
    const inGroup = await call(['grant', 'enabel', 'x']);
    expect(inGroup.code).toBe(4);
    expect(inGroup.err).toContain('Did you mean enable?');
  });

  it('prints its version for --version', async () => {
    const asked = await call(['version']);
    expect(await call(['--version'])).toEqual(asked);
    expect(asked.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('gives every command of a cluster the options of kubectl, and every change the same dialog', async () => {
    for (const { words, cluster, changes } of commands) {
      const { out } = await call([...words, '--help']);
      if (cluster)
        for (const flag of ['--as-group', '--request-timeout', '-s, --server']) expect(out).toContain(flag);
      if (changes)
        for (const flag of ['-y, --yes', '--dry-run', '--wait', '--timeout']) expect(out).toContain(flag);
    }
  });

  it('has the one option -o, of which every command says the forms and refuses others', async () => {
    // What export writes are kinds of files, and what preview shows are parts of a mail.
    for (const { words, output } of commands.filter(
      ({ words: [, last = ''] }) => !['export', 'preview'].includes(last),
    )) {
      const { out } = await call([...words, '--help']);
      const told = /-o, --output <format> +(.*?)(?=\n\s*-|\n\n)/s.exec(out)?.[1]?.replaceAll(/\s+/g, ' ');
      const choices = output?.map((each) => `"${each}"`).join(', ');
      expect({ words, told }).toEqual({
        words,
        told: choices && `print it in another form (choices: ${choices})`,
      });
      if (output === undefined) continue;
      const { code, err } = await call([...words, '-o', 'xml']);
      expect({ words, code, err }).toMatchObject({ words, code: 4 });
    }
  });

  it('says what a kubeconfig has where a context is not in it, and exits with 3', async () => {
    const { code, out, err } = await call(['grant', 'enable', 'x', '--kubeconfig', '/nowhere']);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toBe(
      'error: no cluster can be asked: no usable kubeconfig: there is no /nowhere; correct the path, or write the file\n',
    );
  });

  it('refuses options that mean nothing, with exit code 4', async () => {
    const enable = ['grant', 'enable', 'x', '--kubeconfig', '/nowhere'];
    for (const wrong of [
      ['--wait=perhaps'],
      ['--dry-run=client'],
      ['-o', 'xml'],
      ['--as-group', 'g'],
      ['--nope'],
    ])
      expect((await call([...enable, ...wrong])).code).toBe(4);
  });

  it.each([
    ['grant', 'create', 'x', '--person', 'ada', '--matrix', 'm', '--from', '', 'for', '4h'],
    ['grant', 'create', 'x', '--person', 'ada', '--matrix', 'm', '--support-role', '', 'for', '4h'],
    ['grant', 'create', 'x', '--person', 'ada', '--matrix', 'm', '--application', '', 'for', '4h'],
    ['grant', 'disable', 'x', '-n', ''],
    ['grant', 'disable', ''],
    ['revoke', 'namespace', ' '],
    ['revoke', 'all', '--context', ''],
  ])('refuses what is given and empty, which would widen: %s %s %s %s %s', async (...words) => {
    const { code, err } = await call([...words, '--kubeconfig', '/nowhere']);
    expect({ code, err }).toMatchObject({ code: 4 });
    expect(err).toContain('must not be empty; leave it out');
  });

  it('has a meaning for each exit code, and no two codes alike', () => {
    expect(Object.keys(exitCodeMeanings)).toEqual(Object.keys(exitCodes));
    expect(new Set(Object.values(exitCodes)).size).toBe(Object.keys(exitCodes).length);
  });
});

it('reads durations as kubectl writes them', () => {
  expect(durationMs('30', '--timeout')).toBe(30_000);
  expect(durationMs('1m30s', '--timeout')).toBe(90_000);
  expect(durationMs('250ms', '--timeout')).toBe(250);
  for (const wrong of ['', 'soon', '1 m', '-1s', '1x', '1m x'])
    expect(() => durationMs(wrong, '--timeout')).toThrow('--timeout must be a duration such as 30s');
});
