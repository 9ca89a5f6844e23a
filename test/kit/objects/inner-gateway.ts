/**
 * The gateway's inner routes over HTTP in memory: real decisions over objects that the test holds, and calls of applications
 * whose tokens this file knows. Whose a token is a real API server says in `integration/webhook/gateway/applications-ask`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { kinds } from '../../../crds/kinds.ts';
import { saysAbsent } from '../../../kube/errors.ts';
import type { KubeObject, ObjectRef } from '../../../kube/objects.ts';
import type { Resource } from '../../../kube/resources.ts';
import { ToldChanges } from '../../../webhook/gateway/decisions/told-changes.ts';
import { type InnerDeps, serveInner } from '../../../webhook/gateway/inner-routes.ts';
import { assertionKeysFrom } from '../../../webhook/gateway/sessions/assertion-keys.ts';
import { createSessionsByHandle } from '../../../webhook/gateway/sessions/sessions-by-handle.ts';
import { aStepClock } from '../clock/step-clock.ts';
import { anApplication } from './application.ts';
import { noon } from './ask.ts';
import {
  adasObjects,
  aTrail,
  type MemoryParts,
  memoryDecider,
  memoryKeys,
  memoryRouteDeps,
  sealedSession,
} from './memory-gateway.ts';
import { withMetadata, withSpec } from './object.ts';
import { aPolicy } from './policy.ts';

/** The token of each account that calls. */
export const tokens = {
  ecase: 'token-of-ecase',
  /** Of the same namespace, listed by no application. */
  other: 'token-of-other',
  /** Of another namespace, under the name that the application lists. */
  foreign: 'token-of-foreign',
  /** A person's. */
  person: 'token-of-ada',
  /** One for which there is no room. */
  busy: 'token-too-many',
} as const;

const usernames: Readonly<Record<string, string>> = {
  [tokens.ecase]: 'system:serviceaccount:ecase:ecase',
  [tokens.other]: 'system:serviceaccount:ecase:other',
  [tokens.foreign]: 'system:serviceaccount:elsewhere:ecase',
  [tokens.person]: 'ada',
};

/** The application of the tests, with its ServiceAccount as its caller. */
export const callingApplication = () =>
  anApplication(
    withSpec({ callers: [{ serviceAccountName: 'ecase' }] }),
    withMetadata({ resourceVersion: 'calling' }),
  );

export interface Call {
  readonly method?: string;
  readonly token?: string | undefined;
  /** Sent as JSON unless it is a text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function anInnerGateway() {
  const clock = aStepClock(noon);
  const objects = adasObjects();
  objects.put(callingApplication());
  const parts: MemoryParts = {
    objects,
    trail: aTrail(),
    clock,
    told: new ToldChanges({ monotonic: () => clock.monotonic(), keepMs: 10_000 }),
    deleted: [],
    touched: [],
    failures: [],
    refused: [],
    upstreamPort: 0,
    seen: { policy: aPolicy() },
    state: { mayAsk: true, mayJudge: true },
  };
  const seen: { sessions: readonly SupportSession[] } = { sessions: [sealedSession()] };
  const deps = innerDepsOf(parts, seen);
  const server = createServer((request, response) => {
    const origin = { peer: request.socket.remoteAddress ?? '', forwardedFor: [] };
    void serveInner(deps, { request, response, host: request.headers.host ?? '', origin });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...parts,
    port,
    seen,
    /** One call, as an application makes it. */
    call: async (path: string, { method = 'POST', token = tokens.ecase, body, headers }: Call = {}) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: {
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, body: (await response.json()) as unknown };
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function innerDepsOf(parts: MemoryParts, seen: { readonly sessions: readonly SupportSession[] }): InnerDeps {
  const { objects, trail, clock, failures } = parts;
  const one = async <T extends KubeObject>(resource: Resource, ref: ObjectRef): Promise<T | undefined> => {
    try {
      return await objects.client.get<T>(resource, ref);
    } catch (error) {
      if (saysAbsent(error, resource, ref.name)) return undefined;
      throw error;
    }
  };
  const all = async <T extends KubeObject>(resource: Resource, namespace: string): Promise<readonly T[]> =>
    (await objects.client.list<T>(resource, { namespace })).items;
  return {
    ...memoryRouteDeps(parts),
    decider: memoryDecider(parts),
    isTrusted: () => parts.state.isTrusted !== false,
    trail,
    now: () => clock.now(),
    onFailure: (what) => void failures.push(what),
    assertionKeys: assertionKeysFrom(memoryKeys),
    lookUpToken: (token) =>
      Promise.resolve(token === tokens.busy ? { isTooBusy: true } : { username: usernames[token] }),
    readApplication: async (ref) => {
      const found = await one<SupportApplication>(kinds.SupportApplication, ref);
      return found?.metadata.namespace === ref.namespace ? found : undefined;
    },
    readApplications: (namespace) => all<SupportApplication>(kinds.SupportApplication, namespace),
    readGrants: (namespace) => all<SupportAccessGrant>(kinds.SupportAccessGrant, namespace),
    readUser: (name) => one<SupportUser>(kinds.SupportUser, { name }),
    sessionsByHandle: createSessionsByHandle({
      keys: memoryKeys,
      seen: () => seen.sessions,
      list: (namespace) => all<SupportSession>(kinds.SupportSession, namespace),
    }),
  };
}
