/** Starts the role `gateway`: puts the parts together, opens the support listener, and stops in the reverse order. */
import type { IncomingMessage } from 'node:http';
import { kinds } from '../../crds/kinds.ts';
import { installed, policyName } from '../../crds/names.ts';
import { systemClock } from '../../kube/clock.ts';
import { drainable } from '../../process/drain.ts';
import { startPeriodic } from '../../process/periodic.ts';
import { listen } from '../../process/server.ts';
import { measureTrail } from '../../trail/metrics.ts';
import { assemble, type GatewayParts, type GatewaySettings } from './assemble.ts';
import { applicationPolicy } from './handlers/application/policy.ts';
import { createConnections } from './listener/client-limits.ts';
import { createHandshakes, type MayConnect } from './listener/handshakes.ts';
import { createHopFaults } from './listener/hop-faults.ts';
import { createListener, type ListenerOptions } from './listener/listener.ts';
import { neighbourAt } from './listener/neighbour.ts';
import type { GateRefusal } from './listener/request-gate.ts';
import {
  isTrustedHop,
  type Network,
  sourceOf,
  unknownSources,
  whyUnknown,
} from './listener/source-address.ts';
import { createReadCa } from './proxy/application-ca.ts';
import { type ResolveService, resolveInCluster } from './proxy/resolve-service.ts';
import { oddRequest } from './records/sign-in-records.ts';
import { noteJudgedIn } from './refusals/current-session.ts';
import { routeDepsOf } from './route-deps.ts';
import { serve } from './routes.ts';

export interface RunningGateway {
  readonly port: number;
  readonly isReady: () => boolean;
  readonly missing: () => readonly string[];
  stop(): Promise<void>;
}

/** What was begun may take this long after the last new connection; with the drain, it stays within the chart's 30 s. */
const graceMs = 12_000;
/** What the records say of a response that ends with the gateway. */
const stopped = 'GatewayStopped';
/** As many as the pool of requests holds. */
const warmConnections = 32;

/** Resolves when the port is open; rejects when the process is told to stop before. */
export async function startGateway(settings: GatewaySettings): Promise<RunningGateway> {
  const { config, waiting } = settings;
  // First, since it needs no API server: who develops corrects the file while the rest comes up.
  const resolve = await waiting.until(mapStep(config), async () =>
    resolveInCluster(config.resolveMap, createReadCa(settings.client)),
  );
  return openListener(await assemble(settings), resolve);
}

const mapStep = ({ resolveMap }: GatewaySettings['config']): string =>
  resolveMap === undefined ? 'where Services are' : `--resolve-map=${resolveMap}`;

async function openListener(parts: GatewayParts, resolve: ResolveService): Promise<RunningGateway> {
  const { config, waiting, triggers, openResponses, metrics } = parts;
  const reach = { isThere: true };
  measure(parts, reach);
  const network = () => triggers.policy()?.spec.network;
  const connections = createConnections({
    isShared: (peer) => isTrustedHop(network(), peer),
    neighbourAt: (origin) => neighbourAt(sourceOf(network(), origin)),
    mayConnect: countingRefused(
      createHandshakes({
        addressesOfSessions: () => triggers.sessions().map(({ spec }) => spec.boundAddress),
        clock: () => performance.now(),
      }),
      () => metrics.refusedConnections.add({}),
    ),
  });
  const noteJudged = noteJudgedIn(connections);
  const leaving = new AbortController();
  const made = { proxyPolicy: applicationPolicy, noteJudged, leaving: leaving.signal, resolve };
  const deps = { ...routeDepsOf(parts), ...made };
  const listener = createListener({
    ...listenerOptionsOf(parts, network),
    connections,
    serve: (exchange) => serve(deps, exchange),
  });
  const connectionsOf = drainable(listener);
  const stopTasks = startTasks(parts, reach);
  const warm = warmUp(parts);
  const port = await waiting.until(`--support-port=${config.supportPort} on --bind=${config.bind}`, () =>
    listen(listener, { bind: config.bind, port: config.supportPort }),
  );
  return {
    port,
    isReady: () => missingOf(parts, warm).length === 0,
    missing: () => missingOf(parts, warm),
    stop: async () => {
      // Sessions end, certificates change and leases run on while requests still come.
      await connectionsOf.drain({
        acceptMs: config.drainSeconds * 1000,
        graceMs,
        onClosed: () => leaving.abort(stopped),
        onLate: () => openResponses.cutAll(stopped),
      });
      stopTasks();
      await triggers.stop();
      parts.sessions.close();
      await parts.trail.close();
      await parts.instanceLease.close();
    },
  };
}

/** What the listener is told by, and whom it tells. */
function listenerOptionsOf(
  parts: GatewayParts,
  network: () => Network | undefined,
): Omit<ListenerOptions, 'serve' | 'connections'> {
  const { config, log, certificates, triggers, metrics } = parts;
  const faulty = createHopFaults({ log, clock: systemClock });
  const supportHost = () => triggers.policy()?.spec.gateway.host;
  return {
    contextFor: (host) => certificates.contextFor(host),
    defaultPair: () => certificates.defaultFor(supportHost()),
    idleMs: config.idleSeconds * 1000,
    peerAt: (address) => ({ isTrusted: isTrustedHop(network(), address), supportHost: supportHost() }),
    onLineEnded: (why) => metrics.endedLines.add({ why }),
    onArrived: (origin) => {
      const rule = whyUnknown(network(), origin);
      if (rule !== undefined) faulty({ peer: origin.peer, rule, message: unknownSources[rule] });
    },
    onRefused: (request, broken) => {
      metrics.gateRefusals.add({ rule: broken.name });
      const { name, message, origin } = broken;
      if (isTrustedHop(network(), origin.peer)) faulty({ peer: origin.peer, rule: name, message });
      recordOddRequest(parts, request, broken);
    },
    onUnparsed: (rule) => metrics.gateRefusals.add({ rule }),
    onFailedHandshake: (cause) => metrics.failedHandshakes.add({ cause }),
    onFailure: (error) => log.error({ error }, 'a request failed'),
  };
}

function countingRefused(mayConnect: MayConnect, onRefused: () => void): MayConnect {
  return (neighbour) => {
    const may = mayConnect(neighbour);
    if (!may) onRefused();
    return may;
  };
}

interface Warm {
  isWarm: boolean;
}

/**
 * The first requests come in the moment in which a balancer learns of this gateway, and each needs a dozen reads within a
 * second: they must not wait for connections to the API server that are only being made.
 */
function warmUp({ client, triggers }: GatewayParts): Warm {
  const warm = { isWarm: false };
  const read = () => client.get(kinds.SupportAccessPolicy, { name: policyName }, { metadataOnly: true });
  const readAll = async (): Promise<void> => {
    await triggers.synced;
    await Promise.allSettled(Array.from({ length: warmConnections }, read));
    warm.isWarm = true;
  };
  // It ends without having been warm only if the gateway stops before.
  readAll().catch(() => undefined);
  return warm;
}

function missingOf({ triggers, recordsCa, certificateLoader }: GatewayParts, { isWarm }: Warm): string[] {
  const all: readonly [boolean, string][] = [
    [isWarm, 'connections to the API server'],
    [triggers.isSynced(), 'copies of policy, grants and the other kinds from the API server'],
    [
      recordsCa.isKnown,
      `the CA of the records, which the webhook writes to ConfigMap ${installed.authority}`,
    ],
    [certificateLoader.isLoaded(), 'a first look at the TLS Secrets of the policy'],
  ];
  return all.filter(([isThere]) => !isThere).map(([, what]) => what);
}

/** Records what the request gate refused, before it was known whose request it was. */
function recordOddRequest(
  { triggers, trail, now }: GatewayParts,
  { method }: IncomingMessage,
  { rule, status, origin }: GateRefusal,
): void {
  const source = sourceOf(triggers.policy()?.spec.network, origin);
  trail.appendInBackground([oddRequest({ source, now: now(), rule, status, method: method ?? '' })]);
}

/** Starts what has to be done again and again; the returned function stops it. */
function startTasks(parts: GatewayParts, reach: Reach): () => void {
  const { certificateLoader, recordsCa, singleUse, triggers, sessionEnds, instanceLease, now, log } = parts;
  const tasks = [
    { name: 'certificates', everyMs: 10_000, run: certificateLoader.load },
    // Three times within the lease, so that one lost renewal does not make us look dead.
    {
      name: 'lease at the records',
      everyMs: 10_000,
      firstAfterMs: 5000,
      run: renewing(instanceLease, reach),
    },
    { name: 'records CA', everyMs: 5000, run: () => recordsCa.refresh() },
    {
      name: 'ends of sessions',
      everyMs: 60_000,
      run: () => triggers.synced.then(() => sessionEnds.judgeAll()),
    },
    { name: 'single use', everyMs: 300_000, run: () => singleUse.deleteExpired(now()) },
  ];
  return startPeriodic(tasks, (task, error) => log.warn({ task, error }, 'a periodic task failed'));
}

/** Whether the last renewal of our lease found the records: their loss is seen although nothing has to be recorded. */
interface Reach {
  isThere: boolean;
}

function renewing(lease: GatewayParts['instanceLease'], reach: Reach): () => Promise<void> {
  return async () => {
    try {
      await lease.renew();
      reach.isThere = true;
    } catch (error) {
      reach.isThere = false;
      throw error;
    }
  };
}

function measure({ metrics, openResponses, certificates, trail }: GatewayParts, reach: Reach): void {
  metrics.openResponses.read(() => openResponses.size);
  metrics.certificates.read(() => certificates.size);
  metrics.missingCertificates.read(() => certificates.missing);
  metrics.certificateEnd.read(() => certificates.firstEnd && Math.floor(certificates.firstEnd / 1000));
  measureTrail(metrics, () => {
    const health = trail.health();
    return { ...health, reachable: health.reachable && reach.isThere };
  });
}
