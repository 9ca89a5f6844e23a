/**
 * What do people see in `kubectl get events`? One Event for each persisted change of a condition, with the condition's
 * reason and message. Nobody calls it: it watches what was stored, so a change that was never stored is never told.
 */
import { type Condition, conditionOf } from '../../crds/rules/conditions.ts';
import type { EventRecorder } from '../../kube/events/events.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { CacheChange } from '../../kube/watch/object-store.ts';

interface WithConditions extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface Followed {
  onChange(listener: (change: CacheChange<WithConditions>) => void): () => void;
}

/** Conditions whose changes are told, and how the change is called. */
const told = [
  { type: 'Active', actions: { True: 'Open', False: 'Close', Unknown: 'Close' } },
  { type: 'Ready', actions: { True: 'Enforce', False: 'Enforce', Unknown: 'Enforce' } },
  { type: 'HostReady', actions: { True: 'Serve', False: 'Serve', Unknown: 'Serve' } },
] as const;

/** Follows the collection; the returned function stops. */
export function tellConditions(followed: Followed, events: Pick<EventRecorder, 'record'>): () => void {
  return followed.onChange(({ type, object, old }) => {
    if (type !== 'updated') return;
    for (const one of told) {
      const now = conditionOf(object.status?.conditions, one.type);
      if (now === undefined || !isNews(now, conditionOf(old?.status?.conditions, one.type))) continue;
      const kind = now.status === 'True' ? 'Normal' : 'Warning';
      const { reason, message: note } = now;
      events.record({ regarding: object, type: kind, reason, action: one.actions[now.status], note });
    }
  });
}

/** Another status or reason. An object that starts out fine has nothing to tell, unless a door was opened. */
function isNews(now: Condition, before: Condition | undefined): boolean {
  if (before === undefined) return now.status !== 'True' || now.type === 'Active';
  return now.status !== before.status || now.reason !== before.reason;
}
