/** The trail of admission, which lives in the store's own process: the same promises as over the network, no connection. */
import type { Writer } from '../../../crds/audit/events.ts';
import type { NewRecord } from '../../../crds/audit/record.ts';
import { SupportAccessError } from '../../../crds/errors.ts';
import { within } from '../../../process/deadline.ts';
import { createBackgroundAppend } from '../../../trail/background-append.ts';
import { type AppendOptions, defaultDeadlineMs, type Receipt, type Trail } from '../../../trail/trail.ts';
import { validateAppend } from '../../../trail/validate-append.ts';
import type { RecordStore } from './store.ts';

const closeWithinMs = 2000;

/** A trail that appends to this store as `writer`. Closing it leaves the store open. */
export function inProcessTrail(store: RecordStore, writer: Writer): Trail {
  let count = 0;
  const append = async (
    records: readonly NewRecord[],
    options: AppendOptions = {},
  ): Promise<readonly Receipt[]> => {
    const accepted = validateAppend(writer, records);
    if (!accepted.ok) throw new SupportAccessError(accepted.code, accepted.detail);
    const appended = await inTime(store.append({ writer, records: accepted.records }), options);
    if (!appended.ok) throw new SupportAccessError(appended.code, appended.detail);
    count += appended.receipts.length;
    return appended.receipts;
  };
  const background = createBackgroundAppend(append);
  return {
    append,
    appendInBackground: (records) => background.add(records),
    health: () => ({ reachable: store.health().state === 'ready', appended: count, ...background.health() }),
    close: (withinMs = closeWithinMs) => background.close(withinMs),
  };
}

function inTime<T>(
  answer: Promise<T>,
  { signal, deadlineMs = defaultDeadlineMs }: AppendOptions,
): Promise<T> {
  return within(answer, {
    ms: deadlineMs,
    signal,
    late: (cause) =>
      new SupportAccessError('records_unavailable', 'the records did not answer in time', { cause }),
  });
}
