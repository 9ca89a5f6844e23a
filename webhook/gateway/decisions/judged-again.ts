/** How a request that was allowed is decided again while its response lasts. */
import type { Decision } from '../../../crds/rules/ask.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import type { CacheChange } from '../../../kube/watch/object-store.ts';
import type { Decided, DecisionRequest, LastingDecider } from './decision.ts';
import { worldAfter } from './world-after.ts';

export interface JudgedAgain {
  /** By what is read then. */
  check(): Promise<Decision>;
  /** By what was read last, for what a watch tells; undefined where the change is not about it. */
  byLastReading(change?: CacheChange<KubeObject>): Decision | undefined;
}

/** Judges by each reading from then on. */
export function judgedAgain(
  decider: LastingDecider,
  { decided, decisionRequest }: { readonly decided: Decided; readonly decisionRequest: DecisionRequest },
): JudgedAgain {
  let { world: lastRead } = decided;
  return {
    check: async () => {
      const { decision, world } = await decider.decideAgain(decisionRequest);
      // What could not be read has holes: judged by it, nothing would be about any change.
      if (decision.allow) lastRead = world;
      return decision;
    },
    byLastReading: (change) => {
      const world = change === undefined ? lastRead : worldAfter(lastRead, change);
      return world && decider.decideBy(decisionRequest, world).decision;
    },
  };
}
