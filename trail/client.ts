/**
 * The client of the records for processes that reach them over the network: gateway and operator. It appends, and decides
 * nothing about what must be recorded.
 */
import type { Writer } from '../crds/audit/events.ts';
import type { NewRecord } from '../crds/audit/record.ts';
import { isSupportAccessError, SupportAccessError } from '../crds/errors.ts';
import { errorWithCauses } from '../process/redaction.ts';
import { createAppendQueue, type SendGroups } from './append-queue.ts';
import { createBackgroundAppend } from './background-append.ts';
import { type CallResponse, type Connection, type ConnectionOptions, openConnection } from './connection.ts';
import type { NoticeQueue, QueueState } from './notice-queue.ts';
import {
  type AppendOptions,
  defaultDeadlineMs,
  type Receipt,
  type RequesterSource,
  type Trail,
  type WitnessSource,
} from './trail.ts';
import { unknownIntentOutcomes } from './unknown-intents.ts';
import { validateAppend } from './validate-append.ts';
import {
  type AppendResponse,
  type CallProblem,
  detailIn,
  type GroupResult,
  problemIn,
  type RequestersResponse,
} from './wire.ts';

export interface TrailOptions extends ConnectionOptions {
  /** Whose types these records must be; the server knows it from the token and checks again. */
  readonly writer: Writer;
  /** Which running instance this is; it stands in each intent, so that the records know whose it is. */
  readonly instance?: string;
}

const closeWithinMs = 2000;

/** A trail to the records at `url`. Connects at the first append; a server that is away is no error before that. */
export function createTrail({
  writer,
  instance,
  ...options
}: TrailOptions): Trail & RequesterSource & WitnessSource {
  const connection = openConnection(options);
  const queue = createAppendQueue(sendBy(connection));
  let appended = 0;

  const stamped = (record: NewRecord): NewRecord =>
    instance !== undefined && record.phase === 'intent' ? { ...record, instance } : record;
  const appendAccepted = async (
    records: readonly NewRecord[],
    wait: AppendOptions = {},
  ): Promise<readonly Receipt[]> => {
    const accepted = validateAppend(writer, records.map(stamped));
    if (!accepted.ok) throw new SupportAccessError(accepted.code, accepted.detail);
    const receipts = await queue.append(accepted.records, wait);
    appended += receipts.length;
    return receipts;
  };
  const background = createBackgroundAppend(appendAccepted);
  return {
    async append(records, wait) {
      try {
        return await appendAccepted(records, wait);
      } catch (error) {
        // The intents may have arrived, and their caller will not act on them: an outcome follows that says so.
        const outcomes = isSupportAccessError(error, 'records_unavailable')
          ? unknownIntentOutcomes(records, Date.now())
          : [];
        if (outcomes.length > 0) background.addIfRoom([...records, ...outcomes]);
        throw error;
      }
    },
    appendInBackground: (records) => background.add(records),
    requestersOf: askRequestersBy(connection),
    checkWorld: checkWorldBy(connection),
    health: () => {
      const problem = queue.problem();
      return {
        reachable: problem === undefined,
        ...(problem === undefined ? {} : { problem: errorWithCauses(problem) }),
        appended,
        ...background.health(),
      };
    },
    async close(withinMs = closeWithinMs) {
      await background.close(withinMs);
      await connection.close();
    },
  };
}

function askRequestersBy(connection: Connection): RequesterSource['requestersOf'] {
  return async (writes, options) => {
    const response = await post(connection, { path: '/v1/requesters', body: { writes } }, options);
    if (response.status !== 200) throw refusalOf(response);
    const { requesters } = JSON.parse(response.text) as RequestersResponse;
    if (requesters.length === writes.length) return requesters;
    throw new SupportAccessError('records_unavailable', 'the records did not answer for each write');
  };
}

function checkWorldBy(connection: Connection): WitnessSource['checkWorld'] {
  return async ({ grant, cites }, options) => {
    const response = await post(connection, { path: '/v1/witness', body: { grant, cites } }, options);
    if (response.status === 204) return;
    const problem = response.status === 409 ? problemIn(response.text) : undefined;
    if (problem?.code === 'records_older' || problem?.code === 'records_rolled_back')
      throw new SupportAccessError(problem.code, detailIn(response.text) ?? 'the records gave no reason');
    throw refusalOf(response);
  };
}

/**
 * The queue of notices, on a connection of its own: what is said to people must not hold up what is recorded.
 */
export function createNoticeQueue(options: ConnectionOptions): NoticeQueue & { close(): Promise<void> } {
  const connection = openConnection(options);
  return {
    async ask(ask, signal) {
      const wait = { deadlineMs: queueDeadlineMs, ...(signal === undefined ? {} : { signal }) };
      const response = await post(connection, { path: '/v1/notices', body: ask }, wait);
      if (response.status === 200) return JSON.parse(response.text) as QueueState;
      if (response.status === 409)
        throw new SupportAccessError('records_conflict', detailIn(response.text) ?? 'the queue moved on');
      throw refusalOf(response);
    },
    close: () => connection.close(),
  };
}

const queueDeadlineMs = 5000;

interface Ask {
  readonly path: string;
  readonly body: object;
}

/** One call within its time; what is not answered is `records_unavailable`. */
async function post(
  connection: Connection,
  { path, body }: Ask,
  { signal, deadlineMs = defaultDeadlineMs }: AppendOptions = {},
): Promise<CallResponse> {
  const late = AbortSignal.timeout(deadlineMs);
  const given = signal === undefined ? late : AbortSignal.any([signal, late]);
  try {
    return await connection.call({ method: 'POST', path, body: JSON.stringify(body), signal: given });
  } catch (cause) {
    if (isSupportAccessError(cause, 'records_unavailable')) throw cause;
    throw new SupportAccessError('records_unavailable', 'the records cannot be reached', { cause });
  }
}

function sendBy(connection: Connection): SendGroups {
  return async (groups, signal) => {
    const body = `{"groups":[${groups.join(',')}]}`;
    const response = await connection.call({ method: 'POST', path: '/v1/records', body, signal });
    if (response.status === 200) return (JSON.parse(response.text) as AppendResponse).results.map(distrust);
    throw refusalOf(response);
  };
}

// A result without receipts is a refusal, whatever else it is.
function distrust(result: GroupResult): GroupResult {
  if ('receipts' in result && Array.isArray(result.receipts)) return result;
  const { code, detail } = result as Partial<CallProblem>;
  return { code: code ?? 'records_unavailable', detail: detail ?? 'the records gave no receipts' };
}

// 401 may be a token that was replaced this moment, 5xx and 429 a server that is starting: worth another try until the
// deadline. A halted store and a caller without the right are not.
function refusalOf({ status, text }: CallResponse): SupportAccessError {
  const detail = `the records refused the call with status ${status}${colon(detailIn(text))}`;
  if (status === 403) return new SupportAccessError('records_forbidden', detail);
  if ((status === 503 || status === 507) && problemIn(text)?.code === 'records_halted')
    return new SupportAccessError('records_halted', detailIn(text) ?? detail);
  if (status === 401 || status === 429 || status >= 500)
    return new SupportAccessError('records_unavailable', detail);
  return new SupportAccessError('records_invalid', detail);
}

function colon(text: string | undefined): string {
  return text === undefined ? '' : `: ${text}`;
}
