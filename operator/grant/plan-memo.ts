/**
 * Skips planning when every input object is identical and no deadline has passed. A plan is a pure function of a world and
 * a moment, so one that wanted nothing wants nothing again. Inputs are always read; only the thinking is saved.
 */
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import { matrixHash } from '../../crds/rules/matrix/matrix.ts';
import type { GrantWorld } from './world.ts';

/** A plan that wanted nothing: for which world, and from when until when it holds. */
interface EmptyPlan {
  readonly world: GrantWorld;
  readonly since: number;
  readonly until: number;
  readonly lookAgainAt: number | undefined;
}

export class PlanMemo {
  readonly #empty = new Map<string, EmptyPlan>();

  /** The last plan, if it was made from this very world and still holds. A clock that was set back makes it void. */
  find(world: GrantWorld, now: number): EmptyPlan | undefined {
    const last = this.#empty.get(world.grant.metadata.uid);
    if (last === undefined || now < last.since || now >= last.until) return undefined;
    return isSameWorld(last.world, world) ? last : undefined;
  }

  /** The plan that was made from this world at `now` wanted nothing. */
  keep(world: GrantWorld, now: number, lookAgainAt: number | undefined): void {
    const until = lookAgainAt ?? Number.POSITIVE_INFINITY;
    this.#empty.set(world.grant.metadata.uid, { world, since: now, until, lookAgainAt });
  }

  forget(uid: string): void {
    this.#empty.delete(uid);
  }
}

/** Every field of the world counts, also one that is added later: a memo that overlooked one would keep access open. */
function isSameWorld(one: GrantWorld, other: GrantWorld): boolean {
  return (Object.keys(one) as (keyof GrantWorld)[]).every((part) => isSame(one[part], other[part]));
}

/** Objects of a cache are replaced, never changed, so being the same object is being the same. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) return sameItems(one, other);
  if (one instanceof Set && other instanceof Set) return sameItems([...one], [...other]);
  return isMatrixInForce(one) && isMatrixInForce(other) && one.object === other.object;
}

/** The matrix is wrapped with its hash at each look; the hash follows from the object. */
function isMatrixInForce(part: unknown): part is NonNullable<GrantWorld['matrix']> {
  return typeof part === 'object' && part !== null && 'object' in part && 'hash' in part;
}

function sameItems(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((item, at) => item === others[at]);
}

/** The hash of a matrix, computed once an object: a spec is immutable, so the object itself can be the key. */
export function rememberedHash(): (matrix: SupportPermissionMatrix) => string {
  const known = new WeakMap<SupportPermissionMatrix, string>();
  return (matrix) => {
    const before = known.get(matrix);
    if (before !== undefined) return before;
    const hash = matrixHash(matrix.spec);
    known.set(matrix, hash);
    return hash;
  };
}
