/**
 * Did something by which a grant would open come back from a backup? The records are asked before it opens, and once for each
 * world by which it stays open: a grant that was restored with its status is open already. Closing asks for nothing, and waits
 * for no answer.
 */
import type { CitedWorld } from '../../crds/audit/witness.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { decideOpening } from './decide-opening.ts';
import { nextPins } from './pins.ts';
import { openedBy, recordedPlace } from './transitions.ts';
import type { GrantWorld } from './world.ts';

export interface RestoredWorldsDeps {
  readonly restoredIn: (world: CitedWorld, signal: AbortSignal) => Promise<string | undefined>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** This process saw that a backup was put back: what stands open since then is not trusted before the records have answered. */
  readonly isAfterRestore?: boolean;
}

/** What is known of one grant. */
interface Known {
  /** The world that was asked about, in its states. */
  readonly world: string;
  readonly restored: string | undefined;
}

export interface Looked {
  readonly restored: string | undefined;
  /** Why the records did not say, or only that a copy may be late. They are asked again, and nothing new opens until then. */
  readonly unanswered?: Error;
}

export interface Look {
  /** Takes away what is to go by what is known already, before the records are asked: an answer may take its time. */
  readonly closeFirst: () => Promise<void>;
  readonly signal: AbortSignal;
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

  /** Rejects only where something could not be taken away. */
  async look(world: GrantWorld, { closeFirst, signal }: Look): Promise<Looked> {
    const { uid } = world.grant.metadata;
    const { restored: _last, ...rest } = world;
    const decision = decideOpening({ world: rest, pins: nextPins(rest), now: this.#deps.now() });
    if (!decision.open) {
      this.#known.delete(uid);
      return { restored: undefined };
    }
    const cited = citedWorld(world, decision.people);
    const states = JSON.stringify(cited);
    const known = this.#known.get(uid);
    if (known?.world === states && known.restored === undefined) return { restored: undefined };
    await closeFirst();
    try {
      const restored = await this.#deps.restoredIn(cited, signal);
      this.#known.set(uid, { world: states, restored });
      return { restored };
    } catch (thrown) {
      return { restored: known?.restored ?? this.#untilAnswered(known), unanswered: thrown as Error };
    }
  }

  #untilAnswered(known: Known | undefined): string | undefined {
    if (known !== undefined || this.#deps.isAfterRestore !== true) return undefined;
    return 'that is not known yet, because a backup of the cluster was put back and the records did not answer since; it opens again by itself once they say that it is not';
  }

  forget(uid: string): void {
    this.#known.delete(uid);
  }
}

function citedWorld(world: GrantWorld, people: readonly SupportUser[]): CitedWorld {
  return { grant: recordedPlace(world), cites: openedBy(world, people) };
}
