/**
 * What the objects in the cluster say, counted when it is asked: no controller counts anything, so a figure cannot drift
 * away from the objects. Each condition that a person finds by kubectl is a figure for a scraper, too.
 */
import { kinds } from '../../crds/kinds.ts';
import { policyName } from '../../crds/names.ts';
import type { Condition } from '../../crds/rules/conditions.ts';
import { reasons } from '../../crds/rules/reasons.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { MetricDefinitions, MetricsOf, Sample } from '../../process/metrics.ts';
import { readTrust } from '../../saml/trust/trust.ts';
import type { Caches, CollectionName } from '../watching/collections.ts';

/** The collections whose objects have conditions. */
const withConditions = {
  policies: kinds.SupportAccessPolicy.kind,
  applications: kinds.SupportApplication.kind,
  grants: kinds.SupportAccessGrant.kind,
  users: kinds.SupportUser.kind,
  matrices: kinds.SupportPermissionMatrix.kind,
  cases: kinds.SupportCase.kind,
  locks: kinds.SupportAccessLock.kind,
} as const satisfies Partial<Record<CollectionName, string>>;

/** Every type of condition that the operator writes. */
export const conditionTypes = [
  'Active',
  'AdmissionReady',
  'CertificatesReady',
  'ClockOff',
  'HostReady',
  'IdentitiesExclusive',
  'Locked',
  'MorePasses',
  'NoticesDelayed',
  'Ready',
  'Recorded',
  'RecordsFilling',
  'RecordsUnavailable',
  'Restricted',
  'SSOReady',
  'SignInMatches',
  'Stalled',
] as const;

export const objectMetrics = {
  conditions: {
    type: 'gauge',
    name: 'supportaccess_conditions',
    help: 'Objects by what a condition in their status says, such as the grants whose Active is True.',
    labels: {
      kind: Object.values(withConditions),
      condition: conditionTypes,
      status: ['True', 'False', 'Unknown'],
      reason: Object.keys(reasons),
    },
  },
  sessions: {
    type: 'gauge',
    name: 'supportaccess_sessions',
    help: 'SupportSessions that exist, one for each sign-in, in all gateways together.',
  },
  locks: {
    type: 'gauge',
    name: 'supportaccess_locks',
    help: 'SupportAccessLocks that exist.',
  },
  providerFirstEnd: {
    type: 'gauge',
    name: 'supportaccess_identity_provider_first_end_timestamp_seconds',
    help: "When the first of what sign-ins depend on ends, the identity provider's metadata or one of its certificates, in seconds since 1970. Nothing is said where no one can sign in.",
  },
  unsynced: {
    type: 'gauge',
    name: 'supportaccess_collections_unsynced',
    help: 'Collections of which this process has no whole copy yet, and so reconciles nothing.',
  },
} as const satisfies MetricDefinitions;

type ObjectMetrics = MetricsOf<typeof objectMetrics>;
type WithConditions = KubeObject & { readonly status?: { readonly conditions?: readonly Condition[] } };

/** Has the copies of this process counted at each scrape; nothing is said before there are any. */
export function measureObjects(
  metrics: ObjectMetrics,
  caches: () => Caches | undefined,
  now: () => number,
): void {
  metrics.conditions.read(() => {
    const all = caches();
    if (all === undefined) return undefined;
    const names = Object.keys(withConditions) as (keyof typeof withConditions)[];
    return counted(
      names.flatMap((name) => all[name].list().flatMap((object) => labelsOf(withConditions[name], object))),
    );
  });
  metrics.sessions.read(() => caches()?.sessions.size);
  metrics.locks.read(() => caches()?.locks.size);
  metrics.providerFirstEnd.read(() => {
    const policy = caches()?.policies.get(undefined, policyName);
    const trust = readTrust(policy?.spec.sso, now());
    return trust.ok ? trust.value.firstEnd / 1000 : undefined;
  });
  metrics.unsynced.read(() => Object.values(caches() ?? {}).filter(({ isSynced }) => !isSynced).length);
}

interface ConditionLabels {
  readonly kind: string;
  readonly condition: string;
  readonly status: string;
  readonly reason: string;
}

function labelsOf(kind: string, { status }: WithConditions): ConditionLabels[] {
  return (status?.conditions ?? []).map(({ type: condition, status: holds, reason }) => ({
    kind,
    condition,
    status: holds,
    reason,
  }));
}

function counted(all: readonly ConditionLabels[]): Sample<ConditionLabels>[] {
  const counts = new Map<string, { labels: ConditionLabels; value: number }>();
  for (const labels of all) {
    const key = Object.values(labels).join('/');
    const count = counts.get(key) ?? { labels, value: 0 };
    counts.set(key, { labels, value: count.value + 1 });
  }
  return [...counts.values()];
}
