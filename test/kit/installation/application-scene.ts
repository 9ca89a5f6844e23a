/**
 * The application door in memory: real sessions, real decisions over objects that the test holds, a real upstream
 * server, and a trail that the test can read and take away.
 */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NewRecord } from '../../../crds/audit/record.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import { createDecider } from '../../../webhook/gateway/decisions/decider.ts';
import { FreshReader } from '../../../webhook/gateway/decisions/fresh-reader.ts';
import { WorldReader } from '../../../webhook/gateway/decisions/world-reader.ts';
import {
  type ApplicationDeps,
  serveApplication,
} from '../../../webhook/gateway/handlers/application/handler.ts';
import { applicationPolicy } from '../../../webhook/gateway/handlers/application/policy.ts';
import { OpenResponses } from '../../../webhook/gateway/proxy/cut.ts';
import { refuse } from '../../../webhook/gateway/refusals/refuse.ts';
import { keysFrom } from '../../../webhook/gateway/sessions/keys.ts';
import { cookieValue, sessionCookieName } from '../../../webhook/gateway/sessions/session-cookie.ts';
import {
  sealIsValid,
  sealOf,
  secretHashOf,
  secretMatches,
} from '../../../webhook/gateway/sessions/session-seal.ts';
import { createSessionStore } from '../../../webhook/gateway/sessions/session-store.ts';
import { aStepClock } from '../clock/step-clock.ts';
import { anApplication } from '../objects/application.ts';
import { noon } from '../objects/ask.ts';
import { aGrant, fromAddresses, opened } from '../objects/grant.ts';
import { knownObjects } from '../objects/known-objects.ts';
import { aMatrix } from '../objects/matrix.ts';
import { withSpec } from '../objects/object.ts';
import { aPolicy, notRequiringAddresses } from '../objects/policy.ts';
import { aSession, boundTo } from '../objects/session.ts';
import { aUser } from '../objects/user.ts';

const keys = keysFrom(Buffer.alloc(32, 7));
const proof = {
  session: { namespace: 'ecase', name: 'ada-1' },
  grant: 'case-4711',
  nonce: 'q3Jx0dK1mZ8bN5vT',
};
export const applicationHost = anApplication().spec.host;

export interface Answer {
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
  /** Without Ada's cookie. */
  readonly anonymous?: true;
  /** Hang up as soon as the head is there. */
  readonly leaveAfterHead?: true;
}

/** Everything around one application door. */
export async function anApplicationScene(
  upstream: (request: IncomingMessage, response: ServerResponse) => void,
) {
  const reached: IncomingMessage[] = [];
  const application = await listening(
    createServer((incoming, response) => {
      reached.push(incoming);
      upstream(incoming, response);
    }),
  );
  const objects = knownObjects(
    aPolicy(notRequiringAddresses(), withSpec({ allowedCIDRs: ['127.0.0.0/8'] })),
    aGrant(opened(), fromAddresses('127.0.0.0/8')),
    aUser(),
    anApplication(),
    aMatrix(),
    sealedSession(),
  );
  const trail = aTrail();
  const clock = aStepClock(noon);
  const deleted: string[] = [];
  const deps = handsOver({ objects, trail, clock, deleted, upstreamPort: portOf(application) });
  const door = await listening(
    createServer((incoming, response) => {
      const exchange = {
        request: incoming,
        response,
        host: incoming.headers.host ?? '',
        origin: { peer: incoming.socket.remoteAddress ?? '', forwardedFor: [] },
      };
      void serveApplication(deps, exchange, { namespace: 'ecase', name: 'ecase' });
    }),
  );
  return {
    objects,
    trail,
    clock,
    deleted,
    /** Requests that reached the application. */
    reached,
    ask: (path: string, asked: Asked = {}) => ask(portOf(door), path, asked),
    openResponses: deps.openResponses as OpenResponses,
    async close() {
      for (const server of [door, application]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function handsOver(given: {
  objects: ReturnType<typeof knownObjects>;
  trail: ReturnType<typeof aTrail>;
  clock: ReturnType<typeof aStepClock>;
  deleted: string[];
  upstreamPort: number;
}): ApplicationDeps {
  const { objects, trail, clock, deleted, upstreamPort } = given;
  const now = (): number => clock.now();
  const reader = new FreshReader({ client: objects.client, timeoutMs: 500, onGet: () => undefined });
  const sessions = createSessionStore({
    client: {
      ...objects.client,
      delete: (_resource: unknown, { name }: { name: string }) => {
        deleted.push(name);
        return Promise.resolve('deleted');
      },
      mergePatch: () => Promise.resolve({}),
    } as never,
    keys,
    trail,
    now,
    onFailure: () => undefined,
  });
  return {
    decider: createDecider({
      world: new WorldReader(reader),
      now,
      timeoutMs: 500,
      sealIsValid: (session) => sealIsValid(keys, session),
      secretMatches: (known, session) => secretMatches(keys, known, session),
      onDecided: () => undefined,
    }),
    sessions,
    trail,
    openResponses: new OpenResponses({ clock, now, everyMs: 800 }),
    policy: { ...applicationPolicy, headTimeoutMs: 300 },
    resolve: () =>
      Promise.resolve({
        ok: true,
        upstream: { host: '127.0.0.1', port: upstreamPort, tls: false, serverName: 'ecase.ecase.svc' },
      }),
    refuse,
    signInUrl: ({ namespace, name }) =>
      `https://support.example.com/support-access/sign-in/${namespace}/${name}`,
    enterUrl: (path) => `/support-access/enter?to=${encodeURIComponent(path)}`,
    authority: (host) => host,
    now,
    onFailure: () => undefined,
  };
}

/** Ada's session as a gateway with these keys wrote it. */
export function sealedSession(): SupportSession {
  const { seal: _none, ...spec } = aSession(
    boundTo('127.0.0.1'),
    withSpec({ secretHash: secretHashOf(keys, proof) }),
  ).spec;
  return aSession(withSpec({ ...spec, seal: sealOf(keys, proof.session, spec) }));
}

/** A trail that remembers, and that can be away. */
export function aTrail() {
  const records: NewRecord[] = [];
  const state = { away: false };
  return {
    records,
    state,
    append: (appended: readonly NewRecord[]) => {
      if (state.away) return Promise.reject(new Error('the records are away'));
      records.push(...appended);
      return Promise.resolve([]);
    },
    appendInBackground: (later: readonly NewRecord[]) => {
      records.push(...later);
      return true;
    },
  };
}

async function ask(port: number, path: string, asked: Asked): Promise<Answer> {
  const cookie = `${sessionCookieName}=${cookieValue(keys, proof, applicationHost)}`;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(
    {
      host: '127.0.0.1',
      port,
      path,
      method: asked.method ?? 'GET',
      headers: { host: applicationHost, ...(asked.anonymous ? {} : { cookie }), ...asked.headers },
      agent: false,
    },
    (answer) => {
      let body = '';
      const done = (broken: boolean): void =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, broken });
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      answer.on('end', () => done(false));
      answer.on('close', () => done(true));
      answer.on('error', () => done(true));
      if (asked.leaveAfterHead) answer.destroy();
    },
  );
  sent.on('error', reject);
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
