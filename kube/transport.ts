/**
 * How do bytes get to the API server and back? Connection pools, credentials, deadlines and repeated tries.
 * It knows HTTP and nothing of kinds; it neither reads nor changes bodies.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { type Clock, pause } from './clock.ts';
import { ClockOffset } from './clock-offset.ts';
import { type CredentialSource, type Credentials, sameIdentity, type TlsIdentity } from './credentials.ts';
import { type Deadline, openDeadline } from './deadline.ts';
import { ServerUnreachable } from './errors.ts';
import { retryIn } from './retry.ts';

export interface TransportRequest {
  readonly method: string;
  /** Path and query, without the server's own prefix. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined;
  readonly body?: string | Buffer | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For the whole call with all its tries. Default 30 s. For `open`: until the answer's head has arrived. */
  readonly deadlineMs?: number | undefined;
  /** Lease renewals have connections of their own, so that a burst of other work cannot cost us the lead. */
  readonly pool?: 'requests' | 'leases' | undefined;
}

export interface TransportAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface OpenAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read to its end or destroyed. */
  readonly body: Readable;
}

export interface Transport {
  readonly clockOffset: ClockOffset;
  /** One request and its whole answer, whatever its status. Throws `ServerUnreachable`, or the signal's reason. */
  send(request: TransportRequest): Promise<TransportAnswer>;
  /** An answer that is read as it comes. The signal also ends the reading; there is no limit to its length. */
  open(request: TransportRequest): Promise<OpenAnswer>;
  /** Lets running requests end. */
  close(): Promise<void>;
}

export interface TransportSettings {
  readonly credentials: CredentialSource;
  readonly clock: Clock;
  readonly userAgent: string;
}

const defaultDeadlineMs = 30_000;

/** Errors of trust: nothing was sent yet, and a CA that was just replaced may explain them. */
const untrusted = /CERT|UNABLE_TO_|_SSL_|SELF_SIGNED|ALERT/;

export function createTransport(settings: TransportSettings): Transport {
  const { credentials, clock } = settings;
  const pools = createPools();
  const clockOffset = new ClockOffset();
  const prefix = credentials.server.pathname.replace(/\/$/, '');

  async function dispatch(
    request: TransportRequest,
    held: Credentials,
    way: Way,
  ): Promise<Dispatcher.ResponseData> {
    const headers: Record<string, string | string[]> = {
      'user-agent': settings.userAgent,
      ...request.headers,
    };
    if (held.authorization !== undefined) headers['authorization'] = held.authorization;
    const sentAt = clock.now();
    const answer = await pools.for(held.tls)[way.pool].request({
      origin: credentials.server.origin,
      path: prefix + request.path,
      method: request.method,
      headers,
      body: request.body ?? null,
      signal: way.deadline.signal,
    });
    const header = answer.headers.date;
    if (typeof header === 'string') clockOffset.observe({ header, sentAt, receivedAt: clock.now() });
    return answer;
  }

  /** One try, with fresh credentials if the server (or we, of its certificate) doubted those that we hold. */
  async function attempt(request: TransportRequest, way: Way): Promise<Dispatcher.ResponseData> {
    const held = await credentials.current();
    try {
      const answer = await dispatch(request, held, way);
      if (answer.statusCode !== 401) return answer;
      const renewed = await credentials.renewed(held);
      if (renewed === held) return answer;
      await answer.body.dump();
      return await dispatch(request, renewed, way);
    } catch (error) {
      if (!untrusted.test(codeOf(error))) throw error;
      const renewed = await credentials.renewed(held);
      if (renewed === held) throw error;
      return dispatch(request, renewed, way);
    }
  }

  async function tryOnce(request: TransportRequest, way: Way): Promise<TransportAnswer | ServerUnreachable> {
    try {
      const answer = await attempt(request, way);
      return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
    } catch (error) {
      if (way.deadline.signal.aborted) throw way.deadline.signal.reason;
      return new ServerUnreachable(describe(request), codeOf(error), error);
    }
  }

  async function send(request: TransportRequest): Promise<TransportAnswer> {
    const deadline = openDeadline(clock, limits(request));
    try {
      for (let sent = 1; ; sent += 1) {
        const result = await tryOnce(request, { pool: request.pool ?? 'requests', deadline });
        const outcome = result instanceof ServerUnreachable ? result : summary(result);
        const left = { remainingMs: deadline.remainingMs(), random: Math.random() };
        const wait = retryIn({ method: request.method, sent, outcome, ...left });
        if (wait !== undefined) await pause(clock, wait, deadline.signal);
        else if (result instanceof ServerUnreachable) throw result;
        else return result;
      }
    } finally {
      deadline.release();
    }
  }

  async function open(request: TransportRequest): Promise<OpenAnswer> {
    const head = openDeadline(clock, limits(request));
    try {
      const answer = await attempt(request, { pool: 'streams', deadline: head });
      // Destroyed before anybody reads it (a signal, a reset), an unheard error would end the process.
      answer.body.on('error', () => undefined);
      endWith(answer.body, request.signal);
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    } catch (error) {
      if (head.signal.aborted) throw head.signal.reason;
      throw new ServerUnreachable(describe(request), codeOf(error), error);
    } finally {
      head.release();
    }
  }

  return { clockOffset, send, open, close: () => pools.close() };
}

interface Way {
  readonly pool: keyof Pools;
  readonly deadline: Deadline;
}

interface Pools {
  readonly requests: Agent;
  readonly streams: Agent;
  readonly leases: Agent;
}

/** Keeps one set of pools for the identity in use. A changed CA or client certificate needs new connections. */
function createPools() {
  let pools: Pools | undefined;
  let identity: TlsIdentity | undefined;
  return {
    for(wanted: TlsIdentity): Pools {
      if (pools && identity && (identity === wanted || sameIdentity(identity, wanted))) return pools;
      if (pools) void closeAll(pools).catch(() => undefined);
      identity = wanted;
      pools = {
        requests: newAgent(wanted, { connections: 32 }),
        streams: newAgent(wanted, { connections: null, bodyTimeout: 0 }),
        leases: newAgent(wanted, { connections: 2 }),
      };
      return pools;
    },
    close: async () => {
      if (pools) await closeAll(pools);
    },
  };
}

async function closeAll(pools: Pools): Promise<void> {
  await Promise.all([pools.requests.close(), pools.streams.close(), pools.leases.close()]);
}

function newAgent(tls: TlsIdentity, options: Agent.Options): Agent {
  const trust = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
  return new Agent({
    // HTTP/2 would put watches and requests on one TCP connection: one stall would stop all of them.
    allowH2: false,
    // Shorter than the 90 s after which an API server closes an idle connection, or we would race with it.
    keepAliveTimeout: 60_000,
    keepAliveMaxTimeout: 60_000,
    connect: { ...trust, timeout: 5_000, keepAlive: true, keepAliveInitialDelay: 15_000 },
    ...options,
  });
}

function limits(request: TransportRequest) {
  return { what: describe(request), ms: request.deadlineMs ?? defaultDeadlineMs, signal: request.signal };
}

/** For messages: the query is left out, it may be long and may hold selectors with names. */
function describe(request: TransportRequest): string {
  return `${request.method} ${request.path.split('?', 1)[0]}`;
}

function summary(answer: TransportAnswer): { status: number; retryAfter: string | undefined } {
  return { status: answer.status, retryAfter: answer.headers['retry-after'] };
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  return cause instanceof Error ? codeOf(cause) : 'UNKNOWN';
}

function endWith(body: Readable, signal: AbortSignal | undefined): void {
  if (!signal) return;
  const onAbort = () => body.destroy(signal.reason as Error);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  body.once('close', () => signal.removeEventListener('abort', onAbort));
}
