/**
 * `npm run test:long`: what takes minutes and is not part of `npm test`: long orders and many inputs, laws on a busy machine, installations on clusters of other kinds and from an earlier
 * build, and the mutation sample.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** THE list of long suites. */
const suites = [
  { name: 'long orders, sizes and many inputs', command: ['vitest', 'run', '--project', 'long'] },
  { name: 'on a busy machine', command: ['vitest', 'run', '--project', 'under-load'] },
  {
    name: 'API server on 8443, DNS on 5353',
    command: ['vitest', 'run', '--project', 'node', 'test/node/installation'],
    env: { NODE_API_SERVER_PORT: '8443', NODE_DNS_PORT: '5353' },
  },
  { name: 'nodes of their own', command: ['vitest', 'run', '--project', 'node-long'] },
  { name: 'mutation', command: ['node', 'tools/mutation/main.ts'] },
] as const satisfies readonly {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}[];

const failed: string[] = [];
for (const { name, command, ...more } of suites) {
  const [program, ...args] = command;
  console.log(`\n${name}`);
  const env = { ...process.env, ...('env' in more ? more.env : {}) };
  const run = spawnSync(program, args, { cwd: root, stdio: 'inherit', env });
  if (run.status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.log(`failed: ${failed.join(', ')}`);
  process.exit(1);
}
