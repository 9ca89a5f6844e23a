import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { holdFile } from '../../../../../../webhook/in-cluster/records/sqlite/holder.ts';
import { aFolder } from '../../../../../kit/records/store-file.ts';

const refusalOf = (path: string): string => {
  try {
    holdFile(path, 'second').release();
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
};

describe('the lock of the records file', () => {
  it('is one holder’s, whose name the next is told, until it is released', () => {
    const path = join(aFolder(), 'records.db');
    const held = holdFile(path, 'first');
    expect(refusalOf(path)).toMatch(/is held by first, process \d+, since 20/);
    held.release();
    expect(refusalOf(path)).toBe('none');
  });

  it('does not outlive its process in the file that names the holder: the name of a dead one holds nothing', () => {
    const path = join(aFolder(), 'records.db');
    writeFileSync(`${path}.holder`, 'dead, process 1, since 2020\n');
    const held = holdFile(path, 'living');
    onTestFinished(() => held.release());
    expect(readFileSync(`${path}.holder`, 'utf8')).toMatch(/^living, /);
  });

  it.each([
    ['of another sort', (lock: string) => writeFileSync(lock, 'no database '.repeat(400))],
    ['that is a folder', (lock: string) => mkdirSync(lock)],
  ])('names the lock file %s, and no other process, which would never end', (_sort, make) => {
    const path = join(aFolder(), 'records.db');
    writeFileSync(`${path}.holder`, 'dead, process 1, since 2020\n');
    make(`${path}.lock`);
    expect(refusalOf(path)).not.toContain('held by');
    expect(refusalOf(path)).toContain(`${path}.lock cannot be locked: `);
  });
});
