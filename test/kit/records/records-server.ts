/** A store of records behind real TLS on loopback, in this process, as the webhook serves it. */

import type { AddressInfo } from 'node:net';
import type { Request, Response } from 'express';
import type { StoredRecord } from '../../../crds/audit/record.ts';
import { unknownRequester } from '../../../crds/audit/requester.ts';
import { defaultNamespaces } from '../../../crds/names.ts';
import { systemClock } from '../../../kube/clock.ts';
import type { Access } from '../../../webhook/callers/access.ts';
import { createReadings, type Readings } from '../../../webhook/in-cluster/records/http/readings.ts';
import { createRecordsHttp } from '../../../webhook/in-cluster/records/http/routes.ts';
import { createRecordsServer } from '../../../webhook/in-cluster/records/http/server.ts';
import { createInstanceLeases } from '../../../webhook/in-cluster/records/instance-leases.ts';
import type { Readers } from '../../../webhook/in-cluster/records/readers.ts';
import { createRestored, type ReadFresh } from '../../../webhook/in-cluster/records/restored.ts';
import { noSearch, type RecordSearch } from '../../../webhook/in-cluster/records/search.ts';
import type { RecordStore } from '../../../webhook/in-cluster/records/store.ts';
import { createToldClocks } from '../../../webhook/in-cluster/records/told-clocks.ts';
import type { VolumeWatch } from '../../../webhook/in-cluster/records/volume.ts';
import { createAuthority } from '../control-plane/pki.ts';

export interface RecordsServer {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly store: RecordStore;
  /** What the server reported as unexpected. */
  readonly faults: readonly unknown[];
  /** TLS connections accepted so far. */
  connections(): number;
  /** All records so far. */
  all(): Promise<StoredRecord[]>;
  /** Lets it answer 503 to everything, or serve again. */
  setAway(away: boolean): void;
  /** Closes the server and the store. */
  close(): Promise<void>;
}

/** Serves `store` to those whom `access` admits. */
export async function startRecordsServer({
  store,
  search = noSearch,
  access,
  readers = nobodyByCertificate,
  releaseNamespace = defaultNamespaces.release,
  names = [],
  clockOffsetMs = () => undefined,
  volume = { look: () => undefined },
  readings = createReadings({ store, clock: systemClock }),
  readFresh = () => Promise.reject(new Error('no API server stands behind these records')),
}: {
  readonly store: RecordStore;
  /** Closed with the store. */
  readonly search?: RecordSearch;
  readonly access: Access;
  readonly readers?: Readers;
  readonly releaseNamespace?: string;
  /** Of its certificate, besides those of loopback. */
  readonly names?: readonly string[];
  /** The API server's time minus that of the records. */
  readonly clockOffsetMs?: () => number | undefined;
  /** How full its volume is; without it, it does not say. */
  readonly volume?: VolumeWatch;
  readonly readings?: Readings;
  /** Reads one object at the API server of the test. */
  readonly readFresh?: ReadFresh;
}): Promise<RecordsServer> {
  const authority = await createAuthority('records of a test');
  const { certificate, key } = await authority.issueLoopbackServer(names);
  const faults: unknown[] = [];
  const report = (error: unknown): void => void faults.push(error);
  const state = { away: false, connections: 0 };
  const leases = createInstanceLeases({
    clock: systemClock,
    closeIntentsOf: (instance) => store.closeIntentsOf(instance),
  });
  const serve = createRecordsHttp({
    store,
    search,
    leases,
    clocks: createToldClocks(() => performance.now()),
    clockOffsetMs,
    volume,
    readings,
    restored: createRestored({ store, readFresh, now: Date.now, report }),
    access,
    releaseNamespace,
    // No review is ever told here, so every requester is unknown.
    settle: () => Promise.resolve(unknownRequester),
    report,
    ...readers,
  });
  const served = createRecordsServer((request, response) => {
    if (state.away) response.writeHead(503).end();
    else serve(request as Request, response as Response);
  });
  served.present({ certificate, key });
  const stopReaders = readers.follow({
    onAuthorities: (authorities) => served.askFor(authorities),
    onProblem: (error) => faults.push(error),
  });
  const { server } = served;
  server.on('secureConnection', () => {
    state.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    ca: authority.certificate,
    store,
    faults,
    connections: () => state.connections,
    all: () => allOf(store),
    setAway: (away) => {
      state.away = away;
    },
    close: async () => {
      leases.stop();
      stopReaders();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await readings.settle();
      await search.close();
      await store.close();
    },
  };
}

/** Everyone stands for themselves, and comes with a token. */
const nobodyByCertificate: Readers = {
  certificateCaller: () => undefined,
  personOf: (username) => Promise.resolve(username),
  follow: () => () => undefined,
};

async function allOf(store: RecordStore): Promise<StoredRecord[]> {
  const lines: string[] = [];
  for (;;) {
    const page = await store.read({ after: lines.length, limit: 500 });
    if (page.length === 0) return lines.map((line) => JSON.parse(line) as StoredRecord);
    lines.push(...page);
  }
}
