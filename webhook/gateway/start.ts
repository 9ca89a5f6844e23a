/**
 * The process role `gateway`: puts keys, watches, decisions, sessions and doors together and opens the support door.
 * It decides nothing; each part is handed what it needs and nothing more.
 */
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import type { KubeClient } from '../../kube/api/client.ts';
import { systemClock } from '../../kube/clock.ts';
import { isNotFound } from '../../kube/errors.ts';
import { createLatestClock, type LatestClock } from '../../kube/latest-clock.ts';
import { Services } from '../../kube/resources.ts';
import type { Log } from '../../process/logging.ts';
import type { Metric } from '../../process/metrics.ts';
import { startPeriodic } from '../../process/periodic.ts';
import { closeServer, listen } from '../../process/server.ts';
import { createTtlCache } from '../../process/ttl-cache.ts';
import { createTrail } from '../../trail/client.ts';
import { trailMetrics } from '../../trail/metrics.ts';
import { tokenFromFile } from '../../trail/token-file.ts';
import type { Trail } from '../../trail/trail.ts';
import type { GatewayConfig } from '../config.ts';
import { applicationHands } from './application-deps.ts';
import { startTriggers, type Triggers } from './decisions/change-triggers.ts';
import type { GatewayDecider } from './decisions/decision.ts';
import { createGatewayDecider, type DecisionMetrics } from './decisions/gateway-decider.ts';
import type { Origin, Source } from './decisions/source-address.ts';
import { isTrustedHop, sourceOf } from './decisions/source-address.ts';
import type { GatewayDeps } from './deps.ts';
import { bucketKey, createBuckets } from './listener/address-buckets.ts';
import { Certificates } from './listener/certificates.ts';
import { createListener } from './listener/listener.ts';
import { servedAt } from './listener/served-hosts.ts';
import { OpenResponses } from './proxy/cut.ts';
import {
  createResolveService,
  type ResolveService,
  readResolveMap,
  type ServiceObject,
} from './proxy/resolve-service.ts';
import { limitAnonymousRefusals } from './records/anonymous-refusals.ts';
import { RecordsCa } from './records/records-ca.ts';
import { oddRequest } from './records/sign-in-records.ts';
import { refuse } from './refusals/refuse.ts';
import { type RouteDeps, serve } from './routes.ts';
import type { GatewayKeys } from './sessions/keys.ts';
import { loadKeys } from './sessions/keys.ts';
import type { SessionStore } from './sessions/session-store.ts';
import { createSessionStore } from './sessions/session-store.ts';
import { readServiceProviderConfig, readServiceProviderKeys } from './sign-in/service-provider-config.ts';
import { createSignIn } from './sign-in/sign-in.ts';
import { createSingleUse, type SingleUse } from './single-use/single-use.ts';

export interface RunningGateway {
  readonly port: number;
  readonly isReady: () => boolean;
  readonly metrics: () => readonly Metric[];
  stop(): Promise<void>;
}

export interface GatewaySettings {
  readonly client: KubeClient;
  readonly config: GatewayConfig;
  readonly log: Log;
}

/** Everything that lives as long as the process. */
interface Parts extends GatewaySettings {
  readonly keys: GatewayKeys;
  readonly now: LatestClock;
  readonly trail: Trail;
  readonly recordsCa: RecordsCa;
  readonly openResponses: OpenResponses;
  readonly sessions: SessionStore;
  readonly singleUse: SingleUse;
  readonly decider: GatewayDecider;
  readonly triggers: Triggers;
  readonly certificates: Certificates;
  readonly decisionMetrics: DecisionMetrics;
}

/** How often an open answer is asked about when no watch says anything; with the reading it stays under a second. */
const askEveryMs = 800;
const drainMs = 10_000;
/** What one address may ask for before anybody has signed in: 600 at once, then 20 a second; an office shares one. */
const strangersRate = { size: 600, everyMs: 50 };
const monotonic = (): number => performance.now();

/** Resolves when the door is open. Rejects when keys or the port cannot be had: the process then ends. */
export async function startGateway(surroundings: GatewaySettings): Promise<RunningGateway> {
  const parts = await assemble(surroundings);
  const { config, log, certificates, triggers, recordsCa, decisionMetrics, openResponses } = parts;
  const deps = serverHands(parts);
  const door = createListener({
    contextFor: (host) => certificates.contextFor(host),
    serve: (exchange) => serve(deps, exchange),
    isShared: (peer) => isTrustedHop(triggers.policy()?.spec.network, peer),
    onRefused: (request, verdict) => deps.gateway.recordOddRequest(request, verdict),
    onFailure: (error) => log.error({ error }, 'a request failed'),
  });
  const stopTasks = startTasks(parts);
  const port = await listen(door, { bind: config.bind, port: config.supportPort });
  return {
    port,
    isReady: () => triggers.isSynced() && recordsCa.isKnown,
    metrics: () => [...decisionMetrics(), ...metricsOf(parts)],
    stop: async () => {
      stopTasks();
      // No new connections, a while for what is under way, then the rest is cut.
      await closeServer(door, { graceMs: drainMs, onLate: () => openResponses.cutAll('GatewayStopped') });
      await triggers.stop();
      await parts.trail.close();
    },
  };
}

async function assemble(surroundings: GatewaySettings): Promise<Parts> {
  const { client, config, log } = surroundings;
  const namespace = config.releaseNamespace;
  const onFailure = (what: string, error: unknown): void => log.warn({ error }, what);
  const keys = await loadKeys(client, namespace);
  const recordsCa = new RecordsCa(client, namespace);
  const trail = limitAnonymousRefusals(
    createTrail({
      url: config.recordsUrl,
      ca: () => recordsCa.bundle,
      token: tokenFromFile(config.recordsTokenFile),
      writer: 'gateway',
    }),
  );
  const now = createLatestClock({
    wall: () => Date.now(),
    monotonic: () => performance.now(),
    serverOffset: () => client.clockOffsetMs(),
  });
  const openResponses = new OpenResponses({ clock: systemClock, now, everyMs: askEveryMs });
  const sessions = createSessionStore({ client, keys, trail, now, onFailure });
  const { decider, decisionMetrics } = createGatewayDecider({ client, keys, now, log });
  const certificates: Certificates = new Certificates({
    client,
    namespace,
    names: () => (triggers.policy()?.spec.gateway.tlsSecretRefs ?? []).map(({ name }) => name),
    onFailure: (name, error) => log.warn({ secretName: name, error }, 'a certificate was not loaded'),
  });
  const triggers = startTriggers({
    client,
    onChange: () => openResponses.poke(),
    onPolicyChange: () => void certificates.refresh(),
    onSessionDeleted: (session) => sessions.noteDeleted(session),
    onProblem: (error) => log.warn({ error }, 'a watch had a problem'),
  });
  const singleUse = createSingleUse(client, namespace);
  const made = {
    keys,
    now,
    trail,
    recordsCa,
    openResponses,
    sessions,
    singleUse,
    decider,
    triggers,
    certificates,
    decisionMetrics,
  };
  return { ...surroundings, ...made };
}

function serverHands(parts: Parts): RouteDeps {
  const gateway = gatewayHands(parts);
  return {
    gateway,
    application: applicationHands({ ...parts, gateway, resolve: resolver(parts) }),
    servedAt: gateway.servedAt,
  };
}

function gatewayHands(parts: Parts): GatewayDeps {
  const { client, config, keys, now, triggers, trail, log, singleUse } = parts;
  const namespace = config.releaseNamespace;
  const { policy } = triggers;
  const spConfig = createTtlCache<Awaited<ReturnType<typeof readServiceProviderConfig>>>({
    keepForMs: 5000,
    clock: monotonic,
  });
  const strangers = createBuckets({ ...strangersRate, clock: monotonic });
  const origin = (from: Origin): Source => sourceOf(policy()?.spec.network, from);
  return {
    ...parts,
    policy,
    signIn: createSignIn({
      sealingKeys: () => [keys.keyFor('sign-in-cookie')],
      readKeys: () => readServiceProviderKeys(client, namespace),
      readWorld: (grant) => parts.decider.readSignInWorld(grant),
      consume: singleUse.consume,
      now,
    }),
    servedAt: (host) => servedAt({ policy: policy(), applications: triggers.applications() }, host),
    consume: singleUse.consume,
    refuse,
    readServiceProvider: () => spConfig.get('', () => readServiceProviderConfig(client, namespace)),
    mayAsk: ({ address }) => strangers.take(bucketKey(address)),
    sourceOf: origin,
    recordOddRequest: ({ socket, method }, { rule, status }) => {
      const source = origin({ peer: socket.remoteAddress ?? '', forwardedFor: [] });
      trail.appendInBackground([oddRequest({ source, now: now(), rule, status, method: method ?? '' })]);
    },
    onFailure: (what, error) => log.warn({ error }, what),
  };
}

function resolver({ client, config }: Parts): ResolveService {
  return createResolveService({
    map: config.resolveMap === undefined ? undefined : readResolveMap(config.resolveMap),
    lookup: (name) => lookup(name, { all: true }),
    read: async (ref) => {
      try {
        return await client.get<ServiceObject>(Services, ref, { deadlineMs: 1000 });
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    own: () => Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map((one) => one.address)),
  });
}

/** Starts what has to be done again and again; the returned function stops it. */
function startTasks({ certificates, recordsCa, singleUse, now, log }: Parts): () => void {
  const tasks = [
    { name: 'certificates', everyMs: 10_000, run: () => certificates.refresh() },
    { name: 'records CA', everyMs: 5000, run: () => recordsCa.refresh() },
    { name: 'single use', everyMs: 300_000, run: () => singleUse.sweep(now()) },
  ];
  return startPeriodic(tasks, (task, error) => log.warn({ task, error }, 'a periodic task failed'));
}

function metricsOf({ trail, openResponses, certificates }: Parts): Metric[] {
  return [
    {
      name: 'open_responses',
      help: 'Responses of applications that are not finished yet.',
      type: 'gauge',
      value: openResponses.size,
    },
    {
      name: 'certificates',
      help: 'Certificates that the support listener can serve with.',
      type: 'gauge',
      value: certificates.size,
    },
    ...trailMetrics(trail.health()),
  ];
}
