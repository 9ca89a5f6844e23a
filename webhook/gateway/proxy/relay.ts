/**
 * Copies one upstream response to the client, masked and counted, until it ends, is cut or breaks. The head is sent
 * with the first bytes, so that a response that turns out not to be maskable has sent nothing.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { RecordOutcome } from '../../../crds/audit/record.ts';
import type { Reason } from '../../../crds/rules/reasons.ts';
import { type MaskingStream, NotMaskable, sumOf } from '../masking/masker.ts';
import type { BodyPlan } from './old-charsets.ts';
import type { ProxiedRequest } from './request.ts';
import { drained } from './request-body.ts';
import { responseHeaders } from './response.ts';

/** What is read of an upstream response. */
export type UpstreamResponse = Pick<IncomingMessage, 'statusCode' | 'headers'> & AsyncIterable<Buffer>;

/** How a response ended, and what was sent of it until then. */
export interface Relayed {
  readonly end: 'whole' | 'cut' | 'left' | 'client-gone' | 'not-maskable' | 'broken';
  readonly sent: Pick<RecordOutcome, 'status' | 'bytesOut' | 'masked'>;
  /** What would have to be so, of one that is not maskable. */
  readonly rule?: string;
  /** Why the gateway ended it for what the client sent. */
  readonly refused?: Reason;
}

/** Never rejects. Unless nothing was sent, the client's response is finished or destroyed afterwards. */
export async function relay(
  proxied: ProxiedRequest,
  upstream: UpstreamResponse,
  plan: Exclude<BodyPlan, { kind: 'refuse' }>,
): Promise<Relayed> {
  const { response } = proxied.exchange;
  const status = upstream.statusCode ?? 502;
  const { contentType } = plan;
  const sentAs = contentType === undefined ? {} : { 'content-type': contentType };
  const { headers, counts } = responseHeaders(proxied, { ...upstream.headers, ...sentAs });
  const masking = plan.open?.();
  const writer = new ResponseWriter(proxied, status, headers);
  const ended = (end: Relayed['end']): Relayed => ({
    end,
    sent: { status, bytesOut: writer.bytes, masked: sumOf(counts, masking?.counts ?? {}) },
  });
  let letGo = (): void => undefined;
  try {
    if (beginsAtOnce(proxied, upstream)) letGo = beginEvents(proxied.leaving, writer);
    await copy(upstream, masking, writer);
    return ended('whole');
  } catch (error) {
    const end = endOf(proxied, error, writer);
    // What was sent is a part of the response: an end of it must not look like the end of the whole.
    if (response.headersSent && (end === 'not-maskable' || end === 'broken')) response.destroy();
    return { ...ended(end), ...(error instanceof NotMaskable ? { rule: error.rule } : {}) };
  } finally {
    letGo();
  }
}

function beginsAtOnce({ policy }: ProxiedRequest, { headers }: UpstreamResponse): boolean {
  return policy.headAtOnce === true || headers['content-type']?.startsWith('text/event-stream') === true;
}

/**
 * A client of events waits for the head, which must not wait for the first event. When the gateway leaves, the stream ends:
 * it has no end of its own, so any is a whole one. Its client drops what follows the last whole event and connects again
 * with its id, to another gateway; a broken response it may take for an error instead.
 */
function beginEvents(leaving: AbortSignal, writer: ResponseWriter): () => void {
  writer.head();
  const leave = (): void => writer.leave();
  if (leaving.aborted) queueMicrotask(leave);
  leaving.addEventListener('abort', leave, { once: true });
  return () => leaving.removeEventListener('abort', leave);
}

/** Why a response ended early: cut by us, left by us or by its client, not maskable, or broken by upstream. */
function endOf(
  { signal, exchange: { response } }: ProxiedRequest,
  error: unknown,
  { hasLeft }: ResponseWriter,
): Relayed['end'] {
  if (signal.aborted) return 'cut';
  if (hasLeft) return 'left';
  if (response.destroyed) return 'client-gone';
  return error instanceof NotMaskable ? 'not-maskable' : 'broken';
}

async function copy(
  upstream: UpstreamResponse,
  masking: MaskingStream | undefined,
  writer: ResponseWriter,
): Promise<void> {
  for await (const chunk of upstream) await writer.write(masking === undefined ? chunk : masking.push(chunk));

  await writer.end(masking?.end());
}

/** What the gateway answers differently by is not forgotten where the application names headers of its own. */
function variesBy(response: ServerResponse, { vary }: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const ours = response.getHeader('vary');
  return ours === undefined || vary === undefined ? {} : { vary: [vary, ours].flat().join(', ') };
}

class ResponseWriter {
  bytes = 0;
  hasLeft = false;
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  readonly #status: number;
  readonly #headers: OutgoingHttpHeaders;

  constructor({ exchange, signal }: ProxiedRequest, status: number, headers: OutgoingHttpHeaders) {
    this.#response = exchange.response;
    this.#signal = signal;
    this.#status = status;
    this.#headers = { ...headers, ...variesBy(exchange.response, headers) };
  }

  head(): void {
    if (this.#response.headersSent) return;
    this.#response.writeHead(this.#status, this.#headers);
    this.#response.flushHeaders();
  }

  /** Ends the response here, and takes nothing more. Upstream is closed with it. */
  leave(): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    this.hasLeft = true;
    this.#response.end();
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.hasLeft) throw new Error('the response was ended');
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
