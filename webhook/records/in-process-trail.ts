/**
 * The trail of whoever lives in the store's own process: admission. Same promises as over the network, no connection.
 */
import type { Writer } from '../../crds/audit/events.ts';
import type { NewRecord } from '../../crds/audit/record.ts';
import { SupportAccessError } from '../../crds/errors.ts';
import { acceptRecords } from '../../trail/accept.ts';
import { createLaterQueue } from '../../trail/later-queue.ts';
import type { AppendOptions, Receipt, Trail } from '../../trail/trail.ts';
import type { RecordStore } from './store.ts';

const defaultDeadlineMs = 2000;

/** A trail that appends to this store as `writer`. Closing it leaves the store open. */
export function inProcessTrail(store: RecordStore, writer: Writer): Trail {
  const append = async (
    records: readonly NewRecord[],
    options: AppendOptions = {},
  ): Promise<readonly Receipt[]> => {
    const accepted = acceptRecords(writer, records);
    if (!accepted.ok) throw new SupportAccessError(accepted.code, accepted.detail);
    const signal = deadlineSignal(options);
    const appended = await Promise.race([
      store.append({ writer, records: accepted.records }),
      aborted(signal),
    ]);
    if (!appended.ok) throw new SupportAccessError(appended.code, appended.detail);
    return appended.receipts;
  };
  const later = createLaterQueue(append);
  return {
    append,
    recordLater: (records) => later.add(records),
    health: () => ({ reachable: store.health().state === 'ready', ...later.health() }),
    close: (withinMs = defaultDeadlineMs) => later.close(withinMs),
  };
}

function deadlineSignal({ signal, deadlineMs = defaultDeadlineMs }: AppendOptions): AbortSignal {
  const deadline = AbortSignal.timeout(deadlineMs);
  return signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void =>
      reject(
        new SupportAccessError('records_unavailable', 'the records did not answer in time', {
          cause: signal.reason,
        }),
      );
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
