/**
 * The store of records in SQLite, as the rest of the process sees it: asks of one thread, and groups of appends that
 * share one commit. The SQL is the thread's. After a write error that thread only reads; another is started in its place as
 * soon as the file can be written again.
 */
import { restoreTypes } from '../../../../crds/audit/witness.ts';
import { SupportAccessError } from '../../../../crds/errors.ts';
import type { Appended, AppendRequest, RecordStore } from '../store.ts';
import type { EngineOptions } from './engine.ts';
import { proveLock } from './file-system.ts';
import { holdFile } from './holder.ts';
import { lastingThread } from './lasting-thread.ts';
import type { Thread } from './thread.ts';
import type { WorkerRequest, WorkerResponse } from './worker.ts';

/** Most records that share one commit: bounds how long one caller waits for others. */
const maxGroupRecords = 256;

interface Waiting {
  readonly request: AppendRequest;
  readonly resolve: (appended: Appended) => void;
}

export interface StoreOptions extends EngineOptions {
  /** Who opens it, for those who find it taken: the name of the pod. */
  readonly holder?: string;
  /** Told why nothing is taken any more, each time. */
  readonly onHalt?: (reason: string) => void;
  /** Has another process try the lock: for the one store of an installation, as it takes a process and its time. */
  readonly provesLock?: boolean;
}

/**
 * Opens the store and resolves when it takes appends; what the last run left open is closed by then.
 * @throws SupportAccessError `records_halted` when another process has the file, when it cannot be opened, or its start not
 *   be made durable.
 */
export async function openSqliteStore({
  holder,
  onHalt,
  provesLock = false,
  ...options
}: StoreOptions): Promise<RecordStore> {
  const held = holdFile(options.path, holder);
  const open = async (): Promise<Thread> => {
    if (provesLock) proveLock(held.lock);
    return lastingThread(options, onHalt);
  };
  const thread = await open().catch((error: unknown) => {
    held.release();
    throw error;
  });
  const grouped = groupAppends((requests) => thread.ask({ kind: 'append', requests }));
  const read = async (ask: WorkerRequest): Promise<WorkerResponse> => {
    const answer = await thread.ask(ask);
    if (answer.failed !== undefined) throw new SupportAccessError('records_unavailable', answer.failed);
    return answer;
  };
  // The one process that has the file appends them all, so that this is always the last of them.
  let restoredAt = (await read({ kind: 'restored-at' })).restoredAt ?? unanswered('restored');
  return {
    append: async (request) => {
      const appended = await grouped(request);
      restoredAt = Math.max(restoredAt, ...restoresIn(request, appended));
      return appended;
    },
    closeIntentsOf: async (instance) =>
      (await thread.ask({ kind: 'close-intents', instance })).closed === true,
    read: async (range) => (await read({ kind: 'read', ...range })).lines ?? [],
    head: async () => {
      const { head } = await read({ kind: 'head' });
      if (head === undefined) throw new SupportAccessError('records_unavailable', 'the store named no head');
      return head;
    },
    find: async (writer, key) => (await read({ kind: 'find', writer, key })).lines?.[0],
    older: async (world) => (await read({ kind: 'older', world })).older ?? unanswered('older'),
    refused: async () => (await read({ kind: 'refused' })).refused ?? unanswered('refused'),
    restoredAt: () => restoredAt,
    notices: async (asked) => {
      const { notices, overtaken } = await read({ kind: 'notices', asked });
      if (overtaken !== undefined) throw new SupportAccessError('records_conflict', overtaken);
      return notices ?? unanswered('queued');
    },
    health: () => thread.health(),
    close: async () => {
      await thread.close();
      held.release();
    },
  };
}

/** One commit at a time; what arrives meanwhile waits together for the next, so that none waits for more than two. */
function groupAppends(
  commit: (requests: readonly AppendRequest[]) => Promise<WorkerResponse>,
): (request: AppendRequest) => Promise<Appended> {
  const waiting: Waiting[] = [];
  let committing = false;
  const drain = async (): Promise<void> => {
    committing = true;
    while (waiting.length > 0) {
      const group = nextGroup(waiting);
      const { appended, failed } = await commit(group.map(({ request }) => request));
      for (const [at, { resolve }] of group.entries()) resolve(appended?.[at] ?? refusedFor(failed));
    }
    committing = false;
  };
  return (request) =>
    new Promise((resolve) => {
      waiting.push({ request, resolve });
      if (!committing) void drain();
    });
}

function nextGroup(waiting: Waiting[]): Waiting[] {
  let records = 0;
  const end = waiting.findIndex(({ request }, at) => {
    records += request.records.length;
    return at > 0 && records > maxGroupRecords;
  });
  return waiting.splice(0, end === -1 ? waiting.length : end);
}

/** The numbers of the records with which another history begins. */
function restoresIn({ records }: AppendRequest, appended: Appended): number[] {
  if (!appended.ok) return [];
  return appended.receipts.filter((_, at) => isRestore(records[at])).map(({ seq }) => seq);
}

function isRestore(canonical: AppendRequest['records'][number] | undefined): boolean {
  return canonical !== undefined && restoreTypes.includes(canonical.record.type);
}

/** What was not answered is not "nothing". */
function unanswered(what: string): never {
  throw new SupportAccessError('records_unavailable', `the store did not say what is ${what}`);
}

function refusedFor(reason: string | undefined): Appended {
  return { ok: false, code: 'records_halted', detail: reason ?? 'the store gave no answer' };
}
