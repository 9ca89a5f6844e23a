/** Whether a grant is in force as it was last written: what the operator says of this generation. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import { kinds } from '../../crds/kinds.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { activeNow, isLookedAt, sessionsNow } from '../access/open-now.ts';
import { enabledAgain } from '../access/stopping.ts';
import type { InForce } from '../changes/change.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { endWords, windowWords } from './words.ts';

type Look = (cluster: Cluster, zone: string, stored: KubeObject) => Promise<InForce | undefined>;

/** After something was given: open; or closed, with what keeps it so. */
export const lookOpened: Look = async (cluster, zone, stored) => {
  const grant = await judged(cluster, stored);
  if (grant === undefined) return undefined;
  return { ...opened(grant, zone), object: grant as unknown as KubeObject };
};

function opened(grant: SupportAccessGrant, zone: string): InForce {
  const { spec, status } = grant;
  const { isOpen, reason, why } = activeNow(status);
  const what = titleOf(grant);
  if (isOpen) {
    const where = status?.signInURL === undefined ? [] : [`Sign-in: ${status.signInURL}`];
    const says = [`Done. ${what} is open; it ends ${endWords(spec.expirationTime, zone)}.`, ...where];
    return { asWanted: true, says };
  }
  if (reason === 'NotStarted') return { asWanted: true, says: [`Done. ${what} ${windowWords(spec, zone)}.`] };
  if (spec.access === 'Disabled')
    return { asWanted: true, says: [`Done. ${what} is stored, and disabled: nothing is open.`] };
  return { asWanted: false, says: [`${what} is stored, but access is closed. ${why}`] };
}

/** After something was taken back: closed, and no session left. */
export const lookClosed: Look = async (cluster, _zone, stored) => {
  const grant = await presentGrant(cluster, stored);
  if (grant.spec.access === 'Enabled') return givenBack(grant);
  if (!isLookedAt(grant.status, stored) || activeNow(grant.status).isOpen) return undefined;
  const sessions = await sessionsUnder(cluster, grant);
  if (sessions !== undefined && sessions.length > 0) return undefined;
  // What was enabled while the sessions were listed must not be confirmed as closed.
  const last = await presentGrant(cluster, stored);
  if (last.spec.access === 'Enabled') return givenBack(last);
  const rest = sessions === undefined ? 'its sessions end with it' : 'no session is left';
  const says = [`Done. ${titleOf(last)} is closed, and ${rest}.`];
  return { asWanted: true, says, object: last as unknown as KubeObject };
};

function givenBack(grant: SupportAccessGrant): InForce {
  return {
    asWanted: false,
    says: [enabledAgain(titleOf(grant))],
    object: grant,
  };
}

const titleOf = ({ metadata: { name, namespace = '' } }: SupportAccessGrant): string =>
  `SupportAccessGrant ${name} in namespace ${namespace}`;

/** The grant, once the operator has looked at what was written or at something later. */
async function judged(cluster: Cluster, stored: KubeObject): Promise<SupportAccessGrant | undefined> {
  const grant = await presentGrant(cluster, stored);
  return isLookedAt(grant.status, stored) ? grant : undefined;
}

async function presentGrant({ client }: Cluster, stored: KubeObject): Promise<SupportAccessGrant> {
  const { name, namespace } = stored.metadata;
  return client.get<SupportAccessGrant>(kinds.SupportAccessGrant, { name, namespace });
}

/** The sessions of a grant; undefined where the caller may not list them. */
export async function sessionsUnder(
  cluster: Cluster,
  { metadata: { namespace, uid } }: SupportAccessGrant,
  signal?: AbortSignal,
): Promise<SupportSession[] | undefined> {
  return sessionsNow(cluster, { sessions: ({ spec }) => spec.grantRef.uid === uid, namespace, signal });
}
