/**
 * An installation with a running operator and real records, on a control plane of the kit: the chart's rights and
 * policies, a records door behind TLS, the operator as its own process and ServiceAccount. No webhook, no gateway.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { StoredRecord } from '../../../crds/audit/record.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { ConfigMaps } from '../../../kube/resources.ts';
import { createAccess } from '../../../webhook/callers/callers.ts';
import { createRecordsHttp } from '../../../webhook/in-cluster/records/http/routes.ts';
import { openSqliteStore } from '../../../webhook/in-cluster/records/sqlite/store.ts';
import type { ControlPlane, ServiceAccountKubeconfig } from '../control-plane/control-plane.ts';
import { freePort } from '../control-plane/free-port.ts';
import { createAuthority } from '../control-plane/pki.ts';
import { identitiesNamespace, installChart, releaseNamespace } from './install.ts';
import { type ProductProcess, startProductProcess } from './product-process.ts';

/** The one ClusterRole that the operator of these tests may bind. */
export const matrixRole = 'support-access-matrix-ecase-1';

export interface OperatedInstallation {
  /** system:masters, by the product's own client. */
  readonly admin: KubeClient;
  readonly operatorAccount: ServiceAccountKubeconfig;
  readonly recordsUrl: string;
  readonly recordsCa: string;
  /** Token for the records, of the operator's ServiceAccount. */
  readonly recordsToken: ServiceAccountKubeconfig;
  /** All records so far. */
  records(): Promise<StoredRecord[]>;
  /** Lets the records door answer nothing, or again. */
  setRecordsAway(away: boolean): void;
  /** Starts an operator process; several may run. `kubeconfig` replaces the usual one. */
  startOperator(options?: { readonly kubeconfig?: string }): Promise<ProductProcess>;
  stop(): Promise<void>;
}

/** Installs the chart and opens the records; starts no operator yet. */
export async function installForOperator(controlPlane: ControlPlane): Promise<OperatedInstallation> {
  await installChart(
    controlPlane,
    { matrixRoles: [matrixRole] },
    { without: ['ValidatingWebhookConfiguration'] },
  );
  const admin = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  const folder = await mkdtemp(join(controlPlane.directory, 'operator-'));
  const door = await openDoor(admin, join(folder, 'records.db'));
  await admin.mergePatch(
    ConfigMaps,
    { namespace: releaseNamespace, name: 'support-access-ca' },
    {
      patch: { data: { 'ca.crt': door.ca } },
    },
  );
  const account = await controlPlane.serviceAccountKubeconfig(releaseNamespace, 'support-access-operator');
  const token = await controlPlane.serviceAccountKubeconfig(releaseNamespace, 'support-access-operator', {
    audience: 'support-access',
  });
  const processes: ProductProcess[] = [];
  return {
    admin,
    operatorAccount: account,
    recordsUrl: door.url,
    recordsCa: door.ca,
    recordsToken: token,
    records: () => door.records(),
    setRecordsAway: (away) => door.setAway(away),
    startOperator: async ({ kubeconfig = account.kubeconfig } = {}) => {
      const started = await operatorProcess({ kubeconfig, recordsUrl: door.url, tokenFile: token.tokenFile });
      processes.push(started);
      return started;
    },
    stop: async () => {
      await Promise.all(processes.map((one) => one.kill()));
      account.stop();
      token.stop();
      await door.close();
      await admin.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Door {
  readonly url: string;
  readonly ca: string;
  records(): Promise<StoredRecord[]>;
  setAway(away: boolean): void;
  close(): Promise<void>;
}

async function openDoor(admin: KubeClient, path: string): Promise<Door> {
  const store = await openSqliteStore({ path, origin: 'test/operator' });
  const authority = await createAuthority('records of the operator tests');
  const { certificate, key } = await authority.issueLoopbackServer();
  let away = false;
  const access = createAccess({ client: admin, clock: () => performance.now() });
  const door = createRecordsHttp({ store, access, releaseNamespace, report: () => undefined });
  const server = createServer({ cert: certificate, key }, (request, response) => {
    if (away) response.writeHead(503).end();
    else door(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    ca: authority.certificate,
    records: async () => {
      const lines: string[] = [];
      for (;;) {
        const page = await store.read({ after: lines.length, limit: 500 });
        if (page.length === 0) return lines.map((line) => JSON.parse(line) as StoredRecord);
        lines.push(...page);
      }
    },
    setAway: (now) => {
      away = now;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await store.close();
    },
  };
}

async function operatorProcess(settings: {
  readonly kubeconfig: string;
  readonly recordsUrl: string;
  readonly tokenFile: string;
}): Promise<ProductProcess> {
  const health = await freePort();
  return startProductProcess({
    name: 'operator',
    args: [
      'operator/main.ts',
      `--release-namespace=${releaseNamespace}`,
      `--identities-namespace=${identitiesNamespace}`,
      `--records-url=${settings.recordsUrl}`,
      `--records-token-file=${settings.tokenFile}`,
      `--health-port=${health}`,
      `--kubeconfig=${settings.kubeconfig}`,
    ],
    readyUrl: `http://127.0.0.1:${health}/readyz`,
  });
}
