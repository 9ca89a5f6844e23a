/** Which facts tell that an object came, changed or went? Its UID and generation are the proof that it was stored. */
import type { EventType } from '../crds/audit/events.ts';
import type { ObjectMeta } from '../crds/object-meta.ts';
import { type Fact, factOf } from './facts.ts';

export interface Lived {
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly status?: { readonly observedGeneration?: number };
}

export interface LifecycleEvents {
  readonly created: EventType;
  readonly changed: EventType;
  readonly deleted: EventType;
}

/** What was not yet reported about the object; the key of each is its UID and generation, so that a retry tells it once. */
export function lifecycleFacts(
  seen: { readonly object: Lived; readonly gone: boolean },
  events: LifecycleEvents,
  now: number,
): Fact[] {
  const { object, gone } = seen;
  const { uid, generation = 0 } = object.metadata;
  if (gone) return [aboutObject(object, factOf(events.deleted, [uid], now))];
  if (object.status?.observedGeneration === generation) return [];
  const type = generation === 1 ? events.created : events.changed;
  return [aboutObject(object, factOf(type, [uid, generation], now))];
}

/** Binds a fact to an object that is no grant. */
export function aboutObject({ kind, metadata }: Lived, fact: Fact): Fact {
  const { namespace, name, uid, generation } = metadata;
  const target = {
    surface: 'configuration',
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
    ...(generation === undefined ? {} : { generation }),
  };
  return { ...fact, target };
}
