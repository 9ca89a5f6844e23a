import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { previousOrWhyNot } from '../../../kit/installation/previous.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'previous-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: readonly string[]): string {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' }).trim();
}

function commits(...subjects: readonly string[]): readonly string[] {
  return subjects.map((subject) => {
    git('commit', '--quiet', '--allow-empty', '--message', subject);
    return git('rev-parse', 'HEAD');
  });
}

describe('the build that is upgraded from', () => {
  it('is the newest release before these sources', () => {
    git('init', '--quiet');
    const [first] = commits('first');
    git('tag', 'v0.1.0');
    const [second] = commits('second');
    git('tag', 'v0.2.0');
    commits('today');
    expect(previousOrWhyNot(folder)).toEqual({ commit: second });
    // A release is upgraded to from the one before it.
    git('tag', 'v0.3.0');
    expect(previousOrWhyNot(folder)).toEqual({ commit: second });
    git('checkout', '--quiet', 'v0.2.0');
    expect(previousOrWhyNot(folder)).toEqual({ commit: first });
  });

  it('is a tag of a version, and of no other kind', () => {
    git('init', '--quiet');
    commits('first');
    git('tag', 'very-first');
    commits('today');
    expect(previousOrWhyNot(folder)).toEqual({ why: expect.stringContaining('git fetch --unshallow') });
  });

  it('cannot be had from sources without a history, and that is said', () => {
    const outside = { why: 'these sources have no history (no git, or not a clone)' };
    expect(previousOrWhyNot(folder)).toEqual(outside);
    git('init', '--quiet');
    expect(previousOrWhyNot(folder)).toEqual(outside);
  });
});
