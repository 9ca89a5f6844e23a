/** Record drafts about one SupportAccessLock; pure. Each grant closes for a lock by itself and does not wait for these. */

import { unlockReason } from '../../crds/audit/requester.ts';
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import { aboutWrite } from '../reporting/lifecycle.ts';
import { draftOf, type RecordDraft } from '../reporting/record-drafts.ts';

export interface LockWorld {
  readonly lock: SupportAccessLock;
  readonly gone: boolean;
}

/** A lock says what it said when it was made, so its UID alone is the key. */
export function planLock({ lock, gone }: LockWorld, now: number): RecordDraft[] {
  const { uid, annotations, creationTimestamp } = lock.metadata;
  if (!gone) {
    const made = Date.parse(creationTimestamp);
    const draft = draftOf('lock.created', [uid], Number.isNaN(made) ? now : made);
    // As it was made: by now someone else may have written why it is to be lifted.
    const { annotations: _later, ...metadata } = lock.metadata;
    return [aboutWrite({ ...lock, metadata }, { ...draft, message: lock.spec.reason }, false)];
  }
  const why = annotations?.[unlockReason];
  if (why === undefined) {
    const message = 'it is gone, and no reason to lift it was given: what it stopped stays closed';
    return [aboutWrite(lock, { ...draftOf('lock.lost', [uid], now), message }, true)];
  }
  return [aboutWrite(lock, { ...draftOf('lock.lifted', [uid], now), message: why }, true)];
}
