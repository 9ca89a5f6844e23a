/**
 * Carries one allowed request to the application and its answer back, masked and counted. It decides nothing and
 * records nothing.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { RecordOutcome } from '../../../crds/audit/record.ts';
import { isReason, type Reason } from '../../../crds/rules/reasons.ts';
import type { Masker, MaskingPlan, MaskingStream } from '../masking/masker.ts';
import { statusOf } from '../refusals/refusal-status.ts';
import { drained } from './drained.ts';
import { responseHeaders } from './response-headers.ts';
import { BodyTooLarge, HeadTimeout, sendUpstream, type UpstreamRequest } from './upstream-request.ts';

export interface Forwarding extends UpstreamRequest {
  /** Undefined where the matrix does not mask. */
  readonly masker: Masker | undefined;
  readonly ownOrigins: readonly string[];
  readonly ourCookies: string;
}

/** What came of it. */
export interface Forwarded {
  readonly outcome: RecordOutcome;
  /** Set while nothing was sent: what to refuse with. */
  readonly refusal?: { readonly status: number; readonly reason: Reason };
}

/** Never rejects: whatever happens is an outcome. Without a refusal the response is finished or destroyed. */
export async function forward(forwarding: Forwarding): Promise<Forwarded> {
  let answer: IncomingMessage;
  try {
    answer = await sendUpstream(forwarding);
  } catch (error) {
    return notAnswered(forwarding.signal, error);
  }
  const plan = planOf(forwarding, answer);
  if (plan.kind !== 'refuse') return relay(forwarding, answer, plan);
  answer.destroy();
  return unmaskable({ status: answer.statusCode ?? 0, upstream: 'answered' });
}

function unmaskable(outcome: RecordOutcome): Forwarded {
  return {
    outcome: { ...outcome, reason: 'NotMaskable' },
    refusal: { status: 502, reason: 'NotMaskable' },
  };
}

function notAnswered(signal: AbortSignal, error: unknown): Forwarded {
  if (signal.aborted) return cutOff(signal, { upstream: 'cut', reason: String(signal.reason) });
  if (error instanceof BodyTooLarge) return failed('unknown', { status: 413, reason: 'BodyTooLarge' });
  if (error instanceof HeadTimeout) return failed('timeout', { status: 504, reason: 'ServiceUnreachable' });
  const refused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  return failed(refused ? 'refused' : 'unknown', { status: 502, reason: 'ServiceUnreachable' });
}

/** Cut before anything was sent: the person reads the reason instead of a broken connection. */
function cutOff(signal: AbortSignal, outcome: RecordOutcome): Forwarded {
  const reason = String(signal.reason);
  const told = isReason(reason) ? reason : 'StateUnavailable';
  return { outcome, refusal: { status: statusOf(told), reason: told } };
}

function failed(
  upstream: NonNullable<RecordOutcome['upstream']>,
  refusal: NonNullable<Forwarded['refusal']>,
): Forwarded {
  return { outcome: { upstream, ...refusal }, refusal };
}

/** A status without a body has nothing to mask; a protocol that changes is nothing that was asked for. */
function planOf({ masker, exchange }: Forwarding, { headers, statusCode = 0 }: IncomingMessage): MaskingPlan {
  if (statusCode < 200) return { kind: 'refuse', reason: 'not a final answer' };
  if (masker === undefined || exchange.request.method === 'HEAD') return { kind: 'pass' };
  if (statusCode === 204 || statusCode === 304) return { kind: 'pass' };
  return masker.plan({
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
  });
}

async function relay(
  forwarding: Forwarding,
  answer: IncomingMessage,
  plan: Exclude<MaskingPlan, { kind: 'refuse' }>,
): Promise<Forwarded> {
  const status = answer.statusCode ?? 502;
  const { headers, counts } = responseHeaders({ ...forwarding, headers: answer.headers });
  const masking = plan.kind === 'mask' ? plan.open() : undefined;
  const writer = new AnswerWriter(forwarding, status, headers);
  const so = (upstream: NonNullable<RecordOutcome['upstream']>, reason?: string): RecordOutcome => ({
    status,
    upstream,
    bytesOut: writer.bytes,
    masked: added(counts, masking?.counts ?? {}),
    ...(reason === undefined ? {} : { reason }),
  });
  try {
    // Whoever listens to events waits for the head, not for the first event.
    if (answer.headers['content-type']?.startsWith('text/event-stream')) writer.head();
    await copy(answer, masking, writer);
    return { outcome: so('answered') };
  } catch {
    return brokenOff(forwarding, so);
  }
}

/** Why an answer ended before its end: cut by us, left by its reader, not maskable, or broken by the application. */
function brokenOff(
  { signal, exchange: { response } }: Forwarding,
  so: (upstream: NonNullable<RecordOutcome['upstream']>, reason?: string) => RecordOutcome,
): Forwarded {
  if (signal.aborted) {
    const outcome = so('cut', String(signal.reason));
    return response.headersSent ? { outcome } : cutOff(signal, outcome);
  }
  if (response.destroyed) return { outcome: so('answered', 'ClientGone') };
  if (!response.headersSent) return unmaskable(so('answered'));
  response.destroy();
  return { outcome: so('unknown', 'AnswerBroken') };
}

async function copy(
  answer: IncomingMessage,
  masking: MaskingStream | undefined,
  writer: AnswerWriter,
): Promise<void> {
  for await (const chunk of answer as AsyncIterable<Buffer>)
    await writer.write(masking === undefined ? chunk : masking.push(chunk));

  await writer.end(masking?.end());
}

/** Sends the head with the first bytes, so that an answer that cannot be masked has sent nothing. */
class AnswerWriter {
  bytes = 0;
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  readonly #status: number;
  readonly #headers: OutgoingHttpHeaders;

  constructor({ exchange, signal }: UpstreamRequest, status: number, headers: OutgoingHttpHeaders) {
    this.#response = exchange.response;
    this.#signal = signal;
    this.#status = status;
    this.#headers = headers;
  }

  head(): void {
    if (this.#response.headersSent) return;
    this.#response.writeHead(this.#status, this.#headers);
    this.#response.flushHeaders();
  }

  async write(bytes: Buffer): Promise<void> {
    // Not one byte after a cut, also of what had arrived before it.
    this.#signal.throwIfAborted();
    if (this.#response.destroyed) throw new Error('the client has gone');
    if (bytes.length === 0) return;
    if (!this.#response.headersSent) this.#response.writeHead(this.#status, this.#headers);
    this.bytes += bytes.length;
    if (this.#response.write(bytes)) return;
    await drained(this.#response);
  }

  async end(rest: Buffer = Buffer.alloc(0)): Promise<void> {
    await this.write(rest);
    if (!this.#response.headersSent) this.#response.writeHead(this.#status, this.#headers);
    this.#response.end();
  }
}

function added(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...one };
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
