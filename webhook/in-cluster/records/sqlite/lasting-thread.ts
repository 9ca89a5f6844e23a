/**
 * A store's thread that is replaced after a halt. What a restart of the process would do is done in place: the file is
 * opened anew, which reads what is really on the disk, and the halt and the new start are recorded. Until then the halted
 * thread reads and refuses.
 */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EngineOptions } from './engine.ts';
import { startThread, type Thread } from './thread.ts';

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
  const replaceLater = (): void => {
    if (closed) return;
    timer = setTimeout(() => {
      opening = replace();
    }, againMs);
  };
  const start = (): Promise<Thread> =>
    startThread(options, (reason) => {
      if (closed) return;
      onHalt(reason);
      replaceLater();
    });
  const replace = async (): Promise<void> => {
    if (!hasRoom(options.path)) return replaceLater();
    try {
      const next = await start();
      const old = current;
      current = next;
      await old.close();
    } catch {
      // It stays as it is, with the reason of the halt.
      replaceLater();
    }
  };
  let current = await start();
  return {
    ask: (what) => current.ask(what),
    health: () => current.health(),
    async close() {
      closed = true;
      clearTimeout(timer);
      await opening;
      await current.close();
    },
  };
}

function hasRoom(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize >= leastFreeBytes;
  } catch {
    return false;
  }
}
