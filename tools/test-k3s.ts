/** `npm run test:k3s`: the suite that needs a Docker engine. Says so, and fails, where there is none. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { getContainerRuntimeClient } from 'testcontainers';

const root = fileURLToPath(new URL('..', import.meta.url));
try {
  await getContainerRuntimeClient();
} catch {
  console.log('not run: the chart on k3s: no container engine answers here');
  process.exit(3);
}
const run = spawnSync('vitest', ['run', '--project', 'k3s'], { cwd: root, stdio: 'inherit' });
process.exit(run.status ?? 1);
