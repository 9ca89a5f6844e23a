/** What is open now: the grants and sessions, as far as the caller may list them. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import { kinds } from '../../crds/kinds.ts';
import { type Condition, conditionOf } from '../../crds/rules/conditions.ts';
import { KubeError } from '../../kube/errors.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';

/** Which grants and sessions a change is about. */
export interface Extent {
  /** Grants that it closes, or keeps closed, as a whole. */
  readonly grants: (grant: SupportAccessGrant) => boolean;
  readonly sessions: (session: SupportSession) => boolean;
  /** All that is about one namespace can be listed by who may see that namespace alone. */
  readonly namespace?: string | undefined;
}

/** For how long a list may take. */
export interface Bounded {
  readonly signal?: AbortSignal | undefined;
}

const longestMs = 3_000;

/**
 * A list that something which closes access only tells of: it must not wait for it, nor fail with it. 'unlisted' where it
 * failed or took longer than three seconds.
 */
export async function soon<T>(list: (bound: Bounded) => Promise<T>): Promise<T | 'unlisted'> {
  const signal = AbortSignal.timeout(longestMs);
  return list({ signal }).catch(() => 'unlisted' as const);
}

export const everything: Extent = { grants: () => true, sessions: () => true };

/** The grants that are open; undefined where the caller may not list them. */
export async function openGrants(
  cluster: Cluster,
  extent: Extent & Bounded,
): Promise<SupportAccessGrant[] | undefined> {
  const grants = await listed<SupportAccessGrant>(cluster, kinds.SupportAccessGrant, extent);
  return grants?.filter((grant) => extent.grants(grant) && activeNow(grant.status).isOpen);
}

/** The grants that are enabled, whether or not something else keeps them closed; undefined where they may not be listed. */
export async function enabledGrants(
  cluster: Cluster,
  { namespace, ...extent }: Pick<Extent, 'grants' | 'namespace'>,
): Promise<SupportAccessGrant[] | undefined> {
  const grants = await listed<SupportAccessGrant>(cluster, kinds.SupportAccessGrant, { namespace });
  return grants?.filter((grant) => extent.grants(grant) && grant.spec.access === 'Enabled');
}

/** The sessions; undefined where the caller may not list them. */
export async function sessionsNow(
  cluster: Cluster,
  extent: Pick<Extent, 'sessions' | 'namespace'> & Bounded,
): Promise<SupportSession[] | undefined> {
  const sessions = await listed<SupportSession>(cluster, kinds.SupportSession, extent);
  return sessions?.filter((session) => extent.sessions(session));
}

async function listed<T>(
  { client }: Cluster,
  resource: Resource,
  { namespace, signal }: Pick<Extent, 'namespace'> & Bounded,
): Promise<T[] | undefined> {
  try {
    return (await client.list<T>(resource, { namespace, signal })).items;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return undefined;
    throw error;
  }
}

/** A status as far as it says whether something is open. */
interface ReportedStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
}

/** Whether the operator has looked at an object since it was written. */
export function isLookedAt(status: ReportedStatus | undefined, stored: KubeObject): boolean {
  return (status?.observedGeneration ?? -1) >= (stored.metadata.generation ?? 0);
}

/** Whether it is open now, and why it is as it is. */
export function activeNow(status: ReportedStatus | undefined) {
  const { status: holds, reason, message } = conditionOf(status?.conditions, 'Active') ?? notTold;
  return { isOpen: holds === 'True', reason, why: `${reason}: ${message}` };
}

const notTold = { status: 'Unknown', reason: 'Unknown', message: 'the operator gives no reason' };

const mostNames = 8;

/** "ecase/case-4711, ecase/case-4712 and 3 more"; "none" for none. */
export function namesIn(grants: readonly SupportAccessGrant[]): string {
  const names = grants.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  const rest = names.length - mostNames;
  const most = names.slice(0, mostNames).join(', ');
  if (names.length === 0) return 'none';
  return rest > 0 ? `${most} and ${rest} more` : most;
}
