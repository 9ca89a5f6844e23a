/** A port of this machine that leads to a pod through the API server, as `kubectl port-forward` gives it to a person. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ClusterNode } from './node.ts';

export interface PortForward {
  /** Of 127.0.0.1. */
  readonly port: number;
  stop(): Promise<void>;
}

/** Leads a free port to a port of `target` (`pod/x`, `service/x`). Throws with kubectl's words when it cannot. */
export async function portForward(
  node: ClusterNode,
  namespace: string,
  target: string,
  port: number,
): Promise<PortForward> {
  const args = ['--kubeconfig', node.kubeconfig, '-n', namespace, 'port-forward', target, `:${port}`];
  const child = spawn(node.binaries.kubectl, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line);
    if (!match) continue;
    child.stdout.resume();
    return {
      port: Number(match[1]),
      stop: async () => {
        child.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error(`no port leads to ${target} in ${namespace}: ${complaint}`);
}
