/**
 * Starts the one cluster with a real node that all files of the suite share, and ends it after them. Throws where no node
 * can run: the test command asks before and leaves the suite out. NODE_API_SERVER_PORT and NODE_DNS_PORT make it another
 * kind of cluster.
 */
import type { TestProject } from 'vitest/node';
import type { NodeAddress } from '../node/node.ts';
import { startNode } from '../node/start-node.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the shared cluster with a node. */
    node: NodeAddress;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const from = performance.now();
  const { NODE_API_SERVER_PORT: apiServer, NODE_DNS_PORT: dns } = process.env;
  const node = await startNode({
    ...(apiServer ? { apiServerPort: Number(apiServer) } : {}),
    ...(dns ? { dnsPort: Number(dns) } : {}),
  });
  process.stderr.write(`node: ready in ${((performance.now() - from) / 1000).toFixed(1)} s\n`);
  project.provide('node', node.address);
  return async () => node.stopNode();
}
