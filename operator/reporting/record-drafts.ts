/** What is a fact that the operator wants recorded? A record without its id, which the writer gives when it appends. */
import type { NewRecord } from '../../crds/audit/record.ts';
import { formatTime } from '../../crds/rules/time/time.ts';

export type RecordDraft = Omit<NewRecord, 'id'>;

/**
 * The facts of one plan. `mustBeDurable` when something will be opened after them: then what cannot be recorded is not
 * done. Facts of closing alone never hold anything up.
 */
export interface RecordDrafts {
  readonly facts: readonly RecordDraft[];
  readonly mustBeDurable: boolean;
}

/** What each fact of the operator starts from. Keys are made of UIDs and boundaries, so that a retry records once. */
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
    actor: { kind: 'system', name: 'support-access-operator' },
  };
}
