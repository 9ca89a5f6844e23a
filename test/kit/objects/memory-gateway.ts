/**
 * What the gateway's routes need, in memory: real sessions, real decisions over objects that the test holds, real
 * refusals, and a trail that the test can read and take away. Only the cluster and the upstream server are stood in for.
 */
import type { NewRecord } from '../../../crds/audit/record.ts';
import { type ErrorCode, SupportAccessError } from '../../../crds/errors.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import type { Decision } from '../../../crds/rules/ask.ts';
import type { Reason } from '../../../crds/rules/reasons.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createDecider } from '../../../webhook/gateway/decisions/decider.ts';
import type { GatewayDecider } from '../../../webhook/gateway/decisions/decision.ts';
import { FreshReader } from '../../../webhook/gateway/decisions/fresh-reader.ts';
import { withKeptReadings } from '../../../webhook/gateway/decisions/kept-decider.ts';
import { KeptWorlds } from '../../../webhook/gateway/decisions/kept-worlds.ts';
import type { ToldChanges } from '../../../webhook/gateway/decisions/told-changes.ts';
import { WorldReader } from '../../../webhook/gateway/decisions/world-reader.ts';
import { applicationPolicy } from '../../../webhook/gateway/handlers/application/policy.ts';
import { servedAt } from '../../../webhook/gateway/listener/served-hosts.ts';
import { sourceOf } from '../../../webhook/gateway/listener/source-address.ts';
import { OpenResponses } from '../../../webhook/gateway/proxy/cut.ts';
import { createAssert } from '../../../webhook/gateway/records/assertion.ts';
import { createIconRefusals } from '../../../webhook/gateway/records/icon-refusals.ts';
import { createRefuse } from '../../../webhook/gateway/refusals/refuse.ts';
import type { RouteDeps } from '../../../webhook/gateway/routes.ts';
import { assertionKeysFrom } from '../../../webhook/gateway/sessions/assertion-keys.ts';
import { keysFrom } from '../../../webhook/gateway/sessions/keys.ts';
import { createPseudonymsFor } from '../../../webhook/gateway/sessions/session-pseudonyms.ts';
import { sealedSpec, sealIsValid, secretMatches } from '../../../webhook/gateway/sessions/session-seal.ts';
import { createSessionStore } from '../../../webhook/gateway/sessions/session-store.ts';
import { createSignIn } from '../../../webhook/gateway/sign-in/sign-in.ts';
import type { Consume } from '../../../webhook/gateway/single-use/single-use.ts';
import type { aStepClock } from '../clock/step-clock.ts';
import { anApplication } from './application.ts';
import { aGrant, fromAddresses, opened } from './grant.ts';
import { knownObjects } from './known-objects.ts';
import { aMatrix } from './matrix.ts';
import { type Modifier, withSpec } from './object.ts';
import { aPolicy, notRequiringAddresses } from './policy.ts';
import { thisInstallation } from './release.ts';
import { aService } from './service.ts';
import { aSession, boundTo } from './session.ts';
import { aUser } from './user.ts';

export const memoryKeys = keysFrom(Buffer.alloc(32, 7));
export const adasProof = {
  session: { namespace: 'ecase', name: 'ada-1' },
  grant: 'case-4711',
  secret: 'q3Jx0dK1mZ8bN5vTq3Jx0dK1mZ8bN5vTq3Jx0dK1mZ8',
};

/** The policy, grant, person, application, matrix and session under which Ada's requests from this machine pass. */
export function adasObjects() {
  return knownObjects(
    aPolicy(notRequiringAddresses(), withSpec({ allowedCIDRs: ['127.0.0.0/8'] })),
    aGrant(opened(), fromAddresses('127.0.0.0/8')),
    aUser(),
    anApplication(),
    aService(),
    aMatrix(),
    sealedSession(),
  );
}

/** Ada's session as a gateway with these keys wrote it. */
export function sealedSession(...changes: readonly Modifier<SupportSession>[]): SupportSession {
  const { proof: _none, ...spec } = aSession(boundTo('127.0.0.1'), ...changes).spec;
  return aSession(...changes, withSpec(sealedSpec(memoryKeys, adasProof, spec)));
}

/** A trail that remembers, and that can be away or refuse what it is given. */
export function aTrail() {
  const records: NewRecord[] = [];
  const state: { away: boolean; refusing?: ErrorCode } = { away: false };
  return {
    records,
    state,
    append: (appended: readonly NewRecord[]) => {
      if (state.away) return Promise.reject(new Error('the records are away'));
      const refused = 'the grant is older than what was recorded';
      if (state.refusing !== undefined)
        return Promise.reject(new SupportAccessError(state.refusing, refused));
      records.push(...appended);
      return Promise.resolve([]);
    },
    appendInBackground: (later: readonly NewRecord[]) => {
      records.push(...later);
      return true;
    },
    health: () => ({ reachable: !state.away, appended: 0, waiting: 0, lost: 0 }),
  };
}

/** What the gateway in memory stands on; the test holds all of it. */
export interface MemoryParts {
  readonly objects: ReturnType<typeof knownObjects>;
  readonly trail: ReturnType<typeof aTrail>;
  readonly clock: ReturnType<typeof aStepClock>;
  /** What watches tell. */
  readonly told: ToldChanges;
  /** Names of the sessions that were deleted. */
  readonly deleted: string[];
  /** Names of the sessions whose activity was noted. */
  readonly touched: string[];
  /** What the log would say went wrong. */
  readonly failures: string[];
  /** Reasons of all refusals. */
  readonly refused: Reason[];
  readonly upstreamPort: number;
  /** As the watch saw it last. */
  readonly seen: { policy: SupportAccessPolicy | undefined; application?: SupportApplication };
  readonly state: {
    /** Whether an address may still ask for what is costly. */
    mayAsk: boolean;
    /** Whether a session that is named may be read. */
    mayJudge: boolean;
    /** Whether values are written as pseudonyms that lead back; else as the masks of their classes. */
    pseudonyms?: boolean;
    /** What is decided instead of what the rules say. */
    decision?: Decision;
    /** What is waited for before a Service can be dialled. */
    beforeResolved?: () => Promise<void>;
    /** Why no Service can be dialled. */
    unresolved?: Reason;
    /** Whether who asks at the inner listener is a trusted hop; it is unless this says not. */
    isTrusted?: boolean;
    /** The token of the account under the grant; there is no such account without it. */
    identityToken?: string;
    /** Whether the product is being taken away. */
    isUninstalled?: true;
    /** What the watch says of EndpointSlices. */
    handMadeSlices?: readonly string[];
  };
}

export function memoryRouteDeps(parts: MemoryParts): RouteDeps & { readonly openResponses: OpenResponses } {
  const { trail, clock, refused, failures, upstreamPort, seen, state } = parts;
  const now = (): number => clock.now();
  const policy = (): SupportAccessPolicy | undefined => seen.policy;
  const onFailure = (what: string): void => void failures.push(what);
  const sessions = createSessionStore({
    client: sessionClient(parts),
    keys: memoryKeys,
    trail,
    now,
    clock,
    onFailure,
  });
  const consume = memoryConsume();
  const pseudonymsFor = createPseudonymsFor(memoryKeys);
  const decider = withKeptReadings({
    decider: memoryDecider(parts),
    kept: new KeptWorlds(() => clock.monotonic()),
    told: () => parts.told.fromNow(),
    onDecided: () => undefined,
  });
  return {
    decider,
    sessions,
    sessionsOf: () => [],
    nearMisses: { note: () => undefined, forget: () => undefined },
    keys: memoryKeys,
    consume,
    trail,
    signIn: createSignIn({
      sealingKeys: () => [memoryKeys.keyFor('sign-in-cookie')],
      readKeys: () => Promise.reject(new Error('no identity provider')),
      readWorld: (grant) => decider.readSignInWorld(grant),
      consume,
      now,
    }),
    openResponses: new OpenResponses({ clock, now, everyMs: 800 }),
    client: { server: 'https://127.0.0.1:1', proxy: undefined, credentials: async () => ({ tls: {} }) },
    identityToken: async () => state.identityToken,
    proxyPolicy: { ...applicationPolicy, headTimeoutMs: 300 },
    resolve: async () => {
      await state.beforeResolved?.();
      if (state.unresolved !== undefined)
        return { ok: false, reason: state.unresolved, detail: 'as the test wants' };
      const named = { tls: false, serverName: 'ecase.ecase.svc' };
      return { ok: true, upstream: { host: '127.0.0.1', port: upstreamPort, ...named } };
    },
    policy,
    tlsFaults: { note: () => undefined },
    assert: createAssert(assertionKeysFrom(memoryKeys), now),
    refuse: createRefuse({
      trail,
      sessions,
      policy,
      onFailure,
      onRefused: ({ reason }) => refused.push(reason),
    }),
    readServiceProvider: () => Promise.reject(new Error('no identity provider')),
    servedAt: (host) =>
      servedAt({ policy: policy(), applications: [seen.application ?? anApplication()] }, host),
    supportPeople: () => parts.objects.all('SupportUser') as readonly SupportUser[],
    leaving: new AbortController().signal,
    mayAsk: () => state.mayAsk,
    noteJudged: () => undefined,
    onMasked: () => undefined,
    onSignedIn: () => undefined,
    evenly: () => () => Promise.resolve(),
    mayJudge: () => state.mayJudge,
    pseudonymsFor: (world) => (state.pseudonyms === true ? pseudonymsFor(world) : undefined),
    iconRefusals: createIconRefusals(() => clock.monotonic()),
    sourceOf: (origin) => sourceOf(policy()?.spec.network, origin),
    now,
    onFailure,
  };
}

/** Real decisions over the objects that the test holds. */
export function memoryDecider({ objects, clock, told, state }: MemoryParts): GatewayDecider {
  const reader = new FreshReader({ client: objects.client, timeoutMs: 500, onGet: () => undefined });
  const decider = createDecider({
    world: new WorldReader(reader, {
      handMadeSlices: () => state.handMadeSlices ?? [],
      claimedSlices: () => [],
      installation: () => (state.isUninstalled ? undefined : thisInstallation),
    }),
    now: () => clock.now(),
    timeoutMs: 500,
    recentMs: 60_000,
    againTimeoutMs: 500,
    told: () => told.fromNow(),
    sealIsValid: (session) => sealIsValid(memoryKeys, session),
    secretMatches: (known, session) => secretMatches(memoryKeys, known, session),
    onDecided: () => undefined,
  });
  return {
    ...decider,
    decide: async (request) => {
      const decided = await decider.decide(request);
      return state.decision === undefined ? decided : { ...decided, decision: state.decision };
    },
  };
}

function sessionClient({
  deleted,
  touched,
}: MemoryParts): Pick<KubeClient, 'create' | 'delete' | 'mergePatch'> {
  return {
    create: <T>(_resource: unknown, object: object) => Promise.resolve(object as T),
    delete: (_resource, { name }) => {
      deleted.push(name);
      return Promise.resolve('deleted');
    },
    mergePatch: <T>(_resource: unknown, { name }: { readonly name: string }) => {
      touched.push(name);
      return Promise.resolve({} as T);
    },
  };
}

function memoryConsume(): Consume {
  const used = new Set<string>();
  return ({ kind, id }) => {
    const key = JSON.stringify([kind, id]);
    const found = used.has(key) ? 'again' : 'first';
    used.add(key);
    return Promise.resolve(found);
  };
}
