/** What shells are told that may come next. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { call } from '../../kit/cli/call.ts';

async function complete(...words: string[]): Promise<string[]> {
  const { code, out, err } = await call(['__complete', '--', ...words]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.split('\n').slice(0, -1);
}

const values = async (...words: string[]): Promise<string[]> =>
  (await complete(...words)).map((line) => line.split('\t')[0] ?? '');

describe('completion', () => {
  it('knows commands, and those of a group', async () => {
    expect(await values('')).toEqual(expect.arrayContaining(['grant', 'revoke', 'unlock', ':4']));
    expect(await values('rev')).toEqual(['revoke', ':4']);
    expect(await values('grant', 'e')).toEqual(['enable', 'extend', ':4']);
  });

  it('knows options, and what they may be', async () => {
    expect(await values('grant', 'enable', 'x', '--dry')).toEqual(['--dry-run', ':4']);
    expect(await values('grant', 'enable', 'x', '-o', '')).toEqual(['json', 'yaml', 'name', 'wide', ':4']);
    expect(await values('grant', 'enable', 'x', '--wait=')).toEqual(['--wait=true', '--wait=false', ':4']);
    expect(await values('revoke', '')).toEqual(['grant', 'person', 'namespace', 'all', ':4']);
  });

  it('leaves files to the shell', async () => {
    expect(await complete('grant', 'enable', '--kubeconfig', '')).toEqual([':0']);
    for (const word of ['lint', 'show', 'diff', 'compile'])
      expect(await complete('matrix', word, './')).toEqual([':0']);
  });

  it('offers nothing where nothing fits, and never itself', async () => {
    expect(await complete('nonsense')).toEqual([':4']);
    expect(await values('__')).toEqual([':4']);
  });

  it.each(['bash', 'kubectl'])('has a script that %s can read', async (shell) => {
    const { out } = await call(['completion', shell]);
    const { status, stderr } = spawnSync('bash', ['-n'], { input: out, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
