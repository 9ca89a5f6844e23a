/** Starts the role `gateway`: puts the parts together, opens both listeners, and stops in the reverse order. */
import type { Server } from 'node:https';
import { kinds } from '../../crds/kinds.ts';
import { installed, policyName } from '../../crds/names.ts';
import { type DrainOptions, drainable } from '../../process/drain.ts';
import { startPeriodic } from '../../process/periodic.ts';
import { listen } from '../../process/server.ts';
import { measureTrail } from '../../trail/metrics.ts';
import { assemble } from './assemble.ts';
import { applicationPolicy } from './handlers/application/policy.ts';
import { innerDepsOf } from './inner-deps.ts';
import { serveInner } from './inner-routes.ts';
import { innerConnections, innerListener, supportConnections, supportListener } from './listeners.ts';
import type { GatewayParts, GatewaySettings } from './parts.ts';
import { createReadCa } from './proxy/application-ca.ts';
import { type ResolveService, resolveInCluster } from './proxy/resolve-service.ts';
import { noteJudgedIn } from './refusals/current-session.ts';
import { routeDepsOf } from './route-deps.ts';
import { serve } from './routes.ts';
import { lookForKeysEveryMs } from './sessions/followed-keys.ts';

export interface RunningGateway {
  readonly port: number;
  /** Of the inner listener. */
  readonly innerPort: number;
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

/** Resolves when both ports are open; rejects when the process is told to stop before. */
export async function startGateway(settings: GatewaySettings): Promise<RunningGateway> {
  const { config, waiting } = settings;
  // First, since it needs no API server: who develops corrects the file while the rest comes up.
  const resolve = await waiting.until(mapStep(config), async () =>
    resolveInCluster(config.resolveMap, createReadCa(settings.client)),
  );
  return openListeners(await assemble(settings), resolve);
}

const mapStep = ({ resolveMap }: GatewaySettings['config']): string =>
  resolveMap === undefined ? 'where Services are' : `--resolve-map=${resolveMap}`;

async function openListeners(parts: GatewayParts, resolve: ResolveService): Promise<RunningGateway> {
  const { config, waiting } = parts;
  const reach = { isThere: true };
  measure(parts, reach);
  const connections = supportConnections(parts);
  const noteJudged = noteJudgedIn(connections);
  const leaving = new AbortController();
  const made = { proxyPolicy: applicationPolicy, noteJudged, leaving: leaving.signal, resolve };
  const deps = { ...routeDepsOf(parts), ...made };
  const support = supportListener(parts, { connections, serve: (exchange) => serve(deps, exchange) });
  const ofInner = innerConnections(parts);
  const innerDeps = { ...deps, ...innerDepsOf(parts), noteJudged: noteJudgedIn(ofInner) };
  const inner = innerListener(parts, {
    connections: ofInner,
    serve: (exchange) => serveInner(innerDeps, exchange),
  });
  const draining = [support, inner].map(drainable);
  const stopTasks = startTasks(parts, reach);
  const warm = warmUp(parts);
  const open = (server: Server, flag: string, port: number): Promise<number> =>
    waiting.until(`--${flag}=${port} on --bind=${config.bind}`, () =>
      listen(server, { bind: config.bind, port }),
    );
  return {
    port: await open(support, 'support-port', config.supportPort),
    innerPort: await open(inner, 'inner-port', config.innerPort),
    isReady: () => missingOf(parts, warm).length === 0,
    missing: () => missingOf(parts, warm),
    stop: async () => {
      // Sessions end, certificates change and leases run on while requests still come.
      await Promise.all(draining.map((one) => one.drain(drainOf(parts, leaving))));
      stopTasks();
      await parts.triggers.stop();
      parts.sessions.close();
      await parts.trail.close();
      await parts.instanceLease.close();
    },
  };
}

function drainOf({ config, openResponses }: GatewayParts, leaving: AbortController): DrainOptions {
  return {
    acceptMs: config.drainSeconds * 1000,
    graceMs,
    onClosed: () => leaving.abort(stopped),
    onLate: () => openResponses.cutAll(stopped),
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

/** Starts what has to be done again and again; the returned function stops it. */
function startTasks(parts: GatewayParts, reach: Reach): () => void {
  const { keys, certificateLoader, recordsCa, singleUse, triggers, sessionEnds, hopPods, now, log } = parts;
  const tasks = [
    { name: 'keys', everyMs: lookForKeysEveryMs, firstAfterMs: lookForKeysEveryMs, run: () => keys.look() },
    { name: 'certificates', everyMs: 10_000, run: certificateLoader.load },
    // Three times within the lease, so that one lost renewal does not make us look dead.
    {
      name: 'lease at the records',
      everyMs: 10_000,
      firstAfterMs: 5000,
      run: renewing(parts.instanceLease, reach),
    },
    { name: 'pods of trusted hops', everyMs: 5000, run: () => hopPods.refresh() },
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
