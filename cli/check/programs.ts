/** Whether the programs run, agree in their version, and one operator leads. */
import { installed, programs } from '../../crds/names.ts';
import { Deployments, Leases } from '../../kube/resources.ts';
import {
  type CheckDeps,
  type Finding,
  failed,
  type InstallationCheck,
  ok,
  readOrNothing,
} from './finding.ts';

interface Deployment {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly readyReplicas?: number; readonly updatedReplicas?: number };
}

interface Lease {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly renewTime?: string;
    readonly leaseDurationSeconds?: number;
  };
}

const versionLabel = 'app.kubernetes.io/version';

function running(what: keyof typeof programs): InstallationCheck {
  return { what, look: async (deps) => judgeDeployment(deps, programs[what]) };
}

async function judgeDeployment(deps: CheckDeps, name: string): Promise<Finding> {
  const { namespace, version } = deps;
  const deployment = await readOrNothing<Deployment>(deps, Deployments, { namespace, name });
  if (deployment === undefined) {
    return failed(
      `no Deployment ${name} in namespace ${namespace}; where the release is elsewhere: --namespace`,
    );
  }
  const replicas = judgeReplicas(deployment, `kubectl -n ${namespace} describe deployment ${name}`);
  const theirs = deployment.metadata.labels?.[versionLabel] ?? version;
  if (replicas.state !== 'ok' || theirs === version) return replicas;
  const skew = `of version ${theirs}; this program is of ${version}: upgrade the release as a whole`;
  return failed(`${replicas.says}, ${skew}`);
}

function judgeReplicas({ spec, status }: Deployment, howToLook: string): Finding {
  const wanted = spec.replicas ?? 1;
  const { readyReplicas = 0, updatedReplicas = 0 } = status ?? {};
  const count = `${readyReplicas} of ${wanted} ready`;
  if (wanted === 0) return failed('0 replicas are asked for, so it does not run');
  if (readyReplicas < wanted) return failed(`${count}: ${howToLook}`);
  if (updatedReplicas < wanted)
    return failed(`${count}, ${wanted - updatedReplicas} of them of an older release`);
  return ok(count);
}

const leader: InstallationCheck = {
  what: 'operator leads',
  async look(deps) {
    const ref = { namespace: deps.namespace, name: installed.operatorLease };
    const {
      holderIdentity,
      renewTime,
      leaseDurationSeconds = 15,
    } = (await readOrNothing<Lease>(deps, Leases, ref))?.spec ?? {};
    if (!holderIdentity || renewTime === undefined) return failed('no operator has taken the lease yet');
    const holder = holderIdentity.split('_')[0] ?? '';
    const seconds = Math.max(0, Math.round((deps.now() - Date.parse(renewTime)) / 1000));
    return seconds <= 2 * leaseDurationSeconds
      ? ok(holder)
      : failed(`${holder} has not renewed its lease for ${seconds} s`);
  },
};

export const programChecks: readonly InstallationCheck[] = [
  running('operator'),
  running('webhook'),
  running('gateway'),
  leader,
];
