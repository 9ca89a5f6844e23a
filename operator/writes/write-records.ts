/**
 * Sends record drafts to the records: durably before anything is opened; what only closes may be owed and is sent again
 * later. It does not know what the drafts mean. Who asked for a write is the records' answer, never the operator's guess.
 */
import { LRUCache } from 'lru-cache';
import type { NewRecord } from '../../crds/audit/record.ts';
import { keyOfWrite, type Requester, type StoredWrite } from '../../crds/audit/requester.ts';
import type { CitedWorld } from '../../crds/audit/witness.ts';
import { isSupportAccessError } from '../../crds/errors.ts';
import {
  type AppendOptions,
  newRecordId,
  type RequesterSource,
  type Trail,
  type WitnessSource,
} from '../../trail/trail.ts';
import type { RecordDraft, RecordDrafts } from '../reporting/record-drafts.ts';

export interface RecordWriter {
  /** The signal gives up waiting when the same key has to be closed. */
  write(drafts: RecordDrafts, signal?: AbortSignal): Promise<'recorded' | 'owed'>;
  /** Who asked for a write, as far as a record of it was written by this process. */
  readonly requesterOf: (write: StoredWrite) => Requester | undefined;
  /** What in this world came back from a backup, in words; rejects where that cannot be known now. */
  restoredIn(world: CitedWorld, signal?: AbortSignal): Promise<string | undefined>;
}

/** Closing was done already and only its report waits for this. */
const closingDeadlineMs = 1000;
/** Requesters that are remembered until the status that names them is written. */
const maxRequesters = 5000;

type Records = Pick<Trail, 'append'> & RequesterSource & WitnessSource;

export function createRecordWriter(trail: Records, now: () => number): RecordWriter {
  const requesters = new LRUCache<string, Requester>({ max: maxRequesters });
  return {
    async write({ drafts, mustBeDurable }, signal) {
      if (drafts.length === 0) return 'recorded';
      const given = signal === undefined ? {} : { signal };
      const options = mustBeDurable ? given : { ...given, deadlineMs: closingDeadlineMs };
      try {
        const known = await askFor(trail, drafts, options);
        const records = drafts.map((draft): NewRecord => recordOf(draft, known, now()));
        await appendOnce(trail, records, options);
        for (const [key, requester] of known) requesters.set(key, requester);
        return 'recorded';
      } catch (error) {
        if (mustBeDurable || !isSupportAccessError(error)) throw error;
        return 'owed';
      }
    },
    requesterOf: (write) => requesters.get(keyOfWrite(write)),
    async restoredIn(world, signal) {
      try {
        await trail.checkWorld(world, signal === undefined ? {} : { signal });
        return undefined;
      } catch (error) {
        if (isSupportAccessError(error, 'records_rolled_back')) return error.message;
        throw error;
      }
    },
  };
}

async function askFor(
  trail: Records,
  drafts: readonly RecordDraft[],
  options: AppendOptions,
): Promise<ReadonlyMap<string, Requester>> {
  const writes = new Map(drafts.flatMap(({ write }) => (write ? [[keyOfWrite(write), write]] : [])));
  if (writes.size === 0) return new Map();
  const answers = await trail.requestersOf([...writes.values()], options);
  return new Map([...writes.keys()].flatMap((key, at) => (answers[at] ? [[key, answers[at]]] : [])));
}

function recordOf({ write, ...draft }: RecordDraft, known: ReadonlyMap<string, Requester>, now: number) {
  const requester = write && known.get(keyOfWrite(write));
  return { ...draft, id: newRecordId(now), ...(requester === undefined ? {} : { requester }) };
}

/**
 * A key that is known already with another id or time was recorded before a crash: keys are made of UIDs and reported
 * moments. One such key refuses the whole batch, so then each record is sent alone.
 */
async function appendOnce(
  trail: Pick<Trail, 'append'>,
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
