/** `npm run test:versions`: the suites that need a control plane, on each other version of Kubernetes that is supported. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { OTHER_KUBERNETES_VERSIONS } from '../test/kit/control-plane/binary-source.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const failed: string[] = [];
for (const version of OTHER_KUBERNETES_VERSIONS) {
  for (const suite of ['integration', 'e2e']) {
    console.log(`\nKubernetes ${version}: ${suite}`);
    const run = spawnSync('node', ['tools/test.ts', `--suite=${suite}`], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, SUPPORT_ACCESS_KUBERNETES_VERSION: version },
    });
    if (run.status !== 0) failed.push(`${suite} on ${version}`);
  }
}
if (failed.length > 0) {
  console.log(`failed: ${failed.join(', ')}`);
  process.exit(1);
}
