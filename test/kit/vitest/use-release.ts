/** Gives a test file a node of its own with a release on it. */
import { afterAll, beforeAll, inject } from 'vitest';
import type { NodeOptions, OwnClusterNode } from '../node/node.ts';
import { startNode } from '../node/start-node.ts';
import type { PodSite } from '../pods/pod-site.ts';
import { installRelease, type ReleaseWish } from '../pods/release.ts';

export interface OwnRelease {
  /** Inside hooks and tests. */
  site(): PodSite;
}

interface OwnReleaseWish {
  readonly node?: NodeOptions;
  /** Of a node that is up: some settings speak of its addresses. */
  readonly release?: (node: OwnClusterNode) => ReleaseWish | Promise<ReleaseWish>;
}

/** Call it at the top of a file, or of a block. */
export function useRelease({ node: options = {}, release = () => ({}) }: OwnReleaseWish = {}): OwnRelease {
  let node: OwnClusterNode | undefined;
  let site: PodSite | undefined;
  beforeAll(async () => {
    node = await startNode(options);
    site = await installRelease(node, inject('podImages'), await release(node));
  });
  afterAll(async () => node?.stopNode());
  return {
    site: () => {
      if (site === undefined) throw new Error('the release is not there yet: call it in a hook or a test');
      return site;
    },
  };
}
