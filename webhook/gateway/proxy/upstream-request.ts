/**
 * Sends one request to the application and waits for the head of its answer. One request, one connection: no pooled
 * socket can carry the rest of one session's exchange into another's.
 */
import { once } from 'node:events';
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Exchange } from '../ports.ts';
import { drained } from './drained.ts';
import type { Upstream } from './resolve-service.ts';

export interface UpstreamRequest {
  readonly exchange: Exchange;
  readonly upstream: Upstream;
  /** The canonical target, exactly as it came. */
  readonly target: string;
  readonly headers: OutgoingHttpHeaders;
  /** Most bytes of the body. */
  readonly bodyLimit: number;
  /** Ends the whole exchange; its reason is the reason of the cut. */
  readonly signal: AbortSignal;
  /** How long the head of the answer may take once the body was sent, milliseconds. */
  readonly headTimeoutMs: number;
}

/** The client sent more than the application accepts; what was sent so far was broken off. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The application took the request and then said nothing. */
export class HeadTimeout extends Error {
  override readonly name = 'HeadTimeout';
}

/**
 * The head of the answer; its body follows as a stream. Rejects with `BodyTooLarge`, `HeadTimeout`, or whatever the
 * connection came to; nothing is ever sent a second time.
 */
export async function sendUpstream(question: UpstreamRequest): Promise<IncomingMessage> {
  const { exchange, signal } = question;
  signal.throwIfAborted();
  const outgoing = open(question);
  // Errors after the head come out of the answer's stream; here they only must not end the process.
  outgoing.on('error', () => undefined);
  const cancel = (): void => void outgoing.destroy();
  signal.addEventListener('abort', cancel, { once: true });
  exchange.response.once('close', cancel);
  const { promise: broken, reject } = Promise.withResolvers<never>();
  const timer = { stop: (): void => undefined };
  sendBody(question, outgoing).then(() => {
    const timeout = setTimeout(() => reject(new HeadTimeout()), question.headTimeoutMs);
    timer.stop = () => clearTimeout(timeout);
  }, reject);
  try {
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    const [answer] = await Promise.race([answered, broken]);
    return answer;
  } catch (error) {
    outgoing.destroy();
    throw error;
  } finally {
    timer.stop();
    broken.catch(() => undefined);
  }
}

function open({ upstream, exchange, target, headers }: UpstreamRequest): ClientRequest {
  return (upstream.tls ? httpsRequest : httpRequest)({
    host: upstream.host,
    port: upstream.port,
    ...(upstream.tls ? { servername: upstream.serverName } : {}),
    method: exchange.request.method,
    path: target,
    headers,
    agent: false,
    setHost: false,
  });
}

async function sendBody({ exchange, bodyLimit }: UpstreamRequest, outgoing: ClientRequest): Promise<void> {
  const { request, response } = exchange;
  if (request.headers.expect !== undefined) response.writeContinue();
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Content-Length was compared before; this is for bodies that do not say how long they are.
    if (bytes > bodyLimit) throw new BodyTooLarge();
    if (outgoing.destroyed) return;
    if (!outgoing.write(chunk)) await drained(outgoing);
  }
  outgoing.end();
}
