/** Whether the programs run, agree in their version, and one operator leads. */
import { installed, programs } from '../../crds/names.ts';
import { Deployments, Leases } from '../../kube/resources.ts';
import {
  type CheckDeps,
  type Finding,
  failed,
  type InstallationCheck,
  type Labelled,
  objectCheck,
  ok,
  otherVersionOf,
} from './finding.ts';

interface Deployment extends Labelled {
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

function running(what: keyof typeof programs): InstallationCheck {
  const name = programs[what];
  return objectCheck<Deployment>({
    what,
    resource: Deployments,
    ref: ({ namespace }) => ({ namespace, name }),
    none: ({ namespace }) =>
      failed(
        `no Deployment ${name} in namespace ${namespace}; where the release is elsewhere, name it with --namespace`,
      ),
    judge: (deployment, deps) => judgeDeployment(deployment, deps, name),
  });
}

function judgeDeployment(deployment: Deployment, deps: CheckDeps, name: string): Finding {
  const { namespace, version } = deps;
  const replicas = judgeReplicas(deployment, `kubectl -n ${namespace} describe deployment ${name}`);
  const theirs = otherVersionOf(deployment, deps);
  if (replicas.state !== 'ok' || theirs === undefined) return replicas;
  const skew = `of version ${theirs}; this program is of ${version}: upgrade the release as a whole`;
  return failed(`${replicas.says}, ${skew}`);
}

function judgeReplicas({ spec, status }: Deployment, howToLook: string): Finding {
  const wanted = spec.replicas ?? 1;
  const { readyReplicas = 0, updatedReplicas = 0 } = status ?? {};
  const count = `${readyReplicas} of ${wanted} ready`;
  if (wanted === 0)
    return failed('0 replicas are asked for, so it does not run; set its replicas to 1 or more');
  if (readyReplicas < wanted) return failed(`${count}; see why with ${howToLook}`);
  if (updatedReplicas < wanted) {
    return failed(
      `${count}, ${wanted - updatedReplicas} of them of an older release; see why with ${howToLook}`,
    );
  }
  return ok(count);
}

const noLeader = ({ namespace }: CheckDeps): Finding =>
  failed(`no operator has taken the lease yet; ${logOf(namespace)}`);

const logOf = (namespace: string): string =>
  `look at its log: kubectl -n ${namespace} logs deployment/${programs.operator}`;

const leader = objectCheck<Lease>({
  what: 'operator leads',
  resource: Leases,
  ref: ({ namespace }) => ({ namespace, name: installed.operatorLease }),
  none: noLeader,
  judge({ spec: { holderIdentity, renewTime, leaseDurationSeconds = 15 } = {} }, deps) {
    if (!holderIdentity || renewTime === undefined) return noLeader(deps);
    const holder = holderIdentity.split('_')[0] ?? '';
    const seconds = Math.max(0, Math.round((deps.now() - Date.parse(renewTime)) / 1000));
    return seconds <= 2 * leaseDurationSeconds
      ? ok(holder)
      : failed(`${holder} has not renewed its lease for ${seconds} s; ${logOf(deps.namespace)}`);
  },
});

export const programChecks: readonly InstallationCheck[] = [
  running('operator'),
  running('webhook'),
  running('gateway'),
  leader,
];
