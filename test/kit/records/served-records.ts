/** Records that are served for one test, to callers that the test names: for tests of the records' routes and of their client. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { defaultNamespaces } from '../../../crds/names.ts';
import type { Access } from '../../../webhook/callers/access.ts';
import type { Caller } from '../../../webhook/callers/token-review.ts';
import type { Readings } from '../../../webhook/in-cluster/records/http/readings.ts';
import type { Readers } from '../../../webhook/in-cluster/records/readers.ts';
import type { ReadFresh } from '../../../webhook/in-cluster/records/restored.ts';
import { openSearch } from '../../../webhook/in-cluster/records/search/thread.ts';
import { openSqliteStore } from '../../../webhook/in-cluster/records/sqlite/store.ts';
import type { RecordStore } from '../../../webhook/in-cluster/records/store.ts';
import type { VolumeWatch } from '../../../webhook/in-cluster/records/volume.ts';
import { type RecordsServer, startRecordsServer } from './records-server.ts';
import { aFolder } from './store-file.ts';

/** A caller by its ServiceAccount in the release namespace. */
export function accountCaller(name: string): Caller {
  return {
    username: `system:serviceaccount:${defaultNamespaces.release}:support-access-${name}`,
    groups: [],
  };
}

const mayBy: Readonly<Record<string, RegExp>> = {
  get: /-auditor$/,
  export: /-(auditor|restorer)$/,
  create: /-(gateway|operator|webhook)$/,
  restore: /-restorer$/,
};

/** Tokens `gateway` and `operator` may append, `auditor` may read and export, `restorer` confirm, `powerless` may nothing, others are unknown. */
export const namedAccess: Access = {
  callerOf: (token) =>
    Promise.resolve(
      ['gateway', 'operator', 'auditor', 'restorer', 'powerless', 'webhook'].includes(token)
        ? accountCaller(token)
        : undefined,
    ),
  may: ({ username }, { verb }) => Promise.resolve(mayBy[verb]?.test(username) === true),
};

/** Serves a store, a new one by default, until the test ends. */
export async function serveRecords(
  given: {
    readonly access?: Access;
    readonly readers?: Readers;
    readonly store?: RecordStore;
    readonly clockOffsetMs?: () => number;
    readonly volume?: VolumeWatch;
    readonly readings?: Readings;
    readonly readFresh?: ReadFresh;
  } = {},
): Promise<RecordsServer> {
  const path = join(aFolder(), 'records.db');
  const store = given.store ?? (await openSqliteStore({ path, origin: 'test/served' }));
  const search = given.store === undefined ? { search: openSearch({ path }) } : {};
  const served = await startRecordsServer({ access: namedAccess, ...search, ...given, store });
  onTestFinished(() => served.close());
  return served;
}
