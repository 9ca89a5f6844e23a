/** What is recorded also on a full volume, from the space that is kept for it: what ends access, and what the records say of themselves. */
import type { EventType, Phase } from './events.ts';

/** Types that tell of an end: each takes something away, and none ever opens anything. */
const endings: readonly EventType[] = [
  'grant.expired',
  'grant.revoked',
  'grant.suspended',
  'grant.closed',
  'grant.deleted',
  'policy.disabled',
  'policy.deleted',
  'user.deprovisioned',
  'user.suspended',
  'user.deactivated',
  'user.removed',
  'application.deleted',
  'matrix.deleted',
  'lock.created',
  'credential.revoked',
  'session.ended',
];

/**
 * Whether a record only tells of an end: of access, or of something that is recorded as begun. There are no more outcomes than
 * intents, which a full volume takes none of.
 */
export function tellsOfEnd({ type, phase }: { readonly type: EventType; readonly phase: Phase }): boolean {
  return endings.includes(type) || phase === 'outcome';
}

/** As many as who reads asks for. */
const causedByReaders: readonly EventType[] = ['audit.read', 'audit.exported'];

/** Whether it may take of the kept space; reading and taking along only while more than half is left, so that readers cannot use up what is for ends. */
export function mayUseReserve(
  record: { readonly type: EventType; readonly phase: Phase },
  isHalfLeft: boolean,
): boolean {
  if (causedByReaders.includes(record.type)) return isHalfLeft;
  return tellsOfEnd(record) || record.type.startsWith('audit.');
}
