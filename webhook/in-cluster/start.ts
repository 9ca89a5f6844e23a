/**
 * Starts the roles that face the cluster only, in one process: the records over HTTP, and admission, which records into
 * them without a connection. They share the certificates that admission keeps. Nothing here decides anything.
 */

import { statfsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { StoredRecord } from '../../crds/audit/record.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import { systemClock } from '../../kube/clock.ts';
import { Namespaces } from '../../kube/resources.ts';
import type { Log } from '../../process/logging.ts';
import { closeServer, keepIdleConnections, listen } from '../../process/server.ts';
import type { Waiting } from '../../process/waiting.ts';
import { measureTrail } from '../../trail/metrics.ts';
import { newRecordId, type Trail } from '../../trail/trail.ts';
import { createAccess } from '../callers/access.ts';
import type { InClusterConfig } from '../config.ts';
import { createAdvice } from './admission/advice.ts';
import type { ApiServerClient } from './admission/client-certificate.ts';
import type { AdmissionDeps } from './admission/handler.ts';
import { identityOf, judgeIdentity } from './admission/identities/judge.ts';
import { judgeWrite, readsAt, rightsAt } from './admission/judge.ts';
import type { AdmissionRequest } from './admission/review.ts';
import { type AdmissionConfig, type RunningAdmission, startAdmission } from './admission/start.ts';
import { createReviewRecords } from './admission/unproved-reviews.ts';
import { measuredStore, measureVolume, observeReviews } from './measure.ts';
import type { InClusterMetrics } from './metrics.ts';
import { createReadings } from './records/http/readings.ts';
import type { SettleRequester } from './records/http/requesters.ts';
import { createRecordsHttp } from './records/http/routes.ts';
import { createRecordsServer, type RecordsServer } from './records/http/server.ts';
import { inProcessTrail } from './records/in-process-trail.ts';
import { createInstanceLeases } from './records/instance-leases.ts';
import { createReaders } from './records/readers.ts';
import { createRestored } from './records/restored.ts';
import { openSearch } from './records/search/thread.ts';
import { openSqliteStore } from './records/sqlite/store.ts';
import type { RecordStore } from './records/store.ts';
import { createToldClocks } from './records/told-clocks.ts';
import { createVolumeWatch } from './records/volume.ts';
import { followStored } from './requesters/follow-stored.ts';
import { createRequesters, type Requesters } from './requesters/requesters.ts';
import { ToldWrites } from './requesters/told-writes.ts';

export interface InClusterSettings {
  readonly client: KubeClient;
  readonly config: InClusterConfig;
  readonly log: Log;
  readonly waiting: Pick<Waiting, 'until'>;
  readonly metrics: InClusterMetrics;
}

export interface RunningInCluster {
  /** False while the certificates are not published or the store takes nothing. */
  readonly isReady: () => boolean;
  readonly missing: () => readonly string[];
  stop(): Promise<void>;
}

/** Starts both roles, or none until both can: the process is never half a webhook. */
export async function startInCluster(settings: InClusterSettings): Promise<RunningInCluster> {
  const { client, config, log, waiting, metrics } = settings;
  const { releaseNamespace: namespace, bind } = config;
  const store = await openStore(settings);
  const trail = inProcessTrail(store, 'admission');
  const report = (error: unknown): void => log.error({ error }, 'a request failed');
  const access = createAccess({ client, clock: () => performance.now() });
  const leases = createInstanceLeases({
    clock: systemClock,
    closeIntentsOf: (instance) => store.closeIntentsOf(instance),
  });
  const requesters = requestersIn(store, trail);
  const settle: SettleRequester = (stored) => requesters.settle(stored);
  const readers = createReaders({ client, releaseNamespace: namespace });
  const { certificateCaller, personOf } = readers;
  const clocks = createToldClocks(() => performance.now());
  const clockOffsetMs = () => client.clockOffsetMs();
  const volume = createVolumeWatch(() => statfsSync(config.dataDir));
  measureVolume(metrics, volume);
  const about = { clocks, clockOffsetMs, volume, releaseNamespace: namespace, report };
  const readings = createReadings({ store, clock: systemClock });
  const readFresh = readsAt(client).read;
  const restored = createRestored({ store, readFresh, now: Date.now, report });
  const search = searchIn(settings);
  const served = { store, search, access, leases, readings, restored, settle, ...about };
  const records = createRecordsServer(createRecordsHttp({ ...served, certificateCaller, personOf }));
  const stopReaders = readers.follow({
    onAuthorities: (authorities) => records.askFor(authorities),
    onProblem: (error) => log.warn({ error }, 'the authorities of client certificates could not be read'),
  });
  const { identitiesNamespace } = config;
  const deps = admissionDeps({ client, trail, requesters, log, identitiesNamespace });
  const admission = await admissionOf(settings, deps, records);
  keepIdleConnections(records.server);
  await waiting.until(`--records-port=${config.recordsPort} on --bind=${bind}`, () =>
    listen(records.server, { bind, port: config.recordsPort }),
  );
  measureTrail(metrics, () => trail.health());
  metrics.certificateEnd.read(() => Math.floor(admission.certificateEnd() / 1000));
  const stopFollowing = followWrites({ client, requesters, log });
  const missing = (): string[] => missingOf(admission, store);
  return {
    isReady: () => missing().length === 0,
    missing,
    stop: async () => {
      await Promise.all([admission.stop(), closeServer(records.server)]);
      stopReaders();
      await stopFollowing();
      leases.stop();
      await readings.settle();
      await search.close();
      await closeRecords(trail, store);
    },
  };
}

function missingOf(admission: RunningAdmission, store: RecordStore): string[] {
  const { state, reason } = store.health();
  const taking = state === 'ready' ? [] : [`the records take nothing (${reason ?? state})`];
  return admission.isReady() ? taking : ['a serving certificate that is registered and valid', ...taking];
}

/** Searches the file that the store has opened, and keeps its index up from now on. */
function searchIn({ config, log }: Pick<InClusterSettings, 'config' | 'log'>): ReturnType<typeof openSearch> {
  const onMade = (why: string): void => log.warn({ problem: why }, 'the index of the records is built again');
  const search = openSearch({ path: recordsPath(config), onMade });
  search.begin();
  return search;
}

const recordsPath = ({ dataDir }: InClusterConfig): string => join(dataDir, 'records.db');

/** About three thousand records of what ends access: what all people and grants of a large installation need to end at once. */
const reserveBytes = 8 * 1024 * 1024;

/** The file is opened after the API server was heard of once: each start of the records leaves a record. */
async function openStore(settings: InClusterSettings): Promise<RecordStore> {
  const { client, config, log, waiting, metrics } = settings;
  const { dataDir } = config;
  const path = recordsPath(config);
  const origin = await waiting.until('namespace kube-system from the API server', () => originOf(client));
  const onHalt = (problem: string): void =>
    log.error({ problem }, 'the records take nothing; they are opened again every few seconds');
  const store = await waiting.until(`the records in --data-dir=${dataDir}`, () =>
    openSqliteStore({ path, origin, holder: hostname(), onHalt, reserveBytes, provesLock: true }),
  );
  return measuredStore(store, metrics, path);
}

async function admissionOf(
  { client, config, log, waiting, metrics }: InClusterSettings,
  deps: AdmissionDeps,
  records: Pick<RecordsServer, 'present'>,
): Promise<RunningAdmission> {
  const { apiServerClientCaFile: file, admissionUrl: url } = config;
  const apiServerClient = await waiting.until(`--api-server-client-ca-file=${file ?? ''}`, () =>
    apiServerClientOf(config),
  );
  const options: AdmissionConfig = {
    client,
    namespace: config.releaseNamespace,
    bind: config.bind,
    port: config.admissionPort,
    serviceName: config.serviceName,
    ...(url ? { url } : {}),
    deps,
    apiServerClient,
    now: Date.now,
    onCertificate: (own) => records.present(own),
    observer: observeReviews(metrics),
    onLook: (isGood) => {
      metrics.certificateReads.add({});
      if (!isGood) metrics.certificateReadErrors.add({});
    },
    onRestored: (kind) => {
      metrics.restored.add({ kind });
      log.warn({}, `what was published in a ${kind} had been wiped or replaced, and was put right`);
    },
    onProblem: (error) =>
      log.error({ error }, 'the certificates could not be renewed; the old ones go on serving'),
  };
  const what = `a serving certificate, its registration at the API server, and --admission-port=${config.admissionPort}`;
  return waiting.until(what, () => startAdmission(options));
}

/** Two installations never share a log's name: a cluster is told by the UID of its namespace kube-system. */
async function originOf(client: KubeClient): Promise<string> {
  const { metadata } = await client.get(Namespaces, { name: 'kube-system' }, { metadataOnly: true });
  return `support-access/${metadata.uid}`;
}

/** The file is read once: a new authority for the API server's client certificate takes a restart. */
async function apiServerClientOf({
  apiServerClientCaFile: file,
  apiServerClientNames: names,
}: InClusterConfig): Promise<ApiServerClient | undefined> {
  return file === undefined ? undefined : { ca: await readFile(file, 'utf8'), names };
}

function requestersIn(store: RecordStore, trail: Trail): Requesters {
  return createRequesters({
    told: new ToldWrites(),
    find: async (key) => {
      const line = await store.find('admission', key);
      return line === undefined ? undefined : (JSON.parse(line) as StoredRecord);
    },
    append: (record) => trail.append([record]),
    stamp: newStamp,
  });
}

/** So long may a lock be held up by what is told of it. */
const adviceMs = 250;

const newStamp = () => ({ id: newRecordId(Date.now()), time: new Date().toISOString() });

/** Has the requester of every write settled that is stored from now on. */
function followWrites({
  client,
  requesters,
  log,
}: Pick<AdmissionParts, 'client' | 'requesters' | 'log'>): () => Promise<void> {
  return followStored({
    client,
    onPresent: (kind, writes) => requesters.follow(kind, writes),
    onStored: (write) => {
      // The gateway ends sessions and records it; no review tells of that.
      if (write.kind === 'SupportSession' && !requesters.isTold(write)) return;
      requesters
        .settle(write)
        .catch((error: unknown) => log.error({ error }, 'who asked for a write was not recorded'));
    },
    onProblem: (error) => log.warn({ error }, 'a watch had a problem'),
  });
}

interface AdmissionParts {
  readonly client: KubeClient;
  readonly trail: Trail;
  readonly requesters: Requesters;
  readonly log: Log;
  readonly identitiesNamespace: string;
}

function admissionDeps({
  client,
  trail,
  requesters,
  log,
  identitiesNamespace,
}: AdmissionParts): AdmissionDeps {
  const reads = readsAt(client);
  const ofIdentities = { client, read: reads.read, identitiesNamespace, now: Date.now };
  const judge = async (request: AdmissionRequest) =>
    judgeWrite(request, { ...reads, ...rightsAt(client), now: Date.now() });
  return {
    judge,
    judgeIdentity: (request) => judgeIdentity(request, ofIdentities),
    identityOf: (request) => identityOf(request, ofIdentities),
    advise: createAdvice({ client, now: Date.now, withinMs: adviceMs }),
    ...createReviewRecords({
      trail,
      clock: systemClock,
      onLost: (recordId) => log.error({ recordId }, 'a record of admission was lost'),
    }),
    tell: (told) => requesters.tell(told),
    stamp: newStamp,
  };
}

/** The last records of admission first, then the file. */
async function closeRecords(trail: Trail, store: RecordStore): Promise<void> {
  await trail.close();
  await store.close();
}
