/**
 * The open port: TLS by host name, HTTP/1 only, every request through the gate before anything else sees it. It does
 * not know what is served.
 */
import { constants } from 'node:crypto';
import { type IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { Reason } from '../../../crds/rules/reasons.ts';
import { type Connections, connectionName, limitBody } from './client-limits.ts';
import type { Peer } from './gate-rules.ts';
import { handshakeFailureOf, NoCertificate } from './handshakes.ts';
import type { EndedLine } from './header-lines.ts';
import { takeProxyHeader } from './proxy-protocol.ts';
import type { Exchange } from './request-gate.ts';
import { type GateRefusal, headerLines, judgeRequest } from './request-gate.ts';
import type { Origin } from './source-address.ts';
import type { TlsPair } from './tls-pair.ts';
import { headerBytes, headMs, parserRuleOf, refuseRaw, tunnelRule } from './unparsed-request.ts';
import { isWebSocketHandshake } from './websocket-handshake.ts';

export type DefaultPair = Pick<TlsPair, 'context' | 'pem'>;

/** What is refused before it is known whose it is. */
export interface BareRefusal {
  readonly reason: Reason;
  readonly status: number;
  /** Which rule of the request gate. */
  readonly rule?: string;
  /** In place of the reason's sentence. */
  readonly message?: string;
  /** The id of the record. */
  readonly recordId?: string | undefined;
}

export interface ListenerOptions {
  /** The context of a host, which is in lower case and without an end dot. */
  readonly contextFor: (host: string) => SecureContext | undefined;
  /** What is shown to a client that names no host, or one of which there is no certificate. */
  readonly defaultPair: () => DefaultPair | undefined;
  readonly serve: (exchange: Exchange) => Promise<void>;
  /** How long a connection is kept on which nothing is asked, milliseconds. */
  readonly idleMs: number;
  /** What is known of who connects from this address. */
  readonly peerAt: (address: string) => Peer;
  /** Told of each header line that was taken for not there. */
  readonly onLineEnded?: (why: EndedLine['why']) => void;
  /** Whether connections from this address must begin with a PROXY header. */
  readonly saysProxyHeader?: (address: string) => boolean;
  /** Told of a connection without the header that it must begin with. */
  readonly onNoProxyHeader?: (address: string) => void;
  /** Told of where each request comes from, as it is said to. */
  readonly onArrived?: (origin: Origin) => void;
  /** Told of what the gate refused; returns the id of its record. */
  readonly onRefused: (request: IncomingMessage, result: GateRefusal) => string | undefined;
  /** Answers what no handler sees, and closes the connection. */
  readonly refuse: (exchange: Pick<Exchange, 'request' | 'response'>, refusal: BareRefusal) => void;
  /** Told which rule was broken by bytes that were no request. */
  readonly onUnparsed?: (rule: string) => void;
  /** Told of each handshake that failed. */
  readonly onFailedHandshake?: (cause: ReturnType<typeof handshakeFailureOf>) => void;
  readonly connections: Pick<Connections, 'watch' | 'began'>;
  /** Told of what `serve` threw; the requester gets 503. */
  readonly onFailure: (error: unknown) => void;
}

/** More than the pools of connections hold together: those of trusted proxies are in none. */
const mostConnections = 15_000;

/** What is left of a body after the response, and is read by no one, may take this long, milliseconds. */
const restOfBodyMs = 15_000;
/** One handshake for each connection, as they are bounded by the connection. */
const tlsBounds = { minVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_RENEGOTIATION } as const;

/** The server; nothing listens yet. */
export function createListener(options: ListenerOptions): Server {
  const server = createServer({
    ALPNProtocols: ['http/1.1'],
    ...tlsBounds,
    maxHeaderSize: headerBytes,
    insecureHTTPParser: false,
    // The gate says what is missing; Node would close the connection without a word.
    requireHostHeader: false,
    // A request that crosses our closing is lost: what stands in front must be the one who closes first.
    keepAliveTimeout: options.idleMs,
    headersTimeout: headMs,
    connectionsCheckingInterval: 5000,
    // No total time: a large body may take long while it moves. Who takes it bounds how long it may stand still, and what
    // is left of it after the response has its time too.
    requestTimeout: 0,
    // Anything else that asks for another protocol stays a request, which the gate refuses.
    shouldUpgradeCallback: (request) => isWebSocketHandshake(request, headerLines(request.rawHeaders)),
    handshakeTimeout: 10_000,
    SNICallback: (host, done) => {
      const name = host.toLowerCase().replace(/\.$/, '');
      // Balancers name their target as they know it, or not at all; whose a request is says its Host line.
      const context = options.contextFor(name) ?? options.defaultPair()?.context;
      if (context === undefined) done(new NoCertificate('no certificate for this host'));
      else done(null, context);
    },
  });
  // Node would drop the lines beyond its 2,000 unseen, and act on some of them all the same; the gate counts them instead.
  server.maxHeadersCount = 0;
  server.maxConnections = mostConnections;
  keepDefault(server, options);
  const reported = readReported(server, options);
  options.connections.watch(server);
  takeRequests(server, options, reported);
  server.on('tlsClientError', (error, socket) => {
    options.onFailedHandshake?.(handshakeFailureOf(error));
    socket.destroy();
  });
  return server;
}

/** Has every request served that passes the gate, and refused what is none. */
function takeRequests(
  server: Server,
  options: ListenerOptions,
  reported: (socket: Socket) => string | undefined,
): void {
  const lastOn = new WeakMap<Duplex, ServerResponse>();
  const ending = new WeakSet<Duplex>();
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    // What came behind an odd request, perhaps in one packet with it, would be read from the wrong place.
    if (ending.has(socket)) return;
    lastOn.set(socket, response);
    const peer = { ...options.peerAt(socket.remoteAddress ?? ''), reported: reported(socket) };
    void serveOne(options, { request, response, peer, ending });
  };
  server.on('request', onRequest);
  // A client that waits for "100 Continue" is judged first; the proxy says it when it wants the body.
  server.on('checkContinue', onRequest);
  server.on('checkExpectation', onRequest);
  server.on('upgrade', (request: IncomingMessage, socket: Socket, first: Buffer) => {
    if (first.length > 0) socket.unshift(first);
    onRequest(request, responseOn(socket, request));
  });
  // No tunnels and no other protocols.
  const refuseUnparsed = (socket: Duplex, rule: typeof tunnelRule): void => {
    options.onUnparsed?.(rule.name);
    refuseRaw(socket, rule);
  };
  server.on('connect', (_request, socket) => refuseUnparsed(socket, tunnelRule));
  server.on('clientError', (error, socket) => {
    const last = lastOn.get(socket);
    if (last === undefined || last.writableFinished) refuseUnparsed(socket, parserRuleOf(error));
    // Bytes of ours in the middle of a response would be read as a part of it, and after its end as that of another request.
    else if (last.writableEnded) socket.end();
    else socket.destroy();
  });
}

/** A balancer sends its header at once. */
const proxyHeaderMs = 5000;

/**
 * Has the PROXY header read off a connection that must begin with one, before TLS begins. What it reported is known as long as
 * the connection lives.
 */
function readReported(
  server: Server,
  { saysProxyHeader, onNoProxyHeader }: ListenerOptions,
): (socket: Socket) => string | undefined {
  const sources = new Map<string, string>();
  const beginTls = server.listeners('connection').at(-1) as (socket: Socket) => void;
  server.off('connection', beginTls);
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (saysProxyHeader?.(address) !== true) return beginTls.call(server, socket);
    const name = connectionName(socket);
    socket.once('close', () => sources.delete(name)).on('error', () => undefined);
    void takeProxyHeader(socket, proxyHeaderMs).then((header) => {
      if (header === undefined) {
        onNoProxyHeader?.(address);
        socket.destroy();
        return;
      }
      if (header.source !== undefined) sources.set(name, header.source);
      beginTls.call(server, socket);
    });
  });
  return (socket) => sources.get(connectionName(socket));
}

/**
 * The response to a request that left HTTP: either it changes the protocol, or it is the last on its connection, since
 * what followed on it was read as no request.
 */
function responseOn(socket: Socket, request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.destroySoon();
  });
  socket.on('error', () => undefined);
  return response;
}

/** The certificate for clients that name no host, as it is when they connect. */
function keepDefault(server: Server, { defaultPair }: ListenerOptions): void {
  let kept: DefaultPair | undefined;
  server.prependListener('connection', () => {
    const pair = defaultPair();
    // Only a change: a new context has new keys for the tickets, and so ends what clients could resume.
    if (pair === undefined || pair === kept) return;
    kept = pair;
    server.setSecureContext({ ...pair.pem, ...tlsBounds });
  });
}

interface Arrived extends Pick<Exchange, 'request' | 'response'> {
  readonly peer: Peer;
  /** Connections that end with the refusal of an odd request. */
  readonly ending: WeakSet<Duplex>;
}

async function serveOne(
  options: ListenerOptions,
  { request, response, peer, ending }: Arrived,
): Promise<void> {
  // A client that leaves during the response is no reason to end the process.
  response.on('error', () => undefined);
  response.once('finish', () => limitBody(request, restOfBodyMs));
  const result = judgeRequest(request, peer);
  options.connections.began(request, response, result.origin);
  options.onArrived?.(result.origin);
  if (!result.ok) {
    const recordId = options.onRefused(request, result);
    ending.add(request.socket);
    const { status, name, message } = result;
    options.refuse({ request, response }, { reason: 'BadRequest', status, rule: name, message, recordId });
    return;
  }
  for (const { name, why } of result.ended) {
    // The one form of the request, that all later readers see.
    delete request.headers[name];
    options.onLineEnded?.(why);
  }
  try {
    await options.serve({ request, response, host: result.host, origin: result.origin });
  } catch (error) {
    options.onFailure(error);
    // What was begun cannot be taken back, only broken off; before that, an unknown state is a refusal.
    if (response.headersSent) response.destroy();
    else options.refuse({ request, response }, { reason: 'StateUnavailable', status: 503 });
  }
}
