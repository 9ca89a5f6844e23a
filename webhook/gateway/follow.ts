/** The parts of the gateway that its watches tell of changes, and how they are told. */
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import { systemClock } from '../../kube/clock.ts';
import type { NamespacedName } from '../../kube/objects.ts';
import { startTriggers, type Triggers } from './decisions/change-triggers.ts';
import { createHopPods, type HopPods } from './decisions/hop-pods.ts';
import type { KeptWorlds } from './decisions/kept-worlds.ts';
import { NodeBackends } from './decisions/node-backends.ts';
import { createSeenWorlds } from './decisions/seen-worlds.ts';
import { SessionEnds } from './decisions/session-ends.ts';
import type { ToldChanges } from './decisions/told-changes.ts';
import type { WatchedParts } from './decisions/world-reader.ts';
import { Certificates } from './listener/certificates.ts';
import { createCertificateLoader } from './listener/told-certificates.ts';
import type { GatewayParts, GatewaySettings } from './parts.ts';

const ignored = (): void => undefined;

/** What the watches tell, and whom. */
interface ToldByWatches extends Pick<GatewayParts, 'openResponses' | 'hopPods'> {
  readonly kept: KeptWorlds;
  readonly told: ToldChanges;
  readonly loadSoon: () => void;
  readonly sessionEnds: () => SessionEnds;
}

export function followAll(
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
export function hopPodsOf({ client, log }: GatewaySettings, triggers: () => Triggers): HopPods {
  return createHopPods({
    client,
    network: () => triggers().policy()?.spec.network,
    slicesIn: (namespace) => triggers().slicesIn(namespace),
    clock: () => systemClock.monotonic(),
    onFailure: (error) => log.warn({ error }, 'pods of trusted hops were not read'),
  });
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
export function watchedBy(triggers: () => Triggers): WatchedParts {
  return {
    handMadeSlices: (service) => triggers().handMadeSlices(service),
    claimedSlices: (service) => triggers().claimedSlices(service),
    installation: () => triggers().installation(),
  };
}

/** The watches are begun after it, as they tell it of the policy. */
export function certificatesOf(
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
export function sessionEndsOf(
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
