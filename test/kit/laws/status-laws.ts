/** Which laws hold for every grant at any moment? Read from the server and from the records, whatever a test did before. */
import { expect } from 'vitest';
import type { StoredRecord } from '../../../crds/audit/record.ts';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import { type Condition, conditionOf } from '../../../crds/rules/conditions.ts';
import { isReason } from '../../../crds/rules/reasons.ts';

export interface Witnessed {
  readonly grants: readonly SupportAccessGrant[];
  readonly records: readonly StoredRecord[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Longer than the operator may need to notice an end. */
const graceMs = 5000;

/** Throws where a law is broken. A grant that no one has looked at yet, which its status says, breaks none. */
export function expectStatusLaws({ grants, records, now }: Witnessed): void {
  for (const grant of grants) {
    if (grant.status?.observedGeneration === -1) continue;
    const name = `${grant.metadata.namespace}/${grant.metadata.name}`;
    const { conditions = [], activeReason } = grant.status ?? {};
    const active = conditionOf(conditions, 'Active');
    expect(conditionOf(conditions, 'Ready'), `${name} has a condition Ready`).toBeDefined();
    expect(active?.reason, `${name} says the same reason twice`).toBe(activeReason);
    for (const { type, reason } of conditions)
      expect(isReason(reason), `${name} ${type}=${reason}`).toBe(true);
    if (active?.status !== 'True') continue;
    const until = Date.parse(grant.spec.expirationTime);
    expect(until + graceMs, `${name} is past its end and Active`).toBeGreaterThan(now);
    const recorded = records.some(
      ({ type, grant: about }) => type === 'grant.activated' && about?.uid === grant.metadata.uid,
    );
    expect(recorded, `${name} is Active without a record`).toBe(true);
  }
}

/** Watches statuses as they come and keeps what breaks the law of transition times. */
export class TransitionWitness {
  readonly broken: string[] = [];
  readonly #last = new Map<string, readonly Condition[]>();

  see({ metadata, status }: SupportAccessGrant): void {
    const conditions = status?.conditions ?? [];
    for (const now of conditions) {
      const before = conditionOf(this.#last.get(metadata.uid), now.type);
      if (before === undefined || before.status !== now.status) continue;
      if (before.lastTransitionTime !== now.lastTransitionTime) {
        this.broken.push(
          `${metadata.name} ${now.type}: ${before.lastTransitionTime} became ${now.lastTransitionTime}`,
        );
      }
    }
    this.#last.set(metadata.uid, conditions);
  }
}
