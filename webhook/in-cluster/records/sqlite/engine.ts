/**
 * The log with its start and its halt: after one write error nothing is appended until the process starts again.
 * Synchronous; the thread around it only carries messages.
 */
import type { Writer } from '../../../../crds/audit/events.ts';
import { canonicalRecord, type NewRecord } from '../../../../crds/audit/record.ts';
import type { OlderThing, WitnessRow } from '../../../../crds/audit/witness.ts';
import { newRecordId } from '../../../../trail/trail.ts';
import type { Appended, AppendRequest, CitedWorld, LogHead } from '../store.ts';
import { type HaltNote, openHaltNote } from './halt-note.ts';
import { openSqliteLog, type SqliteLog } from './log.ts';
import { lostInstanceRecords, refusedIntentRecords, startRecords } from './recovery.ts';

export interface EngineOptions {
  /** The SQLite file; it and its folder are made, for this user alone, when they are not there. */
  readonly path: string;
  /** Name of the log, taken when the file is new. */
  readonly origin: string;
}

export interface SqliteEngine {
  append(requests: readonly AppendRequest[]): readonly Appended[];
  /** Closes what this instance left open; false when that is not durable. */
  closeIntentsOf(instance: string): boolean;
  read(after: number, limit: number): readonly string[];
  head(): LogHead;
  find(writer: Writer, key: string): readonly string[];
  older(world: CitedWorld): readonly OlderThing[];
  refused(): readonly WitnessRow[];
  restoredAt(): number;
  /** Why nothing can be appended any more, or undefined. */
  halted(): string | undefined;
  close(): void;
}

/**
 * Opens the store: closes what the run before left open, says that it has started.
 * @throws Error when that cannot be made durable: a store that cannot write does not start.
 */
export function openSqliteEngine({ path, origin }: EngineOptions, now: () => number): SqliteEngine {
  const log = openSqliteLog(path, { origin, now });
  const note = openedWith(log, () => openHaltNote(`${path}.halted`));
  const close = (): void => {
    log.close();
    note.close();
  };
  openedWith({ close }, () => recordStart(log, note, now()));
  let halt: string | undefined;
  const refusal = (): Appended => ({ ok: false, code: 'records_halted', detail: halt ?? '' });
  const append = (requests: readonly AppendRequest[]): readonly Appended[] => {
    if (halt !== undefined) return requests.map(refusal);
    try {
      const answers = log.append(requests);
      closeRefused(log, { requests, answers, now: now() });
      return answers;
    } catch (error) {
      if (isBusy(error)) return requests.map(() => busy);
      // After a failed fsync the page cache may lie about what is on the disk (the PostgreSQL lesson of 2018): no
      // second try. What was acknowledged is durable; of this group nothing was acknowledged.
      halt = error instanceof Error ? error.message : String(error);
      note.write({ at: new Date(now()).toISOString(), reason: halt });
      return requests.map(refusal);
    }
  };
  return {
    append,
    closeIntentsOf(instance) {
      const openIntents = log.openIntents().filter((intent) => intent.instance === instance);
      const records = lostInstanceRecords(instance, { openIntents, now: now(), newId: newRecordId });
      return records.length === 0 || isAppended(append([ofStore(records)]));
    },
    read: (after, limit) => log.read(after, limit),
    head: () => log.head(),
    find: (writer, key) => log.find(writer, key),
    older: (world) => log.older(world),
    refused: () => log.refused(),
    restoredAt: () => log.restoredAt(),
    halted: () => halt,
    close,
  };
}

interface Answered {
  readonly requests: readonly AppendRequest[];
  readonly answers: readonly Appended[];
  readonly now: number;
}

/**
 * An intent whose answer was lost stands in the log, and its writer sends it again. Refused then as older than is known meanwhile, it
 * would stay open for as long as its instance lives: the writer takes it for one that was never recorded.
 */
function closeRefused(log: SqliteLog, { requests, answers, now }: Answered): void {
  const refused = requests.filter((_, at) => isOlder(answers[at])).flatMap(({ records }) => records);
  const ids = new Set(
    refused.filter(({ record }) => record.phase === 'intent').map(({ record }) => record.id),
  );
  if (ids.size === 0) return;
  const openIntents = log.openIntents().filter(({ id }) => ids.has(id));
  const records = refusedIntentRecords({ openIntents, now, newId: newRecordId });
  if (records.length > 0) log.append([ofStore(records)]);
}

const isOlder = (answer: Appended | undefined): boolean =>
  answer?.ok === false && answer.code === 'records_older';

// What is open already is closed when the next step of opening fails.
function openedWith<T>(open: { close(): void }, step: () => T): T {
  try {
    return step();
  } catch (error) {
    open.close();
    throw error;
  }
}

const busy: Appended = {
  ok: false,
  code: 'records_unavailable',
  detail:
    'another process is writing the records file; try again in a few seconds, and see that only one has it open',
};

/** Whether nothing was written and nothing is broken: another process holds the write lock of the file. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}

function ofStore(records: readonly NewRecord[]): AppendRequest {
  return { writer: 'store', records: records.map(canonicalRecord) };
}

function isAppended(answers: readonly Appended[]): boolean {
  return answers.every(({ ok }) => ok);
}

function recordStart(log: SqliteLog, note: HaltNote, now: number): void {
  const records = startRecords({
    openIntents: log.openIntents(),
    halt: note.read(),
    now,
    newId: newRecordId,
  });
  const [answer] = log.append([ofStore(records)]);
  if (answer?.ok !== true)
    throw new Error(`the records of a start were refused: ${answer?.detail ?? 'no answer'}`);
  note.clear();
}
