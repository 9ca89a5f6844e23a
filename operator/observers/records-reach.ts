/**
 * Are the records there? Asked every few seconds by a call of its own, so that their loss is seen although nothing has to be
 * recorded, and their return is seen at once by what waits for them.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../kube/clock.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import type { InstanceLease } from '../../trail/instance-lease.ts';
import type { ProgramClock, RecordsVolume } from '../../trail/wire.ts';
import type { NearMissWatch, RecordsReach } from '../watching/controller.ts';

const askEveryMs = 4000;
/** A rollout of the records takes a few seconds and is no news. */
const failuresInARow = 2;

export interface FollowedRecords extends RecordsReach {
  /** What the other programs said of their clocks when the records were last reached; nothing once they are away. */
  readonly clocks: () => readonly ProgramClock[];
  /** Names of SupportUsers whom an identity provider named almost as they are on file. */
  readonly nearMisses: NearMissWatch;
  stop(): void;
}

/** Asks until it is stopped. `onLost` is told the error itself, for the log. */
export function followRecords(
  lease: Pick<InstanceLease, 'renew'> & Partial<Pick<InstanceLease, 'nearMisses' | 'volume'>>,
  clock: Pick<Clock, 'after'>,
  onLost: (error: unknown) => void,
): FollowedRecords {
  const listeners: (() => void)[] = [];
  let failures = 0;
  let problem: string | undefined;
  let clocks: readonly ProgramClock[] = [];
  let names: readonly string[] = [];
  const nameListeners: ((changed: readonly string[]) => void)[] = [];
  let cancel = (): void => undefined;
  let stopped = false;
  let volume: RecordsVolume | undefined;
  const note = (next: string | undefined, filled = volume): void => {
    if (next === problem && isDeepStrictEqual(filled, volume)) return;
    problem = next;
    volume = filled;
    for (const listener of listeners) listener();
  };
  const noteNames = (next: readonly string[]): void => {
    const changed = [...next, ...names].filter((name) => next.includes(name) !== names.includes(name));
    names = next;
    if (changed.length > 0) for (const listener of nameListeners) listener(changed);
  };
  const ask = async (): Promise<void> => {
    try {
      clocks = await lease.renew();
      noteNames(lease.nearMisses?.() ?? []);
      failures = 0;
      note(undefined, lease.volume?.());
    } catch (error) {
      failures += 1;
      if (failures === failuresInARow) onLost(error);
      if (failures >= failuresInARow) {
        // That they are away is told; how the clocks are is not known then.
        clocks = [];
        note(errorWithCauses(error));
      }
    }
    if (!stopped) cancel = clock.after(askEveryMs, () => void ask());
  };
  void ask();
  return {
    problem: () => problem,
    volume: () => volume,
    clocks: () => clocks,
    nearMisses: {
      has: (name) => names.includes(name),
      onChange: (listener) => nameListeners.push(listener),
    },
    onChange: (listener) => listeners.push(listener),
    stop() {
      stopped = true;
      cancel();
    },
  };
}
