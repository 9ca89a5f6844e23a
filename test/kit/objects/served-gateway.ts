/**
 * The gateway's routes over HTTP in memory, with a real upstream server: the application's host, and the support host.
 */
import { createServer, type IncomingMessage, request, type Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ToldChanges } from '../../../webhook/gateway/decisions/told-changes.ts';
import { serve } from '../../../webhook/gateway/routes.ts';
import { cookieValue, sessionCookieName } from '../../../webhook/gateway/sessions/session-cookie.ts';
import { aStepClock } from '../clock/step-clock.ts';
import { anApplication } from './application.ts';
import { noon } from './ask.ts';
import {
  adasObjects,
  adasProof,
  aTrail,
  type MemoryParts,
  memoryKeys,
  memoryRouteDeps,
} from './memory-gateway.ts';
import { aPolicy } from './policy.ts';

export const applicationHost = anApplication().spec.host;

export interface SceneResponse {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Whether the other side closed before the answer was whole. */
  readonly broken: boolean;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** The application's host unless another is named. */
  readonly host?: string;
  /** Without Ada's cookie. */
  readonly anonymous?: true;
  /** Called when the server says that it wants the body. */
  readonly onContinue?: () => void;
  /** Hang up as soon as the head is there. */
  readonly leaveAfterHead?: true;
  /** Called when the first bytes of the body have come. */
  readonly onFirstBytes?: () => void;
}

/** Everything around one application; with `onUpgrade` it speaks other protocols, and the gateway takes handshakes as its listener does. */
export async function aServedGateway(
  upstream: (request: IncomingMessage, response: ServerResponse) => void,
  onUpgrade?: (request: IncomingMessage, socket: Duplex) => void,
) {
  const reached: IncomingMessage[] = [];
  const upstreamServer = createServer((incoming, response) => {
    reached.push(incoming);
    upstream(incoming, response);
  });
  if (onUpgrade !== undefined) upstreamServer.on('upgrade', onUpgrade);
  const application = await listening(upstreamServer);
  const clock = aStepClock(noon);
  const parts: MemoryParts = {
    objects: adasObjects(),
    trail: aTrail(),
    clock,
    told: new ToldChanges({ monotonic: () => clock.monotonic(), keepMs: 10_000 }),
    deleted: [],
    touched: [],
    failures: [],
    refused: [],
    upstreamPort: portOf(application),
    seen: { policy: aPolicy() },
    state: { mayAsk: true, mayJudge: true },
  };
  const deps = memoryRouteDeps(parts);
  const served: Promise<void>[] = [];
  const onRequest = (incoming: IncomingMessage, response: ServerResponse): void => {
    const forwardedFor = incoming.headers['x-forwarded-for'];
    const exchange = {
      request: incoming,
      response,
      host: incoming.headers.host ?? '',
      origin: {
        peer: incoming.socket.remoteAddress ?? '',
        forwardedFor: forwardedFor === undefined ? [] : [forwardedFor].flat(),
      },
    };
    served.push(Promise.resolve(serve(deps, exchange)));
  };
  // As at the listener: what serves the request says whether it wants the body.
  const listener = createServer(onRequest).on('checkContinue', onRequest);
  const onHandshake = (incoming: IncomingMessage, socket: Socket, first: Buffer): void => {
    const response = new ServerResponse(incoming);
    response.assignSocket(socket);
    socket.unshift(first);
    onRequest(incoming, response);
  };
  if (onUpgrade !== undefined) listener.on('upgrade', onHandshake);
  const gateway = await listening(listener);
  return {
    ...parts,
    /** One for each request: settles when it has been served. */
    served,
    /** Requests that reached the application. */
    reached,
    ask: (path: string, asked: Asked = {}) => ask(portOf(gateway), path, asked),
    /** Where it listens, for a client that is no HTTP client, and the cookie of Ada's session. */
    port: portOf(gateway),
    cookie: cookieFor(applicationHost),
    openResponses: deps.openResponses,
    async close() {
      for (const server of [gateway, application]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

const cookieFor = (host: string): string =>
  `${sessionCookieName}=${cookieValue(memoryKeys, adasProof, host)}`;

async function ask(port: number, path: string, asked: Asked): Promise<SceneResponse> {
  const { host = applicationHost } = asked;
  const cookie = cookieFor(host);
  const { promise, resolve, reject } = Promise.withResolvers<SceneResponse>();
  const sent = request(
    {
      host: '127.0.0.1',
      port,
      path,
      method: asked.method ?? 'GET',
      headers: { host, ...(asked.anonymous ? {} : { cookie }), ...asked.headers },
      agent: false,
    },
    (answer) => {
      let body = '';
      const done = (broken: boolean): void =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, broken });
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      if (asked.onFirstBytes) answer.once('data', asked.onFirstBytes);
      answer.on('end', () => done(false));
      answer.on('close', () => done(true));
      answer.on('error', () => done(true));
      if (asked.leaveAfterHead) answer.destroy();
    },
  );
  sent.on('error', reject);
  if (asked.onContinue) sent.on('continue', asked.onContinue);
  sent.end(asked.body);
  return promise;
}

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
