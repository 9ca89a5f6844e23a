/** Stale files are found without writing, and written files are fresh. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFresh, staleFiles } from '../../../../tools/generate/freshness.ts';

let root: string;
const output = {
  folder: 'made',
  files: new Map([
    ['a.ts', 'a\n'],
    ['b.ts', 'b\n'],
  ]),
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'freshness-'));
  mkdirSync(join(root, 'made'));
});
afterEach(() => rmSync(root, { recursive: true }));

it('a missing, a changed and a foreign file are stale, and looking writes nothing', () => {
  writeFileSync(join(root, 'made/b.ts'), 'edited by hand\n');
  writeFileSync(join(root, 'made/old.ts'), 'of a kind that is gone\n');
  expect(staleFiles(root, output)).toEqual(['made/a.ts', 'made/b.ts', 'made/old.ts']);
  expect(readdirSync(join(root, 'made')).sort()).toEqual(['b.ts', 'old.ts']);
});

it('writing makes everything fresh and removes what nobody generates', () => {
  writeFileSync(join(root, 'made/old.ts'), '');
  makeFresh(root, output);
  expect(staleFiles(root, output)).toEqual([]);
  expect(readdirSync(join(root, 'made')).sort()).toEqual(['a.ts', 'b.ts']);
  expect(readFileSync(join(root, 'made/a.ts'), 'utf8')).toBe('a\n');
});

it('a folder that is missing is stale as a whole, and is made', () => {
  rmSync(join(root, 'made'), { recursive: true });
  expect(staleFiles(root, output)).toHaveLength(2);
  expect(makeFresh(root, output)).toHaveLength(2);
});
