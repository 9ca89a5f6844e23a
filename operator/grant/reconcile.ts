/** Reconciles one grant: remove, record, apply, report. The order is policy, and a model test guards it. */
import { isDeepStrictEqual } from 'node:util';
import { opens } from '../../crds/audit/witness.ts';
import type { RoleBinding } from '../rbac/rbac-objects.ts';
import type { ConditionReason } from '../reporting/conditions.ts';
import type { RecordDrafts } from '../reporting/record-drafts.ts';
import type { Removal, Revocation, Write } from '../writes/diff.ts';
import { type GrantPlan, planGrant } from './plan.ts';
import { nextStatus, owedAgainAt } from './report.ts';
import type { GrantStatus, GrantWorld } from './world.ts';

/** Everything through which a reconcile acts. Each throws only what is worth trying again. */
export interface GrantWriters {
  readonly clock: { now(): number };
  readonly cluster: {
    remove(objects: readonly (Removal | Revocation)[]): Promise<void>;
    /** Resolves to the refusal that a retry will not change by itself, if there was one. */
    apply(writes: readonly Write[]): Promise<ConditionReason | undefined>;
  };
  readonly records: {
    /**
     * `owed`: could not be recorded now, and nothing is opened by it. Throws when something would be opened. `isOpening`:
     * what follows in the plan gives more, or a draft says that the grant opens.
     */
    write(drafts: RecordDrafts, isOpening: boolean): Promise<'recorded' | 'owed'>;
  };
  /** Resolves to whether the status was written: it is not when it is there already. */
  readonly status: { report(world: GrantWorld, next: GrantStatus): Promise<boolean> };
}

export interface ReconciledGrant {
  /** When to look again, epoch milliseconds; undefined when nothing will change by itself. */
  readonly lookAgainAt: number | undefined;
  /** Whether the plan wanted anything. One that wanted nothing need not be made again. */
  readonly acted: boolean;
}

/** Makes the cluster agree with one grant, as of now. Running it twice changes nothing. */
export async function reconcileGrant(seen: GrantWorld, writers: GrantWriters): Promise<ReconciledGrant> {
  const { clock, cluster, records, status } = writers;
  const now = clock.now();
  const plan = planGrant(seen, now);

  await cluster.remove(plan.remove); // closing waits for nothing
  const recorded = await records.write(plan.record, isOpening(plan, seen)); // what is not recorded is not opened
  const refused = await cluster.apply(plan.apply); // opening comes last
  const results = { recorded, refused };
  const reported = await status.report(seen, nextStatus(plan.report, results)); // one write, only if it differs
  const wanted = plan.remove.length + plan.record.drafts.length + plan.apply.length;
  return { lookAgainAt: owedAgainAt(results, now) ?? plan.lookAgainAt, acted: reported || wanted > 0 };
}

function isOpening({ record, apply }: GrantPlan, seen: GrantWorld): boolean {
  return record.drafts.some(opens) || apply.some((write) => givesMore(write, seen));
}

/** A binding that is put right with fewer subjects only takes away, and an account gives nothing by itself. */
function givesMore(write: Write, { bindings }: GrantWorld): boolean {
  if (write.act !== 'replace') return write.act !== 'remove';
  const { subjects } = write.wanted.object as Partial<RoleBinding>;
  const before = bindings.find(({ metadata }) => metadata.uid === write.uid)?.subjects ?? [];
  return (subjects ?? []).some((one) => !before.some((other) => isDeepStrictEqual(one, other)));
}
