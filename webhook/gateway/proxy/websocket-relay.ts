/**
 * Joins a client and an application that speak WebSocket, message by message: what the application says is masked as its
 * pages are, and whatever ends it, both sides are told in a close frame. The gateway answers pings itself: their payload
 * would be a way past the masker.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { isReason, type Reason } from '../../../crds/rules/reasons.ts';
import { toldToSupport } from '../../../crds/rules/refusal-texts.ts';
import { MaskWatch } from '../masking/mask-watch.ts';
import { type Masker, sumOf } from '../masking/masker.ts';
import { restoredMessage } from '../masking/restore.ts';
import { assignsInMessage } from './body-watches.ts';
import type { Relayed } from './relay.ts';
import type { ProxiedRequest } from './request.ts';
import { drained } from './request-body.ts';
import { responseHeaders } from './response.ts';
import { closeCodes, frameOf, opcodes, WebSocketError } from './websocket/frames.ts';
import { handshakeResponseLines } from './websocket/handshake.ts';
import { closePayload, MessageReader, type Received } from './websocket/messages.ts';

/** How long a side has to take the close frame, milliseconds. */
const closeWithinMs = 250;

/** The application sent what the matrix does not let pass. */
const binaryRule =
  'must send no binary messages, as nothing in them can be masked, unless the matrix says binaryMessages: Passed';

/** It would be stored over the value, as in a body. */
const maskRule = 'must not send what masking wrote in place of a value';

/** In a field by which the application assigns. */
const assignmentRule = 'must not send what assigns something to a person of support';

/** The client sent what is refused in a body too. */
class MessageRefused extends WebSocketError {
  readonly reason: Reason;

  constructor(reason: Reason, rule: string) {
    super(closeCodes.policy, rule);
    this.reason = reason;
  }
}

/** One side, as the gateway speaks to it. */
class Side {
  readonly #socket: Duplex;
  readonly #as: 'client' | 'server';
  readonly messages: MessageReader;
  bytes = 0;
  #isClosed = false;

  constructor(socket: Duplex, as: 'client' | 'server') {
    this.#socket = socket;
    this.#as = as;
    this.messages = new MessageReader({ masked: as === 'server' });
    // What breaks is seen where it is read.
    socket.on('error', () => undefined);
  }

  /** Who stops reading does not break the connection. */
  get chunks(): AsyncIterable<Buffer> {
    return this.#socket.iterator({ destroyOnReturn: false });
  }

  /** Resolves when more may be sent, so that a slow side slows the other one down. */
  async send(opcode: number, payload: Buffer): Promise<void> {
    if (this.#isClosed || this.#socket.destroyed) return;
    this.bytes += payload.length;
    if (!this.#socket.write(frameOf(opcode, payload, this.#as))) await drained(this.#socket);
  }

  /** Sends a close frame as the last thing. Of several only the first counts. */
  close(code: number | undefined, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // Not at once: what the other side still sends would turn the end into a break, and the close frame would be lost.
    const timer = setTimeout(() => this.#socket.destroy(), closeWithinMs);
    this.#socket.once('close', () => clearTimeout(timer));
    if (this.#socket.writable) this.#socket.end(frameOf(opcodes.close, closePayload(code, reason), this.#as));
  }
}

type Ending = Pick<Relayed, 'end' | 'rule' | 'refused'>;

/** Never rejects. Both connections are closed afterwards, or will be within a moment. */
export async function relayWebSocket(
  proxied: ProxiedRequest,
  { response, connection }: { readonly response: IncomingMessage; readonly connection: Duplex },
): Promise<Relayed> {
  const { exchange, policy, signal, leaving, assignments, onMessage = () => undefined } = proxied;
  const { headers, counts } = responseHeaders(proxied, response.headers);
  const socket = exchange.request.socket;
  exchange.response.writeHead(101, { ...headers, ...handshakeResponseLines(exchange.request, response) });
  exchange.response.flushHeaders();
  exchange.response.detachSocket(socket);
  // Its place among the connections is free when the connection is, which the response learns of no more.
  socket.once('close', () => exchange.response.emit('close'));
  const joined = new Joined({
    client: new Side(socket, 'server'),
    upstream: new Side(connection, 'client'),
    masker: policy.masker,
    binaryPasses: policy.binaryPasses,
    sealedValues: policy.sealedValues,
    assignments,
    onMessage,
  });
  const ending = await endOf(joined, { signal, leaving });
  const sent = { status: 101, bytesOut: joined.client.bytes, masked: sumOf(counts, joined.counts) };
  return { ...ending, sent };
}

/** The first end there is: a cut, the gateway's own, or what one of the sides does. */
async function endOf(
  joined: Joined,
  { signal, leaving }: { readonly signal: AbortSignal; readonly leaving: AbortSignal },
): Promise<Ending> {
  const told = Promise.withResolvers<Ending>();
  const onCut = (): void => {
    joined.end(cutCode(signal.reason), cutReason(signal.reason));
    told.resolve({ end: 'cut' });
  };
  const onLeaving = (): void => {
    joined.end(closeCodes.goingAway, 'The gateway stops. Connect again.');
    told.resolve({ end: 'left' });
  };
  signal.addEventListener('abort', onCut, { once: true });
  leaving.addEventListener('abort', onLeaving, { once: true });
  if (signal.aborted) onCut();
  else if (leaving.aborted) onLeaving();
  try {
    return await Promise.race([told.promise, joined.fromUpstream(), joined.fromClient()]);
  } finally {
    signal.removeEventListener('abort', onCut);
    leaving.removeEventListener('abort', onLeaving);
  }
}

function cutCode(reason: unknown): number {
  return isReason(String(reason)) ? closeCodes.policy : closeCodes.goingAway;
}

/** As much as a refused person may read, with the code that records have too. */
function cutReason(reason: unknown): string {
  const cutFor = String(reason);
  if (!isReason(cutFor)) return 'The gateway stops. Connect again.';
  const told = toldToSupport(cutFor);
  return `${told.reason}: ${told.message}`;
}

type OnMessage = (received: Extract<Received, { kind: 'message' }>) => Promise<void>;

interface JoinedSides {
  readonly client: Side;
  readonly upstream: Side;
  readonly masker: Masker | undefined;
  readonly binaryPasses: boolean;
  readonly sealedValues: ProxiedRequest['policy']['sealedValues'];
  readonly assignments: ProxiedRequest['assignments'];
  /** Told of each message of the client. */
  readonly onMessage: () => void;
}

/** Both sides, and what passes between them. */
class Joined {
  readonly client: Side;
  counts: Readonly<Record<string, number>> = {};
  readonly #upstream: Side;
  readonly #masker: Masker | undefined;
  readonly #binaryPasses: boolean;
  readonly #sealed: ProxiedRequest['policy']['sealedValues'];
  readonly #assignments: ProxiedRequest['assignments'];
  readonly #onMessage: () => void;
  #isOver = false;

  constructor({ client, upstream, masker, binaryPasses, sealedValues, assignments, onMessage }: JoinedSides) {
    this.#sealed = sealedValues;
    this.client = client;
    this.#upstream = upstream;
    this.#masker = masker;
    this.#binaryPasses = binaryPasses;
    this.#assignments = assignments;
    this.#onMessage = onMessage;
  }

  /** Not one message more passes. */
  end(code: number | undefined, reason: string, toUpstream: number | undefined = code): void {
    this.#isOver = true;
    this.client.close(code, reason);
    this.#upstream.close(toUpstream, toUpstream === code ? reason : '');
  }

  async fromClient(): Promise<Ending> {
    return this.#follow(this.client, this.#upstream, async ({ opcode, payload }) => {
      const said = this.#sealed && opcode === opcodes.text ? restoredMessage(payload, this.#sealed) : payload;
      if (this.#masker !== undefined && new MaskWatch().sees(said))
        throw new MessageRefused('MaskedValue', maskRule);
      if (assignsInMessage(said, this.#assignments?.()))
        throw new MessageRefused('SupportAssigned', assignmentRule);
      this.#onMessage();
      await this.#upstream.send(opcode, said);
    });
  }

  async fromUpstream(): Promise<Ending> {
    return this.#follow(this.#upstream, this.client, async ({ opcode, payload }) => {
      if (opcode === opcodes.binary && this.#masker !== undefined && !this.#binaryPasses)
        throw new WebSocketError(closeCodes.unsupported, binaryRule);
      await this.client.send(opcode, opcode === opcodes.text ? this.#masked(payload) : payload);
    });
  }

  async #follow(from: Side, to: Side, onMessage: OnMessage): Promise<Ending> {
    try {
      for await (const chunk of from.chunks) {
        const ending = await this.#take(from, chunk, onMessage);
        if (ending !== undefined) return ending;
      }
      return this.#gone(from);
    } catch (error) {
      return this.#broke(from, to, error);
    }
  }

  async #take(from: Side, chunk: Buffer, onMessage: OnMessage): Promise<Ending | undefined> {
    for (const received of from.messages.push(chunk)) {
      if (this.#isOver) return { end: 'whole' };
      if (received.kind === 'close') return this.#closed(from, received);
      await (received.kind === 'ping' ? from.send(opcodes.pong, received.payload) : onMessage(received));
    }
    return undefined;
  }

  #closed(from: Side, { code, reason }: Extract<Received, { kind: 'close' }>): Ending {
    const said = from === this.client ? reason : this.#textOf(reason);
    this.end(code, said);
    return { end: 'whole' };
  }

  /** Without a close frame. */
  #gone(from: Side): Ending {
    if (from === this.client) {
      this.end(closeCodes.goingAway, '');
      return { end: 'client-gone' };
    }
    this.end(closeCodes.failed, 'The application broke off.', closeCodes.goingAway);
    return { end: 'broken' };
  }

  #broke(from: Side, to: Side, error: unknown): Ending {
    if (!(error instanceof WebSocketError)) return this.#gone(from);
    this.#isOver = true;
    if (from === this.client) {
      from.close(error.code, `A client ${error.message}.`);
      to.close(closeCodes.goingAway, '');
      return { end: 'client-gone', ...(error instanceof MessageRefused ? { refused: error.reason } : {}) };
    }
    from.close(error.code, error.message);
    to.close(closeCodes.failed, `The application ${error.message}.`);
    return { end: error.code === closeCodes.unsupported ? 'not-maskable' : 'broken', rule: error.message };
  }

  #masked(payload: Buffer): Buffer {
    if (this.#masker === undefined) return payload;
    // Without a type it is treated as every text may be read.
    const plan = this.#masker.plan({ contentType: undefined, contentEncoding: undefined, isUtf8: true });
    if (plan.kind !== 'mask')
      throw new WebSocketError(closeCodes.unsupported, 'must send texts that can be read');
    const masking = plan.open();
    const masked = Buffer.concat([masking.push(payload), masking.end()]);
    this.counts = sumOf(this.counts, masking.counts);
    return masked;
  }

  #textOf(reason: string): string {
    return this.#masker === undefined ? reason : this.#masker.text(reason).value;
  }
}
