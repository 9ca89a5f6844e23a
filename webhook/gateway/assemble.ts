/** Everything that lives as long as the gateway's process: keys, clock, records, sessions, decisions, watches. */
import { randomUUID } from 'node:crypto';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import { installed } from '../../crds/names.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import { systemClock } from '../../kube/clock.ts';
import { type LatestClock, latestClockOf } from '../../kube/latest-clock.ts';
import { ownAccount } from '../../kube/lease/own-account.ts';
import type { NamespacedName } from '../../kube/objects.ts';
import type { Log } from '../../process/logging.ts';
import type { Waiting } from '../../process/waiting.ts';
import { createTrail } from '../../trail/client.ts';
import { tokenFromFile } from '../../trail/connection.ts';
import { createInstanceLease, type InstanceLease } from '../../trail/instance-lease.ts';
import type { Trail } from '../../trail/trail.ts';
import type { GatewayConfig } from '../config.ts';
import { startTriggers, type Triggers } from './decisions/change-triggers.ts';
import type { GatewayDecider } from './decisions/decision.ts';
import { createGatewayDecider, type DecisionObserver, readWithinMs } from './decisions/gateway-decider.ts';
import { createHopPods, type HopPods } from './decisions/hop-pods.ts';
import { withKeptReadings } from './decisions/kept-decider.ts';
import { KeptWorlds } from './decisions/kept-worlds.ts';
import { NodeBackends } from './decisions/node-backends.ts';
import { createSeenWorlds } from './decisions/seen-worlds.ts';
import { SessionEnds } from './decisions/session-ends.ts';
import { ToldChanges } from './decisions/told-changes.ts';
import type { SeenChange } from './decisions/world-after.ts';
import type { WatchedParts } from './decisions/world-reader.ts';
import { Certificates } from './listener/certificates.ts';
import { type CertificateLoader, createCertificateLoader } from './listener/told-certificates.ts';
import type { GatewayMetrics } from './metrics.ts';
import { OpenResponses } from './proxy/cut.ts';
import { TlsFaults } from './proxy/upstream-tls.ts';
import { limitAnonymousRefusals } from './records/anonymous-refusals.ts';
import { RecordsCa } from './records/records-ca.ts';
import { type FollowedKeys, followKeys } from './sessions/followed-keys.ts';
import { createSessionStore, type SessionStore } from './sessions/session-store.ts';
import { createNearMisses, type NearMisses } from './sign-in/near-misses.ts';
import { createSingleUse, type SingleUse } from './single-use/single-use.ts';

export interface GatewaySettings {
  readonly client: KubeClient;
  readonly config: GatewayConfig;
  readonly log: Log;
  readonly waiting: Pick<Waiting, 'until'>;
  readonly metrics: GatewayMetrics;
}

/** Everything that lives as long as the process. */
export interface GatewayParts extends GatewaySettings {
  readonly keys: FollowedKeys;
  readonly now: LatestClock;
  readonly trail: Trail;
  readonly nearMisses: NearMisses;
  readonly instanceLease: InstanceLease;
  readonly recordsCa: RecordsCa;
  readonly openResponses: OpenResponses;
  readonly sessions: SessionStore;
  readonly singleUse: SingleUse;
  readonly sessionEnds: SessionEnds;
  readonly decider: GatewayDecider;
  readonly triggers: Triggers;
  readonly certificates: Certificates;
  /** Reads the certificates anew, and tells the operator of them. */
  readonly certificateLoader: CertificateLoader;
  readonly hopPods: HopPods;
  /** How TLS with applications goes. */
  readonly tlsFaults: TlsFaults;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** How often an open response is decided again when no watch says anything; with its turn and the reading under a second. */
const decideEveryMs = 700;

const ignored = (): void => undefined;

/** Waits for the keys: without them nothing that a client brings can be told from a forgery. */
export async function assemble(settings: GatewaySettings): Promise<GatewayParts> {
  const { client, config, log, waiting } = settings;
  const namespace = config.releaseNamespace;
  const onFailure = (what: string, error: unknown): void => log.warn({ error }, what);
  const keys = await waiting.until(`Secret ${installed.gatewayKeys} from the API server`, () =>
    followKeys(client, namespace, () => systemClock.monotonic()),
  );
  const recordsCa = new RecordsCa(client, namespace);
  const connection = {
    url: config.recordsUrl,
    ca: () => recordsCa.bundle,
    token: tokenFromFile(config.recordsTokenFile),
  };
  // Of this process, also after a restart in the same pod.
  const instance = randomUUID();
  const trail = limitAnonymousRefusals(createTrail({ ...connection, writer: 'gateway', instance }));
  const now = measuredClock(settings);
  const clockOffsetMs = () => client.clockOffsetMs();
  const nearMisses = createNearMisses();
  const openResponses = new OpenResponses({ clock: systemClock, now, everyMs: decideEveryMs });
  const sessions = createSessionStore({ client, keys, trail, now, clock: systemClock, onFailure });
  const watched = watchedBy(() => triggers);
  const hopPods = hopPodsOf(settings, () => triggers);
  const { told, kept, decider } = decisionsOf(settings, { keys, now, watched, hopPods });
  const tlsFaults = new TlsFaults(now);
  const { certificates, certificateLoader } = certificatesOf(settings, { now, tlsFaults }, () => triggers);
  const loadSoon = (): void => {
    certificateLoader.load().catch((error: unknown) => onFailure('certificates', error));
    hopPods.readSoon();
  };
  const triggers: Triggers = followAll(settings, {
    told,
    kept,
    openResponses,
    hopPods,
    loadSoon,
    sessionEnds: () => sessionEnds,
  });
  triggers.synced.then(loadSoon, ignored);
  const sessionEnds: SessionEnds = sessionEndsOf({ decider, sessions, log }, () => triggers);
  return {
    ...settings,
    keys,
    now,
    trail,
    nearMisses,
    instanceLease: createInstanceLease({
      ...connection,
      instance,
      clockOffsetMs,
      nearMisses: nearMisses.all,
    }),
    recordsCa,
    openResponses,
    sessions,
    singleUse: createSingleUse(client, namespace, ownAccount(client, namespace)),
    sessionEnds,
    decider,
    hopPods,
    triggers,
    certificates,
    certificateLoader,
    tlsFaults,
    onFailure,
  };
}

/** What decides, with what it keeps of the last seconds. */
function decisionsOf(
  { client, log, metrics }: GatewaySettings,
  {
    keys,
    now,
    watched,
    hopPods,
  }: Pick<GatewayParts, 'keys' | 'now' | 'hopPods'> & { readonly watched: WatchedParts },
): { readonly told: ToldChanges; readonly kept: KeptWorlds; readonly decider: GatewayDecider } {
  const monotonic = (): number => systemClock.monotonic();
  const told = new ToldChanges({ monotonic, keepMs: 2 * readWithinMs });
  const kept = new KeptWorlds(monotonic);
  const observer = decisionObserver(metrics);
  const decider = withKeptReadings({
    decider: createGatewayDecider({ client, keys, now, log, watched, told, observer, hopPods }),
    kept,
    told: () => told.fromNow(),
    onDecided: (ms) => observer.decided(undefined, ms),
  });
  return { told, kept, decider };
}

/** What the watches tell, and whom. */
interface ToldByWatches extends Pick<GatewayParts, 'openResponses' | 'hopPods'> {
  readonly kept: KeptWorlds;
  readonly told: ToldChanges;
  readonly loadSoon: () => void;
  readonly sessionEnds: () => SessionEnds;
}

function followAll(
  { client, config, log }: GatewaySettings,
  { told, kept, openResponses, hopPods, loadSoon, sessionEnds }: ToldByWatches,
): Triggers {
  const triggers: Triggers = startTriggers({
    client,
    identitiesNamespace: config.identitiesNamespace,
    onSeen: (change) => {
      told.add(change);
      kept.changed(change);
      openResponses.changed(change);
      sessionEnds().onSeen(change);
    },
    onSlices: (set) => {
      openResponses.changedIn(set);
      kept.changedIn(set);
    },
    onAnySlice: (namespace) => hopPods.changedIn(namespace),
    onChange: () => openResponses.poke(),
    onPolicyChange: loadSoon,
    onInstallationChange: () => {
      kept.changedEverywhere();
      judgeEverything({ openResponses, sessionEnds: sessionEnds(), triggers });
    },
    onProblem: (error) => log.warn({ error }, 'a watch had a problem'),
  });
  return triggers;
}

/** The watches are begun after it, as they tell it of slices. */
function hopPodsOf({ client, log }: GatewaySettings, triggers: () => Triggers): HopPods {
  return createHopPods({
    client,
    network: () => triggers().policy()?.spec.network,
    slicesIn: (namespace) => triggers().slicesIn(namespace),
    clock: () => systemClock.monotonic(),
    onFailure: (error) => log.warn({ error }, 'pods of trusted hops were not read'),
  });
}

/** Counts the decisions, and what they took. */
export function decisionObserver({
  decisions,
  decisionGets,
  decisionSeconds,
}: GatewayMetrics): DecisionObserver {
  return {
    decided(reason, ms) {
      decisions.add({ outcome: reason === undefined ? 'allowed' : 'denied', reason: reason ?? 'none' });
      decisionSeconds.observe({}, ms / 1000);
    },
    get: () => decisionGets.add({}),
  };
}

/** The next turn of the streams comes right after it. */
function judgeEverything({
  openResponses,
  sessionEnds,
  triggers,
}: Pick<GatewayParts, 'openResponses' | 'sessionEnds' | 'triggers'>): void {
  openResponses.changedEverywhere();
  void triggers.synced.then(() => sessionEnds.judgeAll(), ignored);
}

/** The watches are begun after the decider, as they tell of changes that are judged by it. */
function watchedBy(triggers: () => Triggers): WatchedParts {
  return {
    handMadeSlices: (service) => triggers().handMadeSlices(service),
    claimedSlices: (service) => triggers().claimedSlices(service),
    installation: () => triggers().installation(),
  };
}

/** The watches are begun after it, as they tell it of the policy. */
function certificatesOf(
  { client, config: { releaseNamespace: namespace }, log, metrics }: GatewaySettings,
  { now, tlsFaults }: Pick<GatewayParts, 'now' | 'tlsFaults'>,
  triggers: () => Triggers,
): Pick<GatewayParts, 'certificates' | 'certificateLoader'> {
  const certificates = new Certificates({
    client,
    namespace,
    names: () => (triggers().policy()?.spec.gateway.tlsSecretRefs ?? []).map(({ name }) => name),
    now,
    onFailure: (name, error) => log.warn({ secretName: name, error }, 'a certificate was not loaded'),
    onRead: (isUsable) => {
      metrics.certificateReads.add({});
      if (!isUsable) metrics.certificateReadErrors.add({});
    },
  });
  const isPolicyKnown = () => triggers().isSynced();
  const backends = new NodeBackends({
    client,
    services: () => servicesOf(triggers().applications()),
    slices: (service) => triggers().claimedSlices(service),
    onFailure: (error) => log.warn({ error }, 'a pod behind an application was not read'),
  });
  const beside = async (told: Readonly<Record<string, string>>) => ({
    ...(await backends.entries()),
    ...tlsFaults.entries(told),
  });
  const options = { client, namespace, certificates, beside, isPolicyKnown, now };
  return { certificates, certificateLoader: createCertificateLoader(options) };
}

function servicesOf(applications: readonly SupportApplication[]): NamespacedName[] {
  return applications.map(({ metadata: { namespace = '' }, spec }) => ({
    namespace,
    name: spec.serviceRef.name,
  }));
}

/** The watches are begun after it, as they tell it of changes. */
function sessionEndsOf(
  { decider, sessions, log }: Pick<GatewayParts, 'decider' | 'sessions' | 'log'>,
  triggers: () => Triggers,
): SessionEnds {
  return new SessionEnds({
    sessions: () => triggers().sessions(),
    worlds: createSeenWorlds(
      (kind, namespace, name) => triggers().find(kind, namespace, name),
      watchedBy(triggers),
    ),
    judge: decider,
    end: (session, reason) => sessions.end(session, { reason }),
    onGone: (session, reason) => sessions.noteDeleted(session, reason),
    clock: systemClock,
    onFailure: (session, error) => log.warn({ session, error }, 'a session was not ended; it is tried again'),
  });
}

/** The clock by which access ends, and how far it is ahead of both clocks. */
function measuredClock({ client, metrics }: GatewaySettings): LatestClock {
  const clock = latestClockOf(client);
  metrics.clockHeldAhead.read(() => clock.heldAheadMs() / 1000);
  return clock;
}
