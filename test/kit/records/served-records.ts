/** The records door behind real TLS on loopback, for tests of the door and of its client. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Access, Caller } from '../../../webhook/callers/callers.ts';
import { createRecordsHttp } from '../../../webhook/in-cluster/records/http/routes.ts';
import { openSqliteStore } from '../../../webhook/in-cluster/records/sqlite/store.ts';
import type { RecordStore } from '../../../webhook/in-cluster/records/store.ts';
import { createAuthority } from '../control-plane/pki.ts';
import { aFolder } from './store-file.ts';

export interface ServedRecords {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly store: RecordStore;
  /** What the door reported as unexpected. */
  readonly faults: readonly unknown[];
  /** TLS connections accepted so far. */
  connections(): number;
}

export const releaseNamespace = 'support-access';

/** A caller by its ServiceAccount in the release namespace. */
export function accountCaller(name: string): Caller {
  return { username: `system:serviceaccount:${releaseNamespace}:support-access-${name}`, groups: [] };
}

/** Tokens `gateway` and `operator` may append, `auditor` may read, `stranger` may nothing, others are unknown. */
export const namedAccess: Access = {
  callerOf: (token) =>
    Promise.resolve(
      ['gateway', 'operator', 'auditor', 'stranger', 'webhook'].includes(token)
        ? accountCaller(token)
        : undefined,
    ),
  may: ({ username }, verb) =>
    Promise.resolve(
      verb === 'get' ? username.endsWith('-auditor') : /-(gateway|operator|webhook)$/.test(username),
    ),
};

/** Serves a store, a new one by default, until the test ends. */
export async function serveRecords(
  given: { readonly access?: Access; readonly store?: RecordStore } = {},
): Promise<ServedRecords> {
  const store =
    given.store ?? (await openSqliteStore({ path: join(aFolder(), 'records.db'), origin: 'test/served' }));
  const authority = await createAuthority('records test');
  const { certificate, key } = await authority.issueLoopbackServer();
  const faults: unknown[] = [];
  const door = createRecordsHttp({
    store,
    access: given.access ?? namedAccess,
    releaseNamespace,
    report: (error) => faults.push(error),
  });
  const server = createServer({ cert: certificate, key }, door);
  let connections = 0;
  server.on('secureConnection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await store.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    ca: authority.certificate,
    store,
    faults,
    connections: () => connections,
  };
}
