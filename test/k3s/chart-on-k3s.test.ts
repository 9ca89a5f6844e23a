/**
 * The chart on k3s, a Kubernetes in another packaging: its kinds are served, its policies refuse. Runs where a
 * Docker engine is; elsewhere `npm run test:k3s` says so.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { K3sContainer, type StartedK3sContainer } from '@testcontainers/k3s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinds } from '../../crds/kinds.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import { createKubeClient } from '../../kube/api/create-client.ts';
import { Namespaces } from '../../kube/resources.ts';
import { eventually } from '../kit/clock/eventually.ts';
import { findBinaries } from '../kit/control-plane/binaries.ts';
import { renderChart } from '../kit/installation/chart.ts';

const image = 'rancher/k3s:v1.36.4-k3s1';

let container: StartedK3sContainer;
let client: KubeClient;
let directory: string;
let kubectl: (args: readonly string[], input: string) => string;

beforeAll(async () => {
  container = await new K3sContainer(image).start();
  directory = mkdtempSync(join(tmpdir(), 'support-access-k3s-'));
  const kubeconfigPath = join(directory, 'kubeconfig');
  writeFileSync(kubeconfigPath, container.getKubeConfig(), { mode: 0o600 });
  client = await createKubeClient({ kubeconfigPath });
  const { kubectl: program } = await findBinaries();
  kubectl = (args, input) => {
    const run = spawnSync(program, ['--kubeconfig', kubeconfigPath, ...args], { input, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`kubectl ${args.join(' ')} failed: ${run.stderr}`);
    return run.stdout;
  };
}, 300_000);

afterAll(async () => {
  await client?.close();
  await container?.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('the chart on k3s', () => {
  it('is applied, serves its kinds and refuses a lock whose name is no target', async () => {
    await client.create(Namespaces, { metadata: { name: 'support-access' } });
    // No process runs here, so nothing would answer the webhook.
    const objects = (await renderChart({})).filter(({ kind }) => !kind.endsWith('WebhookConfiguration'));
    const definitions = objects.filter(
      ({ kind }) => kind === 'CustomResourceDefinition' || kind === 'Namespace',
    );
    const list = (items: readonly unknown[]): string =>
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    kubectl(['apply', '--server-side', '-f', '-'], list(definitions));
    kubectl(
      [
        'wait',
        '--for=condition=Established',
        '--timeout=60s',
        'crd',
        '-l',
        'app.kubernetes.io/name=support-access',
      ],
      '',
    );
    kubectl(['apply', '--server-side', '-f', '-'], list(objects));
    await eventually(async () => {
      const lock = { metadata: { name: 'not-a-target' }, spec: { reason: 'a test' } };
      await expect(client.create(kinds.SupportAccessLock, lock)).rejects.toMatchObject({ status: 422 });
    });
  });
});
