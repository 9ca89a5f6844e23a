/**
 * Which instances of the gateway still live? Each holds a lease here, renewed by itself and by its intents. One that
 * lapses was killed or cut off: its intents get the outcome `unknown` now, and not when the store starts again. If it
 * does come back, each of them may still learn its real outcome, once.
 */
import type { Clock } from '../../../kube/clock.ts';

/** Three missed renewals; with the tries of the closing still far within a minute. */
const leaseMs = 30_000;
const tryAgainMs = 5000;
/** Far more than replicas there are; a gateway that was taken over cannot fill the memory with names. */
const maxInstances = 1000;

export interface InstanceLeases {
  renew(instance: string): void;
  /** Forgets all of them, when the process ends. */
  stop(): void;
}

export interface InstanceLeasesOptions {
  readonly clock: Pick<Clock, 'after'>;
  /** Closes what the instance left open; false or a rejection when it is to be tried again. */
  readonly closeIntentsOf: (instance: string) => Promise<boolean>;
}

/** No lease is held yet: what was open before the start of the store was closed by that start. */
export function createInstanceLeases({ clock, closeIntentsOf }: InstanceLeasesOptions): InstanceLeases {
  const held = new Map<string, () => void>();

  const expireAfter = (instance: string, ms: number): void => {
    held.get(instance)?.();
    held.delete(instance);
    const cancel = clock.after(ms, () => void lapse(instance, cancel));
    held.set(instance, cancel);
  };
  const lapse = async (instance: string, lapsed: () => void): Promise<void> => {
    const isClosed = await closeIntentsOf(instance).catch(() => false);
    // It may have renewed meanwhile; then that lease stands.
    if (held.get(instance) !== lapsed) return;
    if (isClosed) held.delete(instance);
    else expireAfter(instance, tryAgainMs);
  };
  return {
    renew(instance) {
      expireAfter(instance, leaseMs);
      const [oldest] = held.keys();
      if (held.size > maxInstances && oldest !== undefined) expireAfter(oldest, 0);
    },
    stop() {
      for (const cancel of held.values()) cancel();
      held.clear();
    },
  };
}
