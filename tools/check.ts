/**
 * `npm run check`: everything that can be judged without a cluster, each step a command of its own.
 * Steps run one after the other and all of them run, so that one call shows every complaint.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What is checked, in the order in which it is told. */
const steps = [
  { name: 'generated files are fresh', command: ['node', 'tools/generate.ts', '--check'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  // What Node 20 lacks must not be in the one file that people get.
  { name: 'types, of the plugin on Node 20', command: ['tsc', '-p', 'tools/plugin/tsconfig.json'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'format', command: ['biome', 'ci'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'architecture', command: ['vitest', 'run', '--project', 'unit', 'test/architecture/'] },
] as const;

const failed: string[] = [];
for (const step of steps) {
  const startedAt = performance.now();
  const [program, ...args] = step.command;
  const run = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const good = run.status === 0;
  console.log(`${good ? 'ok  ' : 'FAIL'} ${step.name} (${seconds} s)`);
  if (good) continue;
  failed.push(step.name);
  console.log([run.stdout, run.stderr, run.error?.message ?? ''].join('\n').trim());
}
if (failed.length > 0) {
  console.log(`\n${failed.length} of ${steps.length} checks failed: ${failed.join(', ')}`);
  process.exit(1);
}
