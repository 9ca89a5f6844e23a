/** Record drafts about an object that was created, changed or deleted. UID and generation prove that it was stored. */
import { citationOf } from '../../crds/audit/citation.ts';
import type { EventType } from '../../crds/audit/events.ts';
import { storedWriteOf } from '../../crds/audit/requester.ts';
import type { ObjectMeta } from '../../crds/object-meta.ts';
import { draftOf, type RecordDraft } from './record-drafts.ts';

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

/** What was not yet reported about the object. UID and generation make the key, so that a retry records it once. */
export function lifecycleDrafts(
  seen: { readonly object: Lived; readonly gone: boolean },
  events: LifecycleEvents,
  now: number,
): RecordDraft[] {
  const { object, gone } = seen;
  const { uid, generation = 0 } = object.metadata;
  if (gone) return [aboutWrite(object, draftOf(events.deleted, [uid], now), true)];
  if (object.status?.observedGeneration === generation) return [];
  const type = generation === 1 ? events.created : events.changed;
  return [aboutWrite(object, draftOf(type, [uid, generation], now), false)];
}

/** Binds a draft to an object and to the write that made it what it is, or to its deletion. */
export function aboutWrite(object: Lived, draft: RecordDraft, gone: boolean): RecordDraft {
  const cited = citationOf(object, gone);
  const cites = cited === undefined ? {} : { cites: [cited] };
  return { ...aboutObject(object, draft), ...cites, write: storedWriteOf(object, gone) };
}

/** Whether the object's present spec is by the one write that came since it was last reported. */
export function isNextWrite({ metadata, status }: Pick<Lived, 'metadata' | 'status'>): boolean {
  return metadata.generation === (status?.observedGeneration ?? 0) + 1;
}

/** Binds a draft to an object that is no grant, and to the write that can only have led to it, where there was one alone. */
export function aboutOnlyWrite(object: Lived, draft: RecordDraft): RecordDraft {
  return isNextWrite(object) ? aboutWrite(object, draft, false) : aboutObject(object, draft);
}

/** Binds a draft to an object that is no grant. */
export function aboutObject({ kind, metadata }: Lived, draft: RecordDraft): RecordDraft {
  const { namespace, name, uid, generation } = metadata;
  const target = {
    area: 'configuration' as const,
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
    ...(generation === undefined ? {} : { generation }),
  };
  return { ...draft, target };
}
