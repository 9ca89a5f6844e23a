/**
 * Is there anything to think about? A plan is a pure function of a world and a moment, so one that wanted nothing wants
 * nothing again while each object of the world is the very same and no boundary has passed. It saves thinking, never looking.
 */
import type { GrantWorld } from './world.ts';

interface Calm {
  readonly world: GrantWorld;
  readonly since: number;
  readonly until: number;
  readonly lookAgainAt: number | undefined;
}

export class PlanMemo {
  readonly #calm = new Map<string, Calm>();

  /** The last look at this very world wanted nothing, and its time has not come. A clock that was set back proves nothing. */
  find(world: GrantWorld, now: number): Calm | undefined {
    const calm = this.#calm.get(world.grant.metadata.uid);
    if (calm === undefined || now < calm.since || now >= calm.until) return undefined;
    return isSameWorld(calm.world, world) ? calm : undefined;
  }

  /** A look at this world at `now` wanted nothing. */
  keep(world: GrantWorld, now: number, lookAgainAt: number | undefined): void {
    const until = lookAgainAt ?? Number.POSITIVE_INFINITY;
    this.#calm.set(world.grant.metadata.uid, { world, since: now, until, lookAgainAt });
  }

  forget(uid: string): void {
    this.#calm.delete(uid);
  }
}

const identical = ['grant', 'gone', 'policy', 'application', 'clusterRole'] as const;
const listed = ['users', 'accounts', 'bindings', 'excessRights'] as const;

/** Objects of a cache are replaced, never changed, so being the same object is being the same. */
function isSameWorld(one: GrantWorld, other: GrantWorld): boolean {
  return (
    identical.every((part) => one[part] === other[part]) &&
    one.matrix?.object === other.matrix?.object &&
    listed.every((part) => sameItems(one[part], other[part])) &&
    sameItems([...one.locks], [...other.locks])
  );
}

function sameItems(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((item, at) => item === others[at]);
}
