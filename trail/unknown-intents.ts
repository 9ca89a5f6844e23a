/**
 * Makes outcome records for intents whose append result is unknown: they may be in the log, and their caller did not act.
 * Pure but for ids.
 */
import type { NewRecord } from '../crds/audit/record.ts';
import { newRecordId } from './trail.ts';

/** One outcome for each intent among the records; `now` in epoch milliseconds. */
export function unknownIntentOutcomes(records: readonly NewRecord[], now: number): NewRecord[] {
  return records
    .filter(({ phase }) => phase === 'intent')
    .map(({ id, type, actor, session, grant, target }) => ({
      id: newRecordId(now),
      key: `unknown/${id}`,
      type,
      phase: 'outcome',
      cause: id,
      time: new Date(now).toISOString(),
      actor,
      ...(session === undefined ? {} : { session }),
      ...(grant === undefined ? {} : { grant }),
      ...(target === undefined ? {} : { target }),
      outcome: { status: 503, reason: 'RecordsUnavailable' },
    }));
}
