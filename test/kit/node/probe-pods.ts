/** Pods of the probe image: each serves on 8080 and asks what a test wants to know. They fit a restricted namespace. */
import { PROBE_IMAGE } from './images.ts';
import type { ClusterNode } from './node.ts';

export const PROBE_PORT = 8080;

/** The spec of a pod that serves on PROBE_PORT. */
export const probePodSpec = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 0,
  containers: [
    {
      name: 'probe',
      image: PROBE_IMAGE,
      args: ['serve', `:${PROBE_PORT}`],
      ports: [{ containerPort: PROBE_PORT }],
      readinessProbe: { tcpSocket: { port: PROBE_PORT }, periodSeconds: 1 },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    },
  ],
} as const;

/** Makes pods by these names, each with the label `role` of its name, and waits until all are Ready. */
export async function someProbePods(
  node: ClusterNode,
  namespace: string,
  names: readonly string[],
): Promise<void> {
  const items = names.map((name) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { role: name } },
    spec: probePodSpec,
  }));
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await node.kubectl(['-n', namespace, 'apply', '-f', '-'], { input });
  const pods = names.map((name) => `pod/${name}`);
  await node.kubectl(['-n', namespace, 'wait', '--for=condition=Ready', '--timeout=60s', ...pods]);
}

/** Asks something from within a pod: `get URL`, `lookup NAME`. Throws, with the answer, when it fails. */
export async function askFrom(
  node: ClusterNode,
  namespace: string,
  pod: string,
  ...question: readonly string[]
): Promise<string> {
  const { stdout } = await node.kubectl(['-n', namespace, 'exec', pod, '--', '/probe', ...question]);
  return stdout.trim();
}
