/**
 * The Lease as it is stored, and whether it may be taken. That depends on when we saw it change: times written inside it
 * come from other machines' clocks and are never compared with ours.
 */
import type { KubeObject } from '../objects.ts';

export interface LeaseSpec {
  readonly holderIdentity?: string | undefined;
  readonly leaseDurationSeconds?: number | undefined;
  readonly acquireTime?: string | undefined;
  readonly renewTime?: string | undefined;
  readonly leaseTransitions?: number | undefined;
}

export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

/** Remembers since when, on our own monotonic clock, the Lease has been unchanged. */
export class LeaseObservation {
  #spec: string | undefined;
  #since = 0;

  see(lease: Lease, monotonicMs: number): void {
    const spec = JSON.stringify(lease.spec ?? {});
    if (spec === this.#spec) return;
    this.#spec = spec;
    this.#since = monotonicMs;
  }

  /** Free, ours already, or unchanged for longer than its own duration and ours. */
  mayBeTaken(lease: Lease, by: { identity: string; leaseMs: number; monotonicMs: number }): boolean {
    const { holderIdentity, leaseDurationSeconds } = lease.spec ?? {};
    if (!holderIdentity || holderIdentity === by.identity) return true;
    const promisedMs = Math.max(by.leaseMs, (leaseDurationSeconds ?? 0) * 1000);
    return by.monotonicMs - this.#since > promisedMs;
  }
}
