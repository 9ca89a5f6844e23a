import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startThread } from '../../../../../../webhook/in-cluster/records/sqlite/thread.ts';
import { aFolder } from '../../../../../kit/records/store-file.ts';

it('a thread that never took an append tells of it once, by rejecting, and not as a halt besides', async () => {
  const path = join(aFolder(), 'records.db');
  writeFileSync(path, 'no database '.repeat(400));
  const halts: string[] = [];
  const options = { path, origin: 'test/thread' };
  await expect(startThread(options, (reason) => halts.push(reason))).rejects.toThrow(
    'file is not a database',
  );
  writeFileSync(path, '');
  // Its end comes after that of the one before, which is then known to have told nothing.
  const next = await startThread(options, (reason) => halts.push(reason));
  onTestFinished(() => next.close());
  expect(halts).toEqual([]);
});
