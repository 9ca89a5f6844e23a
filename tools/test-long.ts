/**
 * `npm run test:long`: what takes minutes and is not part of `npm test`: long orders and many inputs, laws on a
 * busy machine, and the mutation sample.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** THE list of long suites. */
const suites = [
  { name: 'long orders, sizes and many inputs', command: ['vitest', 'run', '--project', 'long'] },
  { name: 'on a busy machine', command: ['vitest', 'run', '--project', 'under-load'] },
  { name: 'mutation', command: ['node', 'tools/mutation/main.ts'] },
] as const;

const failed: string[] = [];
for (const { name, command } of suites) {
  const [program, ...args] = command;
  console.log(`\n${name}`);
  const run = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.log(`failed: ${failed.join(', ')}`);
  process.exit(1);
}
