/**
 * Sends record drafts to the records: durably before anything is opened; what only closes may be owed and is sent again
 * later. It does not know what the drafts mean.
 */
import type { NewRecord } from '../../crds/audit/record.ts';
import { isSupportAccessError } from '../../crds/errors.ts';
import { type AppendOptions, newRecordId, type Trail } from '../../trail/trail.ts';
import type { RecordDrafts } from '../reporting/record-drafts.ts';

export interface RecordWriter {
  /** The signal gives up waiting when the same key has to be closed. */
  write(drafts: RecordDrafts, signal?: AbortSignal): Promise<'recorded' | 'owed'>;
}

/** Closing was done already and only its report waits for this. */
const closingDeadlineMs = 1000;

export function createRecordWriter(trail: Trail, now: () => number): RecordWriter {
  return {
    async write({ drafts, mustBeDurable }, signal) {
      if (drafts.length === 0) return 'recorded';
      const records = drafts.map((draft): NewRecord => ({ ...draft, id: newRecordId(now()) }));
      try {
        const given = signal === undefined ? {} : { signal };
        await appendOnce(trail, records, mustBeDurable ? given : { ...given, deadlineMs: closingDeadlineMs });
        return 'recorded';
      } catch (error) {
        if (mustBeDurable || !isSupportAccessError(error)) throw error;
        return 'owed';
      }
    },
  };
}

/**
 * A key that is known already with another id or time was recorded before a crash: keys are made of UIDs and reported
 * moments. One such key refuses the whole batch, so then each record is sent alone.
 */
async function appendOnce(
  trail: Trail,
  records: readonly NewRecord[],
  options: AppendOptions,
): Promise<void> {
  try {
    await trail.append(records, options);
    return;
  } catch (error) {
    if (!isSupportAccessError(error, 'records_conflict')) throw error;
  }
  for (const record of records) {
    try {
      await trail.append([record], options);
    } catch (error) {
      if (!isSupportAccessError(error, 'records_conflict')) throw error;
    }
  }
}
