/**
 * Sends requests to the API server: connection pools, credentials, deadlines and repeated tries. It knows HTTP and
 * nothing of kinds; it neither reads nor changes bodies.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Dispatcher, WebSocket } from 'undici';
import { type Clock, pause } from '../clock.ts';
import { ServerUnreachable } from '../errors.ts';
import { ClockOffset } from './clock-offset.ts';
import type { CredentialSource } from './credentials.ts';
import { openDeadline, orAborted, type RequestDeadline } from './deadline.ts';
import type { Credentials } from './identity.ts';
import { createPools, type Pools, type PoolsByIdentity } from './pools.ts';
import { retryIn } from './retry.ts';
import { warningsIn } from './warnings.ts';
import { openWebSocket } from './web-socket.ts';

export interface TransportRequest {
  readonly method: string;
  /** Path and query, without the server's own prefix. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined;
  readonly body?: string | Buffer | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For the whole call with all its tries. Default 30 s. For `open`: until the response's head has arrived. */
  readonly deadlineMs?: number | undefined;
  /** In place of those 30 s, where neither the call nor the settings name one. */
  readonly usualDeadlineMs?: number | undefined;
  /** Which connections to use: for what a burst of other work must not delay there are some of their own. */
  readonly pool?: 'requests' | 'prompt' | 'leases' | undefined;
  /** Done only if no other write came in between: not sent again where the first may have come through. */
  readonly isConditional?: boolean | undefined;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface StreamedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read to its end or destroyed. */
  readonly body: Readable;
}

export interface Transport {
  readonly clockOffset: ClockOffset;
  /** One request and its whole response. Throws `ServerUnreachable`, or the signal's reason. */
  send(request: TransportRequest): Promise<TransportResponse>;
  /** A response that is read as it arrives. The signal also ends the reading; its length is not limited. */
  open(request: TransportRequest): Promise<StreamedResponse>;
  /** A WebSocket that speaks this protocol. Rejects with `ServerUnreachable`, code `NO_WEBSOCKET`, when none is opened. */
  openSocket(opening: { readonly path: string; readonly protocol: string }): Promise<WebSocket>;
  /** The credentials as of now. */
  credentials(): Promise<Credentials>;
  /** Lets running requests end, and ends streams. */
  close(): Promise<void>;
  /** Ends running requests and their waits with `ServerUnreachable`, code `ABANDONED`, and streams; none begins any more. */
  abandon(): Promise<void>;
}

export interface TransportSettings {
  readonly credentials: CredentialSource;
  readonly clock: Clock;
  readonly userAgent: string;
  /** For calls that name none; 30 s unless set. */
  readonly deadlineMs?: number | undefined;
  /** Told of each try, for metrics. */
  readonly onTried?: ((tried: TriedRequest) => void) | undefined;
  /** Told of each text that the server warns with, every time that it does. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** One try of one request. */
export interface TriedRequest {
  readonly method: string;
  /** Undefined where there was no response. */
  readonly status: number | undefined;
  /** Until the head of the response was there, or there was none. */
  readonly ms: number;
}

const defaultDeadlineMs = 30_000;

/** Errors of trust: nothing was sent yet, and a CA that was just replaced may explain them. */
const untrusted = /CERT|UNABLE_TO_|_SSL_|SELF_SIGNED|ALERT/;

export function createTransport(settings: TransportSettings): Transport {
  return new PooledTransport(settings);
}

class PooledTransport implements Transport {
  readonly clockOffset = new ClockOffset();
  readonly #settings: TransportSettings;
  readonly #pools: PoolsByIdentity;
  readonly #abandoned = new AbortController();
  /** Some servers live below a path, such as a management product's proxy to a cluster. */
  readonly #prefix: string;

  constructor(settings: TransportSettings) {
    this.#settings = settings;
    this.#pools = createPools(settings.credentials.proxy);
    this.#prefix = settings.credentials.server.pathname.replace(/\/$/, '');
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const deadline = openDeadline(this.#settings.clock, this.#limits(request));
    try {
      for (let sent = 1; ; sent += 1) {
        const result = await this.#tryOnce(request, { pool: request.pool ?? 'requests', deadline });
        const outcome = result instanceof ServerUnreachable ? result : summary(result);
        const left = { remainingMs: deadline.remainingMs(), random: Math.random() };
        const { method, isConditional } = request;
        const wait = retryIn({ method, isConditional, sent, outcome, ...left });
        if (wait !== undefined) await pause(this.#settings.clock, wait, deadline.signal);
        else if (result instanceof ServerUnreachable) throw result;
        else return result;
      }
    } finally {
      deadline.release();
    }
  }

  async open(request: TransportRequest): Promise<StreamedResponse> {
    const head = openDeadline(this.#settings.clock, this.#limits(request));
    try {
      const response = await this.#withinTime(request, { pool: 'streams', deadline: head });
      // Destroyed before it is read (a signal, a reset), it emits an error that without a listener would end the process.
      response.body.on('error', () => undefined);
      endWith(response.body, request.signal);
      return { status: response.statusCode, headers: response.headers, body: response.body };
    } catch (error) {
      if (head.signal.aborted) throw head.signal.reason;
      throw new ServerUnreachable(describe(request), codeOf(error), error);
    } finally {
      head.release();
    }
  }

  async openSocket({
    path,
    protocol,
  }: {
    readonly path: string;
    readonly protocol: string;
  }): Promise<WebSocket> {
    const limit = openDeadline(this.#settings.clock, this.#limits({ method: 'GET', path }));
    const held = await this.credentials();
    try {
      return await openWebSocket({
        url: new URL(this.#settings.credentials.server.origin + this.#prefix + path),
        protocol,
        headers: this.#headersOf({}, held),
        dispatcher: this.#pools.for(held.tls).streams,
        signal: limit.signal,
      });
    } finally {
      limit.release();
    }
  }

  credentials(): Promise<Credentials> {
    return this.#settings.credentials.current();
  }

  async close(): Promise<void> {
    await this.#pools.close();
  }

  async abandon(): Promise<void> {
    this.#abandoned.abort(new ServerUnreachable('a call that no one waits for', 'ABANDONED'));
    await this.#pools.destroy();
  }

  /** The caller's own headers last: no request may be sent as another than it was asked to be sent as. */
  #headersOf(
    given: TransportRequest['headers'],
    { headers, authorization }: Credentials,
  ): Record<string, string | string[]> {
    const bearer = authorization === undefined ? {} : { authorization };
    return { 'user-agent': this.#settings.userAgent, ...given, ...headers, ...bearer };
  }

  #limits(request: TransportRequest) {
    const { deadlineMs = this.#settings.deadlineMs, usualDeadlineMs = defaultDeadlineMs } = request;
    const ms = deadlineMs ?? usualDeadlineMs;
    return { what: describe(request), ms, signal: request.signal, ended: this.#abandoned.signal };
  }

  async #tryOnce(
    request: TransportRequest,
    sending: Sending,
  ): Promise<TransportResponse | ServerUnreachable> {
    try {
      const response = await this.#withinTime(request, sending);
      return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
    } catch (error) {
      if (sending.deadline.signal.aborted) throw sending.deadline.signal.reason;
      return new ServerUnreachable(describe(request), codeOf(error), error);
    }
  }

  /** undici looks at the signal only once a connection was given to the request, which may be long after it aborted. */
  async #withinTime(request: TransportRequest, sending: Sending): Promise<Dispatcher.ResponseData> {
    return orAborted(this.#attempt(request, sending), sending.deadline.signal);
  }

  /** One try; once more with credentials read again if the server refused them, or we did not trust its certificate. */
  async #attempt(request: TransportRequest, sending: Sending): Promise<Dispatcher.ResponseData> {
    const { credentials } = this.#settings;
    const held = await credentials.current();
    try {
      const response = await this.#dispatch(request, held, sending);
      if (response.statusCode !== 401) return response;
      const renewed = await credentials.renewed(held);
      if (renewed === held) return response;
      await response.body.dump();
      return await this.#dispatch(request, renewed, sending);
    } catch (error) {
      if (!untrusted.test(codeOf(error))) throw error;
      const renewed = await credentials.renewed(held);
      if (renewed === held) throw error;
      return this.#dispatch(request, renewed, sending);
    }
  }

  async #dispatch(
    request: TransportRequest,
    held: Credentials,
    sending: Sending,
  ): Promise<Dispatcher.ResponseData> {
    const { credentials, clock } = this.#settings;
    const headers = this.#headersOf(request.headers, held);
    const sentAt = clock.now();
    const asked = this.#pools.for(held.tls)[sending.pool].request({
      origin: credentials.server.origin,
      path: this.#prefix + request.path,
      method: request.method,
      headers,
      body: request.body ?? null,
      signal: sending.deadline.signal,
    });
    const response = await this.#told(request.method, asked);
    const header = response.headers.date;
    if (typeof header === 'string') this.clockOffset.observe({ header, sentAt, receivedAt: clock.now() });
    const { onWarning } = this.#settings;
    if (onWarning) for (const text of warningsIn(response.headers['warning'])) onWarning(text);
    return response;
  }

  async #told(method: string, asked: Promise<Dispatcher.ResponseData>): Promise<Dispatcher.ResponseData> {
    const { clock, onTried } = this.#settings;
    const sentAt = clock.monotonic();
    const tell = (status?: number): void => onTried?.({ method, status, ms: clock.monotonic() - sentAt });
    try {
      const response = await asked;
      tell(response.statusCode);
      return response;
    } catch (error) {
      tell();
      throw error;
    }
  }
}

interface Sending {
  readonly pool: keyof Pools;
  readonly deadline: RequestDeadline;
}

/** For messages: the query is left out, it may be long and may hold selectors with names. */
function describe(request: TransportRequest): string {
  return `${request.method} ${request.path.split('?', 1)[0]}`;
}

function summary(response: TransportResponse): { status: number; retryAfter: string | undefined } {
  return { status: response.status, retryAfter: response.headers['retry-after'] };
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
