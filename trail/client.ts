/**
 * The trail of a process that has the records at the other end of a connection: gateway and operator. It appends, and
 * decides nothing about what must be recorded.
 */
import type { Writer } from '../crds/audit/events.ts';
import type { NewRecord } from '../crds/audit/record.ts';
import { isSupportAccessError, SupportAccessError } from '../crds/errors.ts';
import { createAnonymousRefusals, isAnonymousRefusal } from './anonymous-refusals.ts';
import { createAppendQueue, type SendGroups } from './append-queue.ts';
import { createBackgroundAppend } from './background-append.ts';
import { type Answered, type Connection, type ConnectionOptions, openConnection } from './connection.ts';
import type { AppendOptions, Receipt, Trail } from './trail.ts';
import { unknownIntentOutcomes } from './unknown-intents.ts';
import { validateAppend } from './validate-append.ts';
import type { AppendAnswer, GroupResult, Problem } from './wire.ts';

export interface TrailOptions extends ConnectionOptions {
  /** Whose types these records must be; the door knows it from the token and checks again. */
  readonly writer: Writer;
}

const closeWithinMs = 2000;

/** A trail to the records door at `url`. Connects at the first append; a door that is away is no error before that. */
export function createTrail({ writer, ...options }: TrailOptions): Trail {
  const connection = openConnection(options);
  const queue = createAppendQueue(sendBy(connection));

  const appendAccepted = async (
    records: readonly NewRecord[],
    wait: AppendOptions = {},
  ): Promise<readonly Receipt[]> => {
    const accepted = validateAppend(writer, records);
    if (!accepted.ok) throw new SupportAccessError(accepted.code, accepted.detail);
    return queue.append(accepted.records, wait);
  };
  const later = createBackgroundAppend(appendAccepted);
  const strangers = createAnonymousRefusals({
    offer: (records) => later.offer(records),
    now: () => Date.now(),
  });
  return {
    async append(records, wait) {
      try {
        return await appendAccepted(records, wait);
      } catch (error) {
        // Nobody knows whether the intents arrived, and their caller will not act: they are followed by an outcome.
        const abandoned = isSupportAccessError(error, 'records_unavailable')
          ? unknownIntentOutcomes(records, Date.now())
          : [];
        if (abandoned.length > 0) later.addIfRoom([...records, ...abandoned]);
        throw error;
      }
    },
    appendInBackground(records) {
      if (!records.every(isAnonymousRefusal)) return later.add(records);
      for (const record of records) strangers.note(record);
      return true;
    },
    health: () => ({ reachable: queue.reachable(), ...later.health() }),
    async close(withinMs = closeWithinMs) {
      strangers.stop();
      await later.close(withinMs);
      await connection.close();
    },
  };
}

function sendBy(connection: Connection): SendGroups {
  return async (groups, signal) => {
    const body = `{"groups":[${groups.join(',')}]}`;
    const answered = await connection.call({ method: 'POST', path: '/v1/records', body, signal });
    if (answered.status === 200) return (JSON.parse(answered.text) as AppendAnswer).results.map(distrust);
    throw refusalOf(answered);
  };
}

// A result without receipts is a refusal, whatever else it is.
function distrust(result: GroupResult): GroupResult {
  if ('receipts' in result && Array.isArray(result.receipts)) return result;
  const { code, detail } = result as Partial<Problem>;
  return { code: code ?? 'records_unavailable', detail: detail ?? 'the records door gave no receipts' };
}

// 401 may be a token that was replaced this moment, 5xx and 429 a door that is starting: worth another try until the
// deadline. A halted store and a caller without the right are not.
function refusalOf({ status, text }: Answered): SupportAccessError {
  const detail = `the records door answered ${status}`;
  if (status === 403) return new SupportAccessError('records_forbidden', detail);
  if (status === 503 && codeIn(text) === 'records_halted')
    return new SupportAccessError('records_halted', detail);
  if (status === 401 || status === 429 || status >= 500)
    return new SupportAccessError('records_unavailable', detail);
  return new SupportAccessError('records_invalid', detail);
}

function codeIn(text: string): unknown {
  try {
    return (JSON.parse(text) as Partial<Problem>).code;
  } catch {
    return undefined;
  }
}
