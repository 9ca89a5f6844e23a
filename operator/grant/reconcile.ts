/** In which order is one grant put right? Remove, record, apply, report: the order is policy, and a model test guards it. */
import type { ConditionReason } from '../reporting/conditions.ts';
import type { RecordDrafts } from '../reporting/record-drafts.ts';
import type { Removal, Revocation, Write } from '../writes/diff.ts';
import { planGrant } from './plan.ts';
import { nextStatus, owedAgainAt } from './report.ts';
import type { GrantStatus, GrantWorld } from './world.ts';

/** What a reconcile needs hands for. Each throws only what is worth trying again. */
export interface GrantWriters {
  readonly clock: { now(): number };
  readonly cluster: {
    remove(objects: readonly (Removal | Revocation)[]): Promise<void>;
    /** Resolves to the refusal that a retry will not change by itself, if there was one. */
    apply(writes: readonly Write[]): Promise<ConditionReason | undefined>;
  };
  readonly trail: {
    /** `owed`: could not be recorded now, and nothing is opened by it. Throws when something would be opened. */
    record(drafts: RecordDrafts): Promise<'recorded' | 'owed'>;
  };
  readonly status: { report(world: GrantWorld, next: GrantStatus): Promise<void> };
}

/** Makes the cluster agree with one grant, as of now. Running it twice changes nothing. Resolves to when to look again. */
export async function reconcileGrant(seen: GrantWorld, writers: GrantWriters): Promise<number | undefined> {
  const { clock, cluster, trail, status } = writers;
  const now = clock.now();
  const plan = planGrant(seen, now);

  await cluster.remove(plan.remove); // closing waits for nothing
  const recorded = await trail.record(plan.record); // what is not recorded is not opened
  const refused = await cluster.apply(plan.apply); // opening comes last
  const results = { recorded, refused };
  await status.report(seen, nextStatus(plan.report, results)); // one write, only if it differs
  return owedAgainAt(results, now) ?? plan.lookAgainAt;
}
