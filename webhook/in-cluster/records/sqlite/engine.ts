/**
 * The log with its start and its halt: after one write error nothing is appended until the file was opened anew. Opened on a full volume it
 * takes only what ends access, from space that is kept for it.
 * Synchronous; the thread around it only carries messages.
 */
import { existsSync } from 'node:fs';
import { recordHash } from '../../../../crds/audit/canonical.ts';
import { mayUseReserve } from '../../../../crds/audit/endings.ts';
import type { Writer } from '../../../../crds/audit/events.ts';
import { canonicalRecord, type NewRecord } from '../../../../crds/audit/record.ts';
import type { OlderThing, WitnessRow } from '../../../../crds/audit/witness.ts';
import type { QueueAsk, QueueState } from '../../../../trail/notice-queue.ts';
import { newRecordId } from '../../../../trail/trail.ts';
import type { Appended, AppendRequest, CitedWorld, LogHead } from '../store.ts';
import { type Halt, type HaltNote, openHaltNote } from './halt-note.ts';
import { openSqliteLog, type SqliteLog } from './log.ts';
import { type NoticeFile, openNoticeFile } from './notice-file.ts';
import { lostInstanceRecords, refusedIntentRecords, startRecords } from './recovery.ts';
import { openReserve, type Reserve } from './reserve.ts';
import { ownFile } from './schema.ts';

export interface EngineOptions {
  /** The SQLite file; it and its folder are made, for this user alone, when they are not there. */
  readonly path: string;
  /** Name of the log, taken when the file is new. */
  readonly origin: string;
  /** How many bytes to keep for a volume that is full; without it, none, and a full volume takes nothing at all. */
  readonly reserveBytes?: number;
  /**
   * The end of the log that this run had open: only that log is opened, as far as it went then. Left out at the start of a process, which
   * makes the file where there is none.
   */
  readonly goesOnFrom?: LogHead;
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
  /** The queue of notices; what goes wrong with it is thrown, and never halts the records. */
  notices(ask: QueueAsk): QueueState;
  /** Why not all can be appended any more, or undefined. */
  halted(): string | undefined;
  /** Whether what ends access is taken nevertheless, from the space that is kept. */
  endsOnly(): boolean;
  close(): void;
}

/**
 * Opens the store: closes what the run before left open, says that it has started.
 * @throws Error when that cannot be made durable: a store that cannot write does not start.
 */
export function openSqliteEngine(options: EngineOptions, now: () => number): SqliteEngine {
  const { path, origin, reserveBytes = 0, goesOnFrom } = options;
  if (goesOnFrom !== undefined && !existsSync(path)) throw new Error(`${anotherFile(path)}: there is none`);
  ownFile(path);
  const reserve = openReserve(path, reserveBytes);
  const endsOnly = makeRoom(reserve);
  const log = openedWith({ close: () => reserve?.close() }, () => openSqliteLog(path, { origin, now }));
  const note = openedWith(closing(log, reserve), () => openHaltNote(`${path}.halted`));
  const parts = closing(log, note, reserve);
  openedWith(parts, () => goesOnFrom && refuseAnother(log, { path, known: goesOnFrom }));
  openedWith(parts, () => recordStart(log, note, { now: now(), endsOnly }));
  const { append, halted, takesEnds } = createAppending({ log, note, reserve, now }, endsOnly);
  let queue: NoticeFile | undefined;
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
    notices(ask) {
      queue ??= openNoticeFile(`${path}.notices`, log);
      return queue.ask(ask);
    },
    halted,
    endsOnly: takesEnds,
    close() {
      queue?.close();
      parts.close();
    },
  };
}

interface AppendingParts {
  readonly log: SqliteLog;
  readonly note: HaltNote;
  readonly reserve: Reserve | undefined;
  readonly now: () => number;
}

/** Appends, until the disk says no; then nothing, or from the beginning only what ends access (`endsOnly` says why). */
function createAppending({ log, note, reserve, now }: AppendingParts, endsOnly: string | undefined) {
  let halt = endsOnly;
  let takesEnds = endsOnly !== undefined;
  const refusal = (): Appended => ({ ok: false, code: 'records_halted', detail: halt ?? '' });
  const stop = (reason: string): void => {
    halt = reason;
    takesEnds = false;
    note.write({ at: new Date(now()).toISOString(), reason });
  };
  const appendNow = (requests: readonly AppendRequest[]): readonly Appended[] => {
    try {
      const answers = log.append(requests);
      closeRefused(log, { requests, answers, now: now() });
      return answers;
    } catch (error) {
      if (isBusy(error)) return requests.map(() => busy);
      // After a failed fsync the page cache may lie about what is on the disk (the PostgreSQL lesson of 2018): no
      // second try. What was acknowledged is durable; of this group nothing was acknowledged.
      stop(error instanceof Error ? error.message : String(error));
      return requests.map(refusal);
    }
  };
  const append = (requests: readonly AppendRequest[]): readonly Appended[] => {
    if (halt === undefined && reserve?.isNeeded() === true) stop(volumeFull);
    if (halt === undefined) return appendNow(requests);
    if (!takesEnds || reserve === undefined) return requests.map(refusal);
    const isHalfLeft = reserve.isHalfLeft();
    const taken = requests.filter(({ records }) =>
      records.every(({ record }) => mayUseReserve(record, isHalfLeft)),
    );
    if (taken.length === 0) return requests.map(refusal);
    reserve.yieldSpace();
    const answers = appendNow(taken);
    return requests.map((request) => answers[taken.indexOf(request)] ?? refusal());
  };
  return { append, halted: () => halt, takesEnds: () => takesEnds };
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

interface Starting {
  readonly now: number;
  /** Why only what ends access is taken. */
  readonly endsOnly: string | undefined;
}

/** A volume that another process filled while none of ours ran halts the records as they are opened. */
function haltNow(now: number, reason: string | undefined): Halt | undefined {
  return reason === undefined ? undefined : { at: new Date(now).toISOString(), reason };
}

function recordStart(log: SqliteLog, note: HaltNote, { now, endsOnly }: Starting): void {
  const halt = note.read() ?? haltNow(now, endsOnly);
  // After a failed flush the page cache may have what the disk has not: all of it is written once more before anything is acknowledged.
  // On a full volume that could take more space than is kept, and it was a write that failed there.
  if (halt !== undefined && endsOnly === undefined) log.flush();
  const openIntents = log.openIntents();
  const records = startRecords({ openIntents, halt, endsOnly, now, newId: newRecordId });
  const [answer] = log.append([ofStore(records)]);
  if (answer?.ok !== true)
    throw new Error(`the records of a start were refused: ${answer?.detail ?? 'no answer'}`);
  if (endsOnly === undefined || halt === undefined) note.clear();
  else note.write({ ...halt, isRecorded: true });
}

const anotherFile = (path: string): string =>
  `the records file ${path} is not the one that was open until now; mount its volume again, or start the webhook again if the change is meant`;

/** A volume that vanished may have left its empty folder, and an older copy may lie there: nothing goes on in one of these unseen. */
function refuseAnother(
  log: SqliteLog,
  { path, known }: { readonly path: string; readonly known: LogHead },
): void {
  const { log: name } = log.head();
  if (name !== known.log) throw new Error(`${anotherFile(path)}: it is the log ${name}, not ${known.log}`);
  const [line] = known.seq === 0 ? [] : log.read(known.seq - 1, 1);
  if (known.seq > 0 && (line === undefined || recordHash(line) !== known.hash))
    throw new Error(`${anotherFile(path)}: it does not have record ${known.seq} as it was`);
}

const volumeFull =
  'the volume is full, and only what ends access is recorded, in space that is kept for it; make the volume larger, or remove other files from it';

/** Why only what ends access can be taken, with space for it; undefined where the volume has room, and the reserve all that it wants. */
function makeRoom(reserve: Reserve | undefined): string | undefined {
  if (reserve === undefined) return undefined;
  if (!reserve.isNeeded()) reserve.refill();
  if (!reserve.isNeeded()) return undefined;
  reserve.yieldSpace();
  return volumeFull;
}

function closing(...parts: readonly ({ close(): void } | undefined)[]): { close(): void } {
  return {
    close: () => {
      for (const part of parts) part?.close();
    },
  };
}
