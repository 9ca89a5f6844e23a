/** Whether the records are reached, and outlive their pod. */
import { installed } from '../../crds/names.ts';
import { ConfigMaps, Deployments, PersistentVolumeClaims } from '../../kube/resources.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import { openConnection, tokenFromFile } from '../../trail/connection.ts';
import { findOrNothing } from '../cluster/find.ts';
import { type CheckDeps, type Finding, failed, type InstallationCheck, ok, toDo } from './finding.ts';

const deadlineMs = 10_000;

interface Workload {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly volumes?: readonly {
          readonly name: string;
          readonly persistentVolumeClaim?: { readonly claimName: string };
        }[];
      };
    };
  };
}

const reached: InstallationCheck = {
  what: 'records',
  async look(deps) {
    const { namespace, tokenFile } = deps;
    if (tokenFile === undefined) {
      return toDo(
        'not called; give --token-file with a token for the audience support-access, or run helm test',
      );
    }
    const ref = { namespace, name: installed.authority };
    const authority = await findOrNothing<{ data?: Record<string, string> }>(deps, ConfigMaps, ref);
    const connection = openConnection({
      url: `https://${installed.webhookService}.${namespace}.svc:8445`,
      ca: () => authority?.data?.['ca.crt'] ?? '',
      token: tokenFromFile(tokenFile),
    });
    try {
      return judgeStatus((await connection.call(headCall())).status);
    } catch (error) {
      return failed(
        `cannot be reached: ${errorWithCauses(error)}; run helm test where this is outside the cluster, as it looks from a pod`,
      );
    } finally {
      await connection.close();
    }
  },
};

const headCall = () =>
  ({ method: 'GET', path: '/v1/head', signal: AbortSignal.timeout(deadlineMs) }) as const;

/** This program needs no right to read them: that it is known, and refused, shows that they work. */
export function judgeStatus(status: number): Finding {
  if (status === 200 || status === 403) return ok('reached, and they know this caller');
  if (status === 401) {
    return failed(
      'reached, but they do not accept the token; give one for the audience support-access that has not expired',
    );
  }
  return failed(`they respond with ${status}; look at the log of the webhook`);
}

const durable: InstallationCheck = {
  what: 'records volume',
  async look(deps) {
    const claim = await claimOf(deps);
    if (claim === undefined)
      return failed('none: the records are gone with their pod; set webhook.persistence.enabled=true');
    const ref = { namespace: deps.namespace, name: claim };
    const found = await findOrNothing<{ status?: { phase?: string } }>(deps, PersistentVolumeClaims, ref);
    const phase = found?.status?.phase ?? 'missing';
    return phase === 'Bound'
      ? ok(`claim ${claim}`)
      : failed(`claim ${claim} is ${phase}; see why with kubectl -n ${deps.namespace} describe pvc ${claim}`);
  },
};

async function claimOf(deps: CheckDeps): Promise<string | undefined> {
  const ref = { namespace: deps.namespace, name: installed.webhookService };
  const { spec } = await deps.client.get<Workload>(Deployments, ref);
  const volume = spec.template.spec.volumes?.find(({ name }) => name === 'records');
  return volume?.persistentVolumeClaim?.claimName;
}

export const recordsChecks: readonly InstallationCheck[] = [reached, durable];
