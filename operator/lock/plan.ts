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
  return [gone ? draftOfEnd(lock, now) : draftOfMaking(lock, now)];
}

/** Of a lock that is gone, where the records know of a reason that no watch told: it came while one was broken. */
export function liftedUnseen(lock: SupportAccessLock, now: number): RecordDraft[] {
  const message = 'it was lifted; the reason was not seen here, and stands in the record of admission';
  return [aboutWrite(lock, { ...draftOf('lock.lifted', [lock.metadata.uid], now), message }, true)];
}

function draftOfMaking(lock: SupportAccessLock, now: number): RecordDraft {
  const { uid, creationTimestamp } = lock.metadata;
  const made = Date.parse(creationTimestamp);
  const draft = draftOf('lock.created', [uid], Number.isNaN(made) ? now : made);
  // As it was made: by now someone else may have written why it is to be lifted.
  const { annotations: _later, ...metadata } = lock.metadata;
  return aboutWrite({ ...lock, metadata }, { ...draft, message: lock.spec.reason }, false);
}

function draftOfEnd(lock: SupportAccessLock, now: number): RecordDraft {
  const { uid, annotations } = lock.metadata;
  const why = annotations?.[unlockReason];
  if (why !== undefined)
    return aboutWrite(lock, { ...draftOf('lock.lifted', [uid], now), message: why }, true);
  const message = 'it is gone, and no reason to lift it was given: what it stopped stays closed';
  return aboutWrite(lock, { ...draftOf('lock.lost', [uid], now), message }, true);
}
