import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withLock } from '../../../kit/control-plane/process-lock.ts';

const MODULE = join(import.meta.dirname, '../../../kit/control-plane/process-lock.ts');
const name = (): string => `test ${process.pid} ${Math.random()}`;

it('lets one at a time in', async () => {
  const lock = name();
  let inside = 0;
  let most = 0;
  const visit = async (): Promise<void> =>
    withLock(lock, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    });
  await Promise.all(Array.from({ length: 20 }, visit));
  expect(most).toBe(1);
});

it('returns what the work returned and lets go when the work throws', async () => {
  const lock = name();
  const failing = withLock(lock, async () => {
    throw new Error('broken');
  });
  await expect(failing).rejects.toThrow('broken');
  expect(await withLock(lock, async () => 'done')).toBe('done');
});

it('is free again when its holder is killed', async () => {
  const lock = name();
  const script = `import { withLock } from ${JSON.stringify(MODULE)};
    await withLock(${JSON.stringify(lock)}, () => new Promise(() => console.log('held') ?? setInterval(() => {}, 1000)));`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  let waited = false;
  const next = withLock(
    lock,
    async () => 'mine',
    () => {
      waited = true;
      holder.kill('SIGKILL');
    },
  );
  expect(await next).toBe('mine');
  expect(waited).toBe(true);
});
