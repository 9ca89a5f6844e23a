/** Record drafts: what the operator wants recorded. A draft has no id yet; the writer gives one when it appends. */

import type { NewRecord } from '../../crds/audit/record.ts';
import type { StoredWrite } from '../../crds/audit/requester.ts';
import { programs } from '../../crds/names.ts';
import { formatTime } from '../../crds/rules/time/time.ts';

export interface RecordDraft extends Omit<NewRecord, 'id' | 'requester'> {
  /** The write that the record is about. The records know who asked for it; the draft never says. */
  readonly write?: StoredWrite;
}

/**
 * The drafts of one plan. `mustBeDurable` when something will be opened after them: what cannot be recorded is then not
 * done. Drafts about closing alone never hold anything up.
 */
export interface RecordDrafts {
  readonly drafts: readonly RecordDraft[];
  readonly mustBeDurable: boolean;
}

/** What each draft of the operator starts from. Keys are made of UIDs and boundaries, so that a retry records once. */
export function draftOf(
  type: NewRecord['type'],
  key: readonly (string | number)[],
  now: number,
): RecordDraft {
  return {
    key: [type, ...key].join('/'),
    type,
    phase: 'point',
    time: formatTime(now),
    actor: { kind: 'system', name: programs.operator },
  };
}
