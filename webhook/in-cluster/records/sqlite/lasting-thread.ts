/**
 * A store's thread that is replaced after a halt. What a restart of the process would do is done in place: the file is
 * opened anew, which reads what is really on the disk, and the halt and the new start are recorded. Until then the halted
 * thread reads and refuses. On a full volume a thread that takes only what ends access stands in between.
 */
import { statSync } from 'node:fs';
import type { LogHead, StoreHealth } from '../store.ts';
import type { EngineOptions } from './engine.ts';
import { freeBytesOn, leastFreeBytesOn, reserveSizeOn } from './reserve.ts';
import { startThread, type Thread } from './thread.ts';
import type { WorkerResponse } from './worker.ts';

/** How often the file is tried. */
const againMs = 3000;
/** Below this a volume counts as full still: else the last bytes would go for records of halts and starts. */
const leastFreeBytes = 256 * 1024;

/** Rejects as `startThread` does, for the first thread. */
export async function lastingThread(
  options: EngineOptions,
  onHalt: (reason: string) => void = () => undefined,
): Promise<Thread> {
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let opening: Promise<void> | undefined;
  const replaceLater = (afterMs = againMs): void => {
    if (closed) return;
    timer = setTimeout(() => {
      opening = replace();
    }, afterMs);
  };
  let known: LogHead | undefined;
  const start = (): Promise<Thread> =>
    startThread(known === undefined ? options : { ...options, goesOnFrom: known }, (reason) => {
      if (closed) return;
      onHalt(reason);
      // What ends access is not to wait for the next look.
      replaceLater(hasReserve(options) ? 0 : againMs);
    });
  const replace = async (): Promise<void> => {
    const isStopgap = current.health().endsOnly === true;
    if (!hasRoom(options) && (isStopgap || !hasReserve(options))) return replaceLater();
    try {
      const next = await start();
      const old = current;
      current = next;
      problem = undefined;
      await old.close();
      if (next.health().state === 'halted') replaceLater();
    } catch (error) {
      // It stays as it is, with the reason of the halt.
      problem = error instanceof Error ? error.message : String(error);
      replaceLater();
    }
  };
  let problem: string | undefined;
  let current = await start();
  known = (await current.ask({ kind: 'head' })).head;
  if (current.health().state === 'halted') {
    onHalt(current.health().reason ?? '');
    replaceLater();
  }
  return {
    ask: async (what) => {
      const answer = await current.ask(what);
      known = latestOf(known, answer);
      return answer;
    },
    health: () => withProblem(current.health(), problem),
    async close() {
      closed = true;
      clearTimeout(timer);
      await opening;
      await current.close();
    },
  };
}

/** Halted, with what was wrong when it was tried last. */
function withProblem(health: StoreHealth, problem: string | undefined): StoreHealth {
  if (health.state !== 'halted' || problem === undefined) return health;
  return { ...health, reason: `${health.reason ?? ''}; tried again: ${problem}` };
}

/** The end of what was acknowledged: that much the file must have when it is opened anew. */
function latestOf(known: LogHead | undefined, { appended = [] }: WorkerResponse): LogHead | undefined {
  const receipts = appended.flatMap((one) => (one.ok ? one.receipts : []));
  return receipts.reduce(
    (latest, { seq, hash }) => (latest !== undefined && seq > latest.seq ? { ...latest, seq, hash } : latest),
    known,
  );
}

/** With a reserve: room for it and as much again, so that what is taken then does not fill the volume at once. */
function hasRoom(options: EngineOptions): boolean {
  const { path, reserveBytes = 0 } = options;
  try {
    if (reserveBytes === 0) return freeBytesOn(path) >= leastFreeBytes;
    const least = leastFreeBytesOn(path);
    return freeBytesOn(path) >= 2 * least + missingOf(path, reserveBytes);
  } catch {
    return false;
  }
}

function missingOf(path: string, reserveBytes: number): number {
  return Math.max(0, reserveSizeOn(path, reserveBytes) - reserveLeft(path));
}

/** Whether something of the reserve is left. */
function hasReserve({ path, reserveBytes = 0 }: EngineOptions): boolean {
  return reserveBytes > 0 && reserveLeft(path) > 0;
}

function reserveLeft(path: string): number {
  return statSync(`${path}.reserve`, { throwIfNoEntry: false })?.size ?? 0;
}
