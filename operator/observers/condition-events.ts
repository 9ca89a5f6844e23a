/**
 * Publishes one Kubernetes Event for each stored change of a condition, with its reason and message. It follows the cache
 * instead of being called, so that a change that was never stored is never published.
 */
import { type Condition, conditionOf } from '../../crds/rules/conditions.ts';
import type { Reason } from '../../crds/rules/reasons.ts';
import type { EventRecorder } from '../../kube/events/events.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { CacheChange } from '../../kube/watch/object-store.ts';

interface WithConditions extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface Followed {
  onChange(listener: (change: CacheChange<WithConditions>) => void): () => void;
}

/** Conditions whose changes are published, and the action that each change is called. */
const published = [
  { type: 'Active', actions: { True: 'Open', False: 'Close', Unknown: 'Close' } },
  { type: 'Ready', actions: { True: 'Enforce', False: 'Enforce', Unknown: 'Enforce' } },
  { type: 'CertificatesReady', actions: { True: 'Serve', False: 'Serve', Unknown: 'Serve' } },
  { type: 'AdmissionReady', actions: { True: 'Enforce', False: 'Enforce', Unknown: 'Enforce' } },
  { type: 'HostReady', actions: { True: 'Serve', False: 'Serve', Unknown: 'Serve' } },
  { type: 'ClockOff', actions: { True: 'Enforce', False: 'Enforce', Unknown: 'Enforce' } },
  { type: 'RecordsFilling', actions: { True: 'Record', False: 'Record', Unknown: 'Record' } },
  { type: 'RecordsUnavailable', actions: { True: 'Record', False: 'Record', Unknown: 'Record' } },
] as const;

/** Why access is closed as the customer planned it: nothing is wrong, and nothing is to be done. */
const asPlanned: ReadonlySet<string> = new Set<Reason>([
  'Disabled',
  'Expired',
  'NotStarted',
  'PolicyDisabled',
  'UserDisabled',
]);

/** What holds still, and will not for long. */
const endsSoon: ReadonlySet<string> = new Set<Reason>(['CertificateEnding', 'ProviderNeedsAttention']);

/** Conditions that are there only while something is wrong. */
const faults: readonly string[] = ['ClockOff', 'RecordsFilling', 'RecordsUnavailable'];

/** The status in which a condition is no news of a new object: of this one, that it does not hold. */
const fine = (type: string): Condition['status'] => (faults.includes(type) ? 'False' : 'True');

/** Follows the collection; the returned function stops. */
export function publishConditionEvents(
  followed: Followed,
  events: Pick<EventRecorder, 'record'>,
): () => void {
  return followed.onChange(({ type, object, old }) => {
    if (type !== 'updated') return;
    for (const one of published) {
      const now = conditionOf(object.status?.conditions, one.type);
      if (now === undefined || !isNews(now, conditionOf(old?.status?.conditions, one.type))) continue;
      const { reason, message: note } = now;
      events.record({ regarding: object, type: kindOf(now), reason, action: one.actions[now.status], note });
    }
  });
}

function kindOf({ type, status, reason }: Condition): 'Normal' | 'Warning' {
  if (asPlanned.has(reason)) return 'Normal';
  return status === fine(type) && !endsSoon.has(reason) ? 'Normal' : 'Warning';
}

/** Another status or reason. A new object that is fine is no news, except that access was opened. */
function isNews(now: Condition, before: Condition | undefined): boolean {
  if (before === undefined) return now.status !== fine(now.type) || now.type === 'Active';
  return now.status !== before.status || now.reason !== before.reason;
}
