/** Gives a test the cluster with a real node that all files of its suite share. */
import { inject } from 'vitest';
import { attachNode } from '../node/attach-node.ts';
import type { ClusterNode } from '../node/node.ts';

/** The shared cluster. Call it in a hook or a test; take a namespace of your own. */
export async function useNode(): Promise<ClusterNode> {
  return attachNode(inject('node'));
}
