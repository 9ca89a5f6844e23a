/** Makes everything that lives as long as the gateway's process: keys, clock, records, sessions, decisions, watches. */
import { randomUUID } from 'node:crypto';
import { installed } from '../../crds/names.ts';
import { systemClock } from '../../kube/clock.ts';
import { type LatestClock, latestClockOf } from '../../kube/latest-clock.ts';
import { ownAccount } from '../../kube/lease/own-account.ts';
import { createTrail } from '../../trail/client.ts';
import { tokenFromFile } from '../../trail/connection.ts';
import { createInstanceLease } from '../../trail/instance-lease.ts';
import { type Triggers } from './decisions/change-triggers.ts';
import type { GatewayDecider } from './decisions/decision.ts';
import { createGatewayDecider, type DecisionObserver, readWithinMs } from './decisions/gateway-decider.ts';
import { withKeptReadings } from './decisions/kept-decider.ts';
import { KeptWorlds } from './decisions/kept-worlds.ts';
import type { SessionEnds } from './decisions/session-ends.ts';
import { ToldChanges } from './decisions/told-changes.ts';
import type { WatchedParts } from './decisions/world-reader.ts';
import { certificatesOf, followAll, hopPodsOf, sessionEndsOf, watchedBy } from './follow.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { GatewayParts, GatewaySettings } from './parts.ts';
import { OpenResponses } from './proxy/cut.ts';
import { TlsFaults } from './proxy/upstream-tls.ts';
import { limitAnonymousRefusals } from './records/anonymous-refusals.ts';
import { RecordsCa } from './records/records-ca.ts';
import { followKeys } from './sessions/followed-keys.ts';
import { createSessionStore } from './sessions/session-store.ts';
import { createNearMisses } from './sign-in/near-misses.ts';
import { createSingleUse } from './single-use/single-use.ts';

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
  const { recordsCa, trail, nearMisses, instanceLease } = recordsOf(settings);
  const now = measuredClock(settings);
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
    instanceLease,
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

/** What is written to the records, and what is told to them of this process. */
function recordsOf({
  client,
  config,
}: GatewaySettings): Pick<GatewayParts, 'recordsCa' | 'trail' | 'nearMisses' | 'instanceLease'> {
  const recordsCa = new RecordsCa(client, config.releaseNamespace);
  const connection = {
    url: config.recordsUrl,
    ca: () => recordsCa.bundle,
    token: tokenFromFile(config.recordsTokenFile),
  };
  // Of this process, also after a restart in the same pod.
  const instance = randomUUID();
  const trail = limitAnonymousRefusals(createTrail({ ...connection, writer: 'gateway', instance }));
  const nearMisses = createNearMisses();
  const clockOffsetMs = () => client.clockOffsetMs();
  const lease = { ...connection, instance, clockOffsetMs, nearMisses: () => nearMisses.all() };
  return { recordsCa, trail, nearMisses, instanceLease: createInstanceLease(lease) };
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

/** The clock by which access ends, and how far it is ahead of both clocks. */
function measuredClock({ client, metrics }: GatewaySettings): LatestClock {
  const clock = latestClockOf(client);
  metrics.clockHeldAhead.read(() => clock.heldAheadMs() / 1000);
  return clock;
}
