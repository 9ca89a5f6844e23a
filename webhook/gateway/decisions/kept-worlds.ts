/**
 * Readings that may serve more than one request, where the application says so (`freshness.maxStalenessSeconds`): of one
 * session each, for looking only. A change that a watch tells ends what it is about at once, whatever time is left.
 */
import { LRUCache } from 'lru-cache';
import { readAction } from '../../../crds/rules/matrix/matrix.ts';
import type { Route } from '../../../crds/rules/request/route-search.ts';
import type { DecisionRequest, ReadWorld } from './decision.ts';
import type { ToldSince } from './told-changes.ts';
import { type SeenChange, worldAfter } from './world-after.ts';

/** A reading, and when it began. */
export interface KeptWorld {
  readonly world: ReadWorld;
  /** Monotonic milliseconds. */
  readonly readAt: number;
}

/** When a reading began. */
export interface ReadingBegun {
  readonly readAt: number;
  readonly unshown: number;
}

interface Reading extends ReadingBegun {
  /** What watches told since then. */
  readonly told: ToldSince;
}

/** As many sessions as there may be at once; the one used longest ago goes first. */
const mostKept = 5000;
/** The schema allows no more; what an older or a foreign writer put there counts no further. */
const mostStalenessSeconds = 5;

export class KeptWorlds {
  readonly #monotonic: () => number;
  /** How often something changed that readings do not show: one that was under way then may be of before. */
  #unshown = 0;
  readonly #kept = new LRUCache<string, KeptWorld>({ max: mostKept });

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** To be called before a reading begins that may be kept. */
  begin(): ReadingBegun {
    return { readAt: this.#monotonic(), unshown: this.#unshown };
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The reading that may serve this request, with its age. */
  find(request: DecisionRequest): (KeptWorld & { readonly ageMs: number }) | undefined {
    const kept = mayBeKept(request) ? this.#kept.get(keyOf(request)) : undefined;
    if (kept === undefined) return undefined;
    const ageMs = this.#monotonic() - kept.readAt;
    if (ageMs < stalenessMs(kept.world)) return { ...kept, ageMs };
    this.#kept.delete(keyOf(request));
    return undefined;
  }

  /** Keeps what allowed a request, if it may be kept and nothing changed since the reading began. */
  keep(request: DecisionRequest, world: ReadWorld, { readAt, unshown, told }: Reading): void {
    if (!mayBeKept(request) || stalenessMs(world) === 0 || unshown !== this.#unshown) return;
    if (told().some((change) => worldAfter(world, change) !== undefined)) return;
    this.#kept.set(keyOf(request), { world, readAt });
  }

  /** A watch told of a change. */
  changed(change: SeenChange): void {
    for (const [key, { world }] of this.#kept.entries())
      if (worldAfter(world, change) !== undefined) this.#kept.delete(key);
  }

  /** Something changed in a namespace that the readings do not show. */
  changedIn(namespace: string): void {
    this.#unshown += 1;
    for (const key of this.#kept.keys()) if (key.startsWith(`${namespace}/`)) this.#kept.delete(key);
  }

  /** Something changed that concerns all. */
  changedEverywhere(): void {
    this.#unshown += 1;
    this.#kept.clear();
  }
}

/** Whether all that a request may mean is looking. */
export function onlyLooks(route: Route | undefined): boolean {
  return route !== undefined && [route, ...(route.also ?? [])].every(({ action }) => action === readAction);
}

/** Of a person's GET or HEAD to an application, and no stream. */
function mayBeKept({ entryPoint, session, request }: DecisionRequest): boolean {
  if (entryPoint !== 'application' || session === undefined || request === undefined) return false;
  return (request.method === 'GET' || request.method === 'HEAD') && request.lasts !== true;
}

function stalenessMs({ application }: ReadWorld): number {
  const seconds = application?.spec.freshness?.maxStalenessSeconds ?? 0;
  return Math.min(Math.max(0, seconds), mostStalenessSeconds) * 1000;
}

function keyOf({ session, request }: DecisionRequest): string {
  const { namespace = '', name = '' } = session?.session ?? {};
  return `${namespace}/${name}/${request?.host}`;
}
