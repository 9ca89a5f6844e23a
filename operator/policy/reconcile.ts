/** Reconciles the installation: remove and narrow, record, apply, report, as for a grant. */
import { kinds } from '../../crds/kinds.ts';
import { ConfigMaps } from '../../kube/resources.ts';
import { requesterStatus } from '../reporting/requester.ts';
import { createPlanWriter } from '../writes/apply-plan.ts';
import { type Calls, fieldManager, reportStatus } from '../writes/calls.ts';
import type { RecordWriter } from '../writes/write-records.ts';
import { type Fill, planPolicy } from './plan.ts';
import { passingConditions } from './report.ts';
import type { PolicyWorld } from './world.ts';

const owedAgainAfterMs = 5000;

/** Makes the installation agree with the policy, as of now. Resolves to when to look again. */
export async function reconcilePolicy(
  seen: PolicyWorld,
  calls: Calls,
  records: RecordWriter,
): Promise<number | undefined> {
  const now = calls.now();
  const cluster = createPlanWriter(calls);
  const plan = planPolicy(seen, now);

  await cluster.remove(plan.remove);
  const narrowed = await cluster.apply(plan.narrow); // taking away waits for nothing
  const recorded = await records.write(plan.record, calls.signal).catch(async (error: unknown) => {
    await reportRecordsAlone(seen, calls);
    throw error;
  });
  const refused = narrowed ?? (await cluster.apply(plan.apply));
  for (const one of plan.fill) await fill(one, seen.installation.releaseNamespace, calls);
  if (refused !== undefined) throw new Error(refused.message);
  // An owed record is written again from the last report, so that report stays as it is.
  if (recorded === 'owed') {
    await reportRecordsAlone(seen, calls);
    return now + owedAgainAfterMs;
  }
  if (seen.object !== undefined && plan.status !== undefined) {
    const next = { ...plan.status, ...requesterStatus(seen.object, records.requesterOf) };
    await reportStatus(calls, kinds.SupportAccessPolicy, { seen: seen.object, next });
  }

  return plan.lookAgainAt;
}

async function reportRecordsAlone(seen: PolicyWorld, calls: Calls): Promise<void> {
  const { object } = seen;
  if (object === undefined || seen.installation.policy === undefined) return;
  const conditions = passingConditions(seen, object.status?.conditions ?? [], calls.now());
  await reportStatus(calls, kinds.SupportAccessPolicy, {
    seen: object,
    next: { ...object.status, conditions },
  });
}

/** Fills an object that the chart made; its metadata stays Helm's. */
async function fill(
  { name, data, resourceVersion }: Fill,
  namespace: string,
  { client, signal }: Calls,
): Promise<void> {
  const patch = { metadata: { resourceVersion }, data };
  await client.mergePatch(ConfigMaps, { name, namespace }, { patch, fieldManager, signal });
}
