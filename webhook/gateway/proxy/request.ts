/**
 * Sends one request upstream and waits for the head of its response. Its headers are built from an empty set, so that
 * no identity, credential, hop or framing header of the client passes by accident. One request, one connection: no
 * pooled socket can carry the rest of one session's exchange into another's.
 */

import { once } from 'node:events';
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import type { AssignmentRule } from '../../../crds/rules/request/assignment.ts';
import type { Exchange } from '../listener/request-gate.ts';
import type { Source } from '../listener/source-address.ts';
import { restoredCookies } from '../masking/restore.ts';
import type { BodyWatch } from './body-watches.ts';
import { tagsMaskedSo, unmarkedTags } from './marked-tags.ts';
import { listedHeaders, type ProxyPolicy } from './policy.ts';
import { sendBody } from './request-body.ts';
import type { Upstream } from './resolve-service.ts';
import { restoredBodyOf } from './restored-body.ts';
import { cookiesOfSession } from './session-cookies.ts';
import { TlsFailure } from './upstream-tls.ts';
import { handshakeRequestLines } from './websocket/handshake.ts';

/** A permitted request on its way upstream. */
export interface ProxiedRequest {
  readonly exchange: Exchange;
  readonly policy: ProxyPolicy;
  readonly upstream: Upstream;
  /** What is asked for with the values put back that stand sealed in the address; without it, the address as it came. */
  readonly target?: string | undefined;
  /** Host with port as the client's browser writes it. */
  readonly authority: string;
  /** Origins beside the authority's that mean the same upstream: its own public URL. */
  readonly upstreamOrigins: readonly string[];
  /** The id of the record of this request; it travels upstream. */
  readonly recordId: string;
  readonly source: Source;
  /** The opaque handle of the person's session, by which cookies are kept apart. */
  readonly session: string;
  /** What is said of the person: headers of ours, by name in lower case. */
  readonly supportHeaders: Readonly<Record<string, string>>;
  /** Look at the body on its way; none where all that it may say is covered by what was decided. */
  readonly bodyWatches?: readonly BodyWatch[];
  /** How an application assigns, made anew for each message of a WebSocket: people may be added while it lasts. */
  readonly assignments?: () => AssignmentRule | undefined;
  /** The key of the handshake with upstream; where there is one, the request is a WebSocket's. */
  readonly webSocketKey?: string | undefined;
  /** Told of each message that the client sends after its request: to its session that is as much use as a request. */
  readonly onMessage?: () => void;
  /** Ends the whole exchange; its reason is the reason of the cut. */
  readonly signal: AbortSignal;
  /** The gateway is about to stop: what has no end of its own is ended in good order. Its reason is for the records. */
  readonly leaving: AbortSignal;
}

/** The whole request was sent and no head of a response came in time. */
export class HeadTimeout extends Error {
  override readonly name = 'HeadTimeout';
}

/** The head of a response; its body follows as a stream, or the connection where the protocol was changed. */
export interface UpstreamHead {
  readonly response: IncomingMessage;
  readonly connection?: Duplex;
  /** Why the body was not sent to its end, if it was not: upstream may respond before it has all of it. */
  readonly bodyFailure: () => unknown;
}

/**
 * Resolves with the head of the response. Rejects with `HeadTimeout`, `TlsFailure`, what `sendBody` rejects with, or the error of the
 * connection; nothing is ever sent a second time.
 */
export async function sendUpstream(proxied: ProxiedRequest): Promise<UpstreamHead> {
  const { exchange, policy, signal } = proxied;
  signal.throwIfAborted();
  if (exchange.request.headers.expect !== undefined) exchange.response.writeContinue();
  const restored = await restoredBodyOf(proxied);
  signal.throwIfAborted();
  const outgoing = open(proxied, restored);
  // Errors after the head also come out of the response's stream; here they only must not end the process.
  outgoing.on('error', () => undefined);
  const cancel = (): void => void outgoing.destroy();
  signal.addEventListener('abort', cancel, { once: true });
  exchange.response.once('close', cancel);
  const { promise: broken, reject } = Promise.withResolvers<never>();
  const timer = { stop: (): void => undefined };
  let bodyFailure: unknown;
  const bounds = { limit: policy.bodyLimit, idleMs: policy.bodyIdleMs, watches: proxied.bodyWatches ?? [] };
  sendBody(restored === undefined ? exchange.request : piecesOf(restored), outgoing, bounds).then(
    () => {
      const timeout = setTimeout(() => reject(new HeadTimeout()), policy.headTimeoutMs);
      timer.stop = () => clearTimeout(timeout);
    },
    (error: unknown) => {
      bodyFailure = error;
      reject(error);
      // Also where upstream has responded already: it must not wait for what never comes.
      outgoing.destroy();
    },
  );
  try {
    const head = await Promise.race([
      untilTlsFails(outgoing, proxied.upstream),
      headOf(proxied, outgoing),
      broken,
    ]);
    return { ...head, bodyFailure: () => bodyFailure };
  } catch (error) {
    outgoing.destroy();
    throw error;
  } finally {
    timer.stop();
    broken.catch(() => undefined);
  }
}

/** One piece, as a client would have sent it. */
async function* piecesOf(body: Buffer): AsyncGenerator<Buffer> {
  if (body.length > 0) yield body;
}

async function headOf(
  proxied: ProxiedRequest,
  outgoing: ClientRequest,
): Promise<Omit<UpstreamHead, 'bodyFailure'>> {
  const { exchange, policy } = proxied;
  outgoing.on('information', ({ statusCode }) => {
    if (policy.informational && statusCode === 102) exchange.response.writeProcessing();
  });
  const responded = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  const upgraded = once(outgoing, 'upgrade') as Promise<[IncomingMessage, Duplex, Buffer]>;
  const [response, connection, first] = await Promise.race([responded, upgraded]);
  if (connection === undefined) return { response };
  if (!wantsUpgrade(proxied)) {
    connection.destroy();
    throw new Error('upstream changed the protocol unasked');
  }
  connection.unshift(first);
  return { response, connection };
}

function wantsUpgrade({ policy, exchange, webSocketKey }: HeadersFrom): boolean {
  if (webSocketKey !== undefined) return true;
  return policy.upgrades && policy.masker === undefined && exchange.request.headers.upgrade !== undefined;
}

/** The lines that ask upstream for another protocol. */
function upgradeLines(from: HeadersFrom): OutgoingHttpHeaders {
  const { headers } = from.exchange.request;
  if (!wantsUpgrade(from)) return {};
  if (from.webSocketKey !== undefined) return handshakeRequestLines(headers, from.webSocketKey);
  return { connection: 'Upgrade', upgrade: headers.upgrade };
}

function open(proxied: ProxiedRequest, restored: Buffer | undefined): ClientRequest {
  const { upstream, exchange } = proxied;
  return (upstream.tls ? httpsRequest : httpRequest)({
    host: upstream.host,
    port: upstream.port,
    ...(upstream.tls ? tlsOptions(upstream) : {}),
    method: exchange.request.method,
    // Exactly as it came: the decision was about these bytes, or about these with the values put back.
    path: proxied.target ?? exchange.request.url ?? '/',
    headers: {
      ...requestHeaders(proxied),
      ...(restored === undefined ? {} : { 'content-length': String(restored.length) }),
    },
    agent: false,
  });
}

/** There is no way to leave verification out, whatever the environment of the process says. */
function tlsOptions({ serverName, ca }: Upstream) {
  return {
    servername: serverName,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca: [...ca] }),
  } as const;
}

/** Rejects where the connection ends before TLS stands; such an error says what is wrong with the certificate. */
function untilTlsFails(outgoing: ClientRequest, { tls }: Upstream): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (!tls) return promise;
  let stands: 'not yet' | 'TCP' | 'TLS' = 'not yet';
  outgoing.once('socket', (socket) => {
    socket.once('connect', () => (stands = 'TCP'));
    socket.once('secureConnect', () => (stands = 'TLS'));
  });
  outgoing.once('error', (cause) => {
    if (stands === 'TCP') reject(new TlsFailure(cause));
  });
  return promise;
}

type HeadersFrom = Pick<
  ProxiedRequest,
  'policy' | 'authority' | 'recordId' | 'source' | 'session' | 'supportHeaders' | 'webSocketKey'
> & {
  readonly exchange: { readonly request: Pick<IncomingMessage, 'headers'> };
};

/** What the client asks of a version that it has masked, as upstream can compare it. */
function conditionsOnMasked(
  { 'if-match': match, 'if-none-match': noneMatch }: IncomingMessage['headers'],
  { tagMark: mark, sealedTags: seal }: Pick<ProxyPolicy, 'tagMark' | 'sealedTags'>,
): OutgoingHttpHeaders {
  const other = noneMatch === undefined ? undefined : tagsMaskedSo(noneMatch, { mark, seal });
  return {
    ...(match === undefined ? {} : { 'if-match': unmarkedTags(match, seal) }),
    ...(other === undefined ? {} : { 'if-none-match': other }),
  };
}

/** The application gets its cookies as it set them. */
function cookiesFor({ sealedValues }: ProxyPolicy, cookies: string): string {
  return sealedValues === undefined ? cookies : restoredCookies(cookies, sealedValues);
}

/** The headers that upstream sees: those that the policy lists, the cookies of this session, and our own. */
export function requestHeaders(from: HeadersFrom): OutgoingHttpHeaders {
  const { exchange, policy, authority, recordId, source, session } = from;
  const { headers } = exchange.request;
  const masked = policy.masker !== undefined;
  const cookie = policy.cookies ? cookiesFor(policy, cookiesOfSession(headers.cookie, session)) : '';
  return {
    ...listedHeaders(policy.requestHeaders, masked, (name) => headers[name]),
    ...(masked ? conditionsOnMasked(headers, policy) : {}),
    ...(cookie === '' ? {} : { cookie }),
    // A length passes as it is; a body without one is sent in chunks, so that its end is never guessed.
    ...(headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' }),
    ...upgradeLines(from),
    host: authority,
    'accept-encoding': 'identity',
    'audit-id': recordId,
    'x-forwarded-for': source.ip,
    'x-forwarded-host': authority,
    'x-forwarded-proto': 'https',
    ...from.supportHeaders,
  };
}
