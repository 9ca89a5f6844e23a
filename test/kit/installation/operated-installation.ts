/**
 * An installation with operator processes and real records, which this process keeps. No webhook, no gateway: what
 * admission would refuse can be tried on the operator.
 */
import type { ControlPlane } from '../control-plane/control-plane.ts';
import type { RecordsServer } from '../records/records-server.ts';
import { anInstallation, type Installation, type InstallationWish, keepRecordsHere } from './installation.ts';
import type { ProductProcess } from './product-process.ts';
import { startOperator } from './programs.ts';

/** The one ClusterRole that the operator of these tests may bind. */
export const matrixRole = 'support-access-matrix-ecase-1';

export interface OperatedInstallation extends Installation {
  readonly records: RecordsServer;
  /** Starts an operator process; several may run. `kubeconfig` replaces the usual one. */
  startOperator(options?: { readonly kubeconfig?: string }): Promise<ProductProcess>;
}

/** Installs the chart and opens the records; starts no operator yet. */
export async function installForOperator(
  controlPlane: ControlPlane,
  wish: Pick<InstallationWish, 'install' | 'releaseNamespace'> = {},
): Promise<OperatedInstallation> {
  const installation = await anInstallation(controlPlane, { ...wish, values: { matrixRoles: [matrixRole] } });
  const records = await keepRecordsHere(installation);
  const account = await installation.account('operator');
  const token = await installation.recordsToken('operator');
  return {
    ...installation,
    records,
    startOperator: async ({ kubeconfig = account.kubeconfig } = {}) => {
      const recordsFlags = { recordsUrl: records.url, recordsTokenFile: token.tokenFile };
      const started = await startOperator({ kubeconfig, ...recordsFlags });
      installation.teardown.add(() => started.kill());
      return started;
    },
  };
}
