/**
 * Elects at most one leader among several processes, by a Lease: it is taken only after it was unchanged for its whole
 * duration on our own clock, and given up well before others may take it.
 */

import type { KubeClient } from '../api/client.ts';
import { type Clock, pause, systemClock } from '../clock.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../errors.ts';
import { microTime, type OwnerReference } from '../objects.ts';
import { Leases } from '../resources.ts';
import { type Lease, LeaseObservation, type LeaseSpec } from './lease-record.ts';

export interface LeaseDurations {
  /** After so long without a renewal, another process may take the lease. */
  readonly leaseMs: number;
  /** After so long without a renewal, the holder itself stops leading. Must be shorter. */
  readonly renewMs: number;
  /** Between two tries, of holder and followers. */
  readonly retryMs: number;
}

export interface LeaseSettings {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  /** Unique to this process, also after a restart in the same pod: two that share it would both lead. */
  readonly identity: string;
  /** With what the Lease goes, asked when it is made. Without it, it stays. */
  readonly owner?: (() => Promise<OwnerReference | undefined>) | undefined;
  readonly durations?: LeaseDurations | undefined;
  readonly clock?: Clock | undefined;
  /** Called with each try that failed; tries are repeated. */
  readonly onProblem?: ((problem: unknown) => void) | undefined;
}

export interface Term {
  /** The leader's work. When the signal aborts it must end soon; until it has, the lease is kept if that is possible. */
  readonly lead: (signal: AbortSignal) => Promise<void>;
  /** Ends the candidacy or, after the work has ended, the lead. */
  readonly signal: AbortSignal;
}

const defaultDurations: LeaseDurations = { leaseMs: 15_000, renewMs: 10_000, retryMs: 2_000 };

/** The reason of the signal when the lead was lost. */
export class LeadLost extends Error {
  override readonly name = 'LeadLost';
}

/** Throws when the durations leave no time between giving up and being taken over. */
export function createLeaseElector(settings: LeaseSettings): LeaseElector {
  const { leaseMs, renewMs, retryMs } = settings.durations ?? defaultDurations;
  if (!(leaseMs > renewMs && renewMs > 1.2 * retryMs && retryMs > 0)) {
    throw new RangeError(
      `lease ${leaseMs} ms > renew ${renewMs} ms > 1.2 x retry ${retryMs} ms does not hold`,
    );
  }
  return new LeaseElector(settings);
}

export class LeaseElector {
  readonly #settings: LeaseSettings;
  readonly #durations: LeaseDurations;
  readonly #clock: Clock;
  readonly #seen = new LeaseObservation();
  #held: { lease: Lease; monotonicMs: number; wallMs: number } | undefined;

  constructor(settings: LeaseSettings) {
    this.#settings = settings;
    this.#durations = settings.durations ?? defaultDurations;
    this.#clock = settings.clock ?? systemClock;
  }

  /** Whether we lead now. Also right after the process was suspended and before any timer has fired. */
  isLeading(): boolean {
    return this.#held !== undefined && this.#leftMs() > 0;
  }

  /**
   * Waits for the lead, leads once, and resolves when the work has ended: `lost` (another may lead now; the process
   * should end) or `stopped`. Rejects when the work rejects.
   */
  async run({ lead, signal }: Term): Promise<'lost' | 'stopped'> {
    if (!(await this.#becomeLeader(signal))) return 'stopped';
    const working = new AbortController();
    const onStop = () => working.abort(signal.reason);
    signal.addEventListener('abort', onStop, { once: true });
    if (signal.aborted) onStop();
    const ended = new AbortController();
    const work = settled(lead(working.signal)).finally(() => ended.abort());
    try {
      const end = await this.#keep(working, ended.signal);
      const failure = await work;
      // Work that was aborted may end by throwing the signal's reason.
      if (failure && !working.signal.aborted) throw failure.error;
      return end;
    } finally {
      signal.removeEventListener('abort', onStop);
      await this.#release();
    }
  }

  async #becomeLeader(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (await this.#attempt(() => this.#take(signal))) return true;
      if (signal.aborted) return false;
      const jittered = this.#durations.retryMs * (1 + 0.2 * Math.random());
      await pause(this.#clock, jittered, signal).catch(() => undefined);
    }
    return false;
  }

  /** Renews until the work has ended. A renewal that fails is repeated until our own deadline, then the lead is lost. */
  async #keep(working: AbortController, ended: AbortSignal): Promise<'lost' | 'stopped'> {
    const lose = () =>
      working.abort(new LeadLost(`the lease ${this.#settings.name} was not renewed in time`));
    const disarm = this.#watchDeadline(lose);
    try {
      while (!ended.aborted) {
        await pause(this.#clock, this.#durations.retryMs, ended).catch(() => undefined);
        if (ended.aborted) break;
        if (this.isLeading()) await this.#attempt(() => this.#renew());
        if (this.isLeading()) continue;
        lose();
        return 'lost';
      }
      return working.signal.reason instanceof LeadLost ? 'lost' : 'stopped';
    } finally {
      disarm();
    }
  }

  /** Fires when the lead runs out, also while a renewal hangs. */
  #watchDeadline(lose: () => void): () => void {
    let cancel = this.#clock.after(this.#leftMs(), () => look());
    const look = () => {
      if (!this.isLeading()) lose();
      else cancel = this.#clock.after(Math.max(1, this.#leftMs()), look);
    };
    return () => cancel();
  }

  async #attempt(step: () => Promise<boolean>): Promise<boolean> {
    try {
      return await step();
    } catch (problem) {
      this.#settings.onProblem?.(problem);
      return false;
    }
  }

  async #take(signal: AbortSignal): Promise<boolean> {
    const lease = await this.#read(signal);
    if (!lease) return this.#create(signal);
    const { identity } = this.#settings;
    const monotonicMs = this.#clock.monotonic();
    this.#seen.see(lease, monotonicMs);
    if (!this.#seen.mayBeTaken(lease, { identity, leaseMs: this.#durations.leaseMs, monotonicMs }))
      return false;
    const now = microTime(this.#clock.now());
    const changes = lease.spec?.holderIdentity === identity ? 0 : 1;
    const leaseTransitions = (lease.spec?.leaseTransitions ?? 0) + changes;
    return this.#write(lease, { ...this.#spec(now), acquireTime: now, leaseTransitions }, signal);
  }

  async #create(signal: AbortSignal): Promise<boolean> {
    const { client, namespace, name, owner } = this.#settings;
    const ownedBy = await owner?.();
    const ownerReferences = ownedBy && [ownedBy];
    const now = microTime(this.#clock.now());
    const spec = { ...this.#spec(now), acquireTime: now, leaseTransitions: 0 };
    const started = this.#moment();
    try {
      const lease = await client.create<Lease>(
        Leases,
        { metadata: { name, namespace, ...(ownerReferences && { ownerReferences }) }, spec },
        this.#call(signal),
      );
      this.#held = { lease, ...started };
      return true;
    } catch (error) {
      if (isAlreadyExists(error)) return false;
      throw error;
    }
  }

  /** Never aborted half-way: if the server had stored the write anyway, the next one would be a conflict. */
  async #renew(): Promise<boolean> {
    return this.#overwrite((old) => ({ ...old, ...this.#spec(microTime(this.#clock.now())) }));
  }

  /** Releases the lease, so that others need not wait until it runs out. Best effort. */
  async #release(): Promise<void> {
    if (!this.isLeading()) return;
    const renewTime = microTime(this.#clock.now());
    const released = { holderIdentity: undefined, leaseDurationSeconds: 1, renewTime };
    await this.#attempt(() => this.#overwrite((old) => ({ ...old, ...released })));
    this.#held = undefined;
  }

  /** Writes over the Lease we hold; after a conflict once more over the stored one, if that still names us. */
  async #overwrite(change: (old: LeaseSpec) => LeaseSpec): Promise<boolean> {
    if (!this.#held) return false;
    const { lease } = this.#held;
    if (await this.#write(lease, change(lease.spec ?? {}))) return true;
    const current = await this.#read();
    if (current?.spec?.holderIdentity === this.#settings.identity)
      return this.#write(current, change(current.spec));

    this.#held = undefined;
    return false;
  }

  /** Counts from before the request left: the server may have stored it at once and responded late. */
  async #write(lease: Lease, spec: LeaseSpec, signal?: AbortSignal): Promise<boolean> {
    const started = this.#moment();
    try {
      const written = await this.#settings.client.update<Lease>(
        Leases,
        { ...lease, spec },
        this.#call(signal),
      );
      this.#held = { lease: written, ...started };
      return true;
    } catch (error) {
      if (isConflict(error) || isNotFound(error)) return false;
      throw error;
    }
  }

  async #read(signal?: AbortSignal): Promise<Lease | undefined> {
    const { client, namespace, name } = this.#settings;
    try {
      return await client.get<Lease>(Leases, { namespace, name }, this.#call(signal));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #spec(renewTime: string) {
    const leaseDurationSeconds = Math.ceil(this.#durations.leaseMs / 1000);
    return { holderIdentity: this.#settings.identity, leaseDurationSeconds, renewTime };
  }

  /** Short enough that a renewal on a dead connection leaves time for another one. */
  #call(signal?: AbortSignal) {
    return { signal, deadlineMs: this.#durations.renewMs / 3, pool: 'leases' as const };
  }

  #moment(): { monotonicMs: number; wallMs: number } {
    return { monotonicMs: this.#clock.monotonic(), wallMs: this.#clock.now() };
  }

  /** The larger difference of the two clocks: the monotonic one stops while a machine sleeps. */
  #leftMs(): number {
    if (!this.#held) return 0;
    const { monotonicMs, wallMs } = this.#held;
    const passed = Math.max(this.#clock.monotonic() - monotonicMs, this.#clock.now() - wallMs);
    return this.#durations.renewMs - passed;
  }
}

/** What the promise rejected with, boxed; undefined when it did not. */
async function settled(promise: Promise<void>): Promise<{ error: unknown } | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return { error };
  }
}
