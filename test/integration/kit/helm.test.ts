import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HELM_3, HELM_4, helm3, helm4, helmOf } from '../../kit/machine/helm.ts';

const run = promisify(execFile);
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'helm-'));
});

afterEach(() => {
  rmSync(cache, { recursive: true, force: true });
});

it.each([
  ['Helm 3', helm3, HELM_3],
  ['Helm 4', helm4, HELM_4],
] as const)('gives a %s of the pinned version', async (_, helm, pin) => {
  const { stdout } = await run(await helm(), ['version', '--short']);
  expect(stdout).toContain(`v${pin.version}+`);
});

it('refuses a package that is not what the pin says, and keeps nothing of it', async () => {
  const other = { ...HELM_3, integrity: HELM_4.integrity };
  await expect(helmOf(other, cache)).rejects.toThrow(/refused/);
  expect(existsSync(join(cache, HELM_3.version, 'helm'))).toBe(false);
});

it('fetches once when two ask at the same time', async () => {
  const [one, other] = await Promise.all([helmOf(HELM_3, cache), helmOf(HELM_3, cache)]);
  expect(one).toBe(other);
  expect(existsSync(one)).toBe(true);
});
