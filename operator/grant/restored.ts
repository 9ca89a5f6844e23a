/**
 * Did something by which a grant would open come back from a backup? The records are asked before it opens, and once for each
 * world by which it stays open: a grant that was restored with its status is open already. Closing asks for nothing.
 */
import type { CitedWorld } from '../../crds/audit/witness.ts';
import { isSupportAccessError } from '../../crds/errors.ts';
import { decideOpening } from './decide-opening.ts';
import { nextPins } from './pins.ts';
import { openedBy, recordedPlace } from './transitions.ts';
import type { GrantWorld } from './world.ts';

export interface RestoredWorldsDeps {
  readonly restoredIn: (world: CitedWorld, signal: AbortSignal) => Promise<string | undefined>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What is known of one grant. */
interface Known {
  /** The world that was asked about, in its states. */
  readonly world: string;
  readonly restored: string | undefined;
}

export interface Looked {
  readonly restored: string | undefined;
  /** The records did not say; they are asked again. */
  readonly isUnknown: boolean;
}

/** How soon they are asked again. */
export const unknownAgainAfterMs = 10_000;

export class RestoredWorlds {
  readonly #deps: RestoredWorldsDeps;
  readonly #known = new Map<string, Known>();

  constructor(deps: RestoredWorldsDeps) {
    this.#deps = deps;
  }

  /** What was said last. */
  last(uid: string): string | undefined {
    return this.#known.get(uid)?.restored;
  }

  /** Rejects where the copies of this process may only be late. */
  async look(world: GrantWorld, signal: AbortSignal): Promise<Looked> {
    const { uid } = world.grant.metadata;
    const { restored: _last, ...rest } = world;
    const decision = decideOpening({ world: rest, pins: nextPins(rest), now: this.#deps.now() });
    if (!decision.open) {
      this.#known.delete(uid);
      return { restored: undefined, isUnknown: false };
    }
    const cited = citedWorld(world);
    const states = JSON.stringify(cited);
    const known = this.#known.get(uid);
    if (known?.world === states && known.restored === undefined)
      return { restored: undefined, isUnknown: false };
    try {
      const restored = await this.#deps.restoredIn(cited, signal);
      this.#known.set(uid, { world: states, restored });
      return { restored, isUnknown: false };
    } catch (error) {
      if (!isSupportAccessError(error) || error.code === 'records_older') throw error;
      // Nothing opens meanwhile: that needs a record, and so does every request.
      return { restored: known?.restored, isUnknown: true };
    }
  }

  forget(uid: string): void {
    this.#known.delete(uid);
  }
}

function citedWorld(world: GrantWorld): CitedWorld {
  return { grant: recordedPlace(world), cites: openedBy(world) };
}
