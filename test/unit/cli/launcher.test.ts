import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { aFolder } from '../../kit/records/store-file.ts';

const launcher = fileURLToPath(new URL('../../../cli/kubectl-support_access', import.meta.url));
const packaged = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

function start(
  program: string,
  words: readonly string[],
  path = '/usr/bin:/bin',
): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', env: { PATH: path } });
  return { code: status, out: stdout, err: stderr };
}

describe('the launcher', () => {
  it('starts the plugin with the Node of the package, whatever is on PATH', () => {
    expect(start(launcher, ['version'])).toEqual({ code: 0, out: `${packaged.version}\n`, err: '' });
  });

  it('works through links, also relative ones, and from any folder', () => {
    const folder = aFolder();
    symlinkSync(launcher, join(folder, 'first'));
    symlinkSync('first', join(folder, 'kubectl-support_access'));
    expect(start('kubectl-support_access', ['version'], `${folder}:/usr/bin:/bin`).code).toBe(0);
  });

  it('hands over words with spaces as they are', () => {
    const { code, err } = start(launcher, ['records', 'verify', '--file', '/no where']);
    expect(code).toBe(3);
    expect(err).toContain('/no where');
  });

  it('ends quietly when its reader has enough', () => {
    const shell = `'${launcher}' --help | head -n 1`;
    const { stdout, stderr } = spawnSync('/bin/sh', ['-c', shell], { encoding: 'utf8' });
    expect(stdout).toContain('Usage: kubectl support-access');
    expect(stderr).toBe('');
  });

  it('says by its exit code what went wrong, also where no one reads the words', () => {
    // Its own stderr, closed at the other end before the first word.
    const shell = `mkfifo words; (exec 3<words) & '${launcher}' records verify --file /nowhere 2>words; echo $?`;
    const { stdout } = spawnSync('/bin/sh', ['-c', shell], { encoding: 'utf8', cwd: aFolder() });
    expect(stdout).toBe('3\n');
  });

  it('says what is missing where there is no Node that is new enough', () => {
    const folder = aFolder();
    const alone = join(folder, 'kubectl-support_access');
    writeFileSync(alone, readFileSync(launcher));
    const old = join(folder, 'node');
    writeFileSync(old, '#!/bin/sh\necho 20\n');
    for (const file of [alone, old]) chmodSync(file, 0o755);
    const { code, out, err } = start(alone, ['version'], `${folder}:${dirname('/usr/bin/sh')}:/bin`);
    expect(code).toBe(3);
    expect(out).toBe('');
    expect(err).toContain('needs Node 24 or newer');
  });
});

describe('the plugin', () => {
  it('explains itself, and an unknown command, on the right stream', () => {
    expect(start(launcher, ['--help']).out).toContain('records');
    const unknown = start(launcher, ['recrods']);
    expect(unknown).toMatchObject({ code: 4, out: '' });
    expect(unknown.err).toContain('Did you mean records?');
  });
});
