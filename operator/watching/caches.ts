/** Which collections does the operator follow? THE list of its watches, with the indexes by which things are found again. */

import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import { installed } from '../../crds/names.ts';
import { matrixHash } from '../../crds/rules/matrix/matrix.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import type { KubeObject } from '../../kube/objects.ts';
import {
  ClusterRoleBindings,
  ClusterRoles,
  ConfigMaps,
  NetworkPolicies,
  RoleBindings,
  ServiceAccounts,
  Services,
} from '../../kube/resources.ts';
import { createWatchCache } from '../../kube/watch/watch-cache.ts';
import { accountName } from '../outputs/account.ts';
import { bindingName } from '../outputs/binding.ts';
import { grantUidLabel } from '../outputs/marks.ts';
import { identitiesReached } from '../rbac/excess-rights.ts';
import type { AnyBinding, ClusterRole, RoleBinding } from '../rbac/rbac-objects.ts';
import type { ConfigMap, NetworkPolicy, Service, ServiceAccount } from './kubernetes-objects.ts';

/** A connection that died silently is noticed within half a minute where something may have to be closed. */
const alert = { watchSeconds: { least: 15, most: 20 }, silenceMs: 30_000 };

export interface CacheSettings {
  readonly client: KubeClient;
  readonly releaseNamespace: string;
  readonly identitiesNamespace: string;
  /** Told of lists and watches that failed; they go on by themselves. */
  readonly onProblem: (problem: unknown) => void;
}

export type Caches = ReturnType<typeof createCaches>;

const byUid = ({ metadata }: KubeObject): string[] => [metadata.uid];

const grantOf = ({ metadata }: { metadata: { labels?: Record<string, string> } }): string[] => {
  const uid = metadata.labels?.[grantUidLabel];
  return uid === undefined ? [] : [uid];
};

export function createCaches(settings: CacheSettings) {
  return { ...cachesOfOurs(settings), ...cachesOfKubernetes(settings) };
}

/** What people write: our own kinds. */
function cachesOfOurs({ client, onProblem }: CacheSettings) {
  return {
    policies: createWatchCache<SupportAccessPolicy>(client, kinds.SupportAccessPolicy, {
      onProblem,
      reflector: alert,
    }),
    grants: createWatchCache<SupportAccessGrant>(client, kinds.SupportAccessGrant, {
      onProblem,
      reflector: alert,
      indexers: {
        uid: byUid,
        namespace: ({ metadata }) => [metadata.namespace ?? ''],
        user: ({ spec }) => spec.userRefs.map(({ name }) => name),
        matrix: ({ spec }) => [spec.matrixRef.name],
        application: ({ metadata, spec }) =>
          spec.applicationRef === undefined ? [] : [`${metadata.namespace}/${spec.applicationRef.name}`],
        // Whose names these are, whether anything has them, whatever has them: a foreign object carries no label.
        account: ({ metadata, status }) =>
          (status?.pins?.users ?? []).map((pin) => accountName(metadata.uid, pin.uid)),
        binding: ({ metadata }) => [`${metadata.namespace}/${bindingName(metadata.uid)}`],
        open: ({ status }) => (status?.activeReason === 'Open' ? ['open'] : []),
      },
    }),
    users: createWatchCache<SupportUser>(client, kinds.SupportUser, {
      onProblem,
      reflector: alert,
      indexers: { uid: byUid },
    }),
    matrices: createWatchCache<SupportPermissionMatrix>(client, kinds.SupportPermissionMatrix, {
      onProblem,
      indexers: {
        uid: byUid,
        clusterRole: ({ spec }) => (spec.kubernetes === undefined ? [] : [spec.kubernetes.clusterRole]),
        rights: ({ spec }) => (spec.kubernetes === undefined ? [] : ['rights']),
      },
    }),
    applications: createWatchCache<SupportApplication>(client, kinds.SupportApplication, {
      onProblem,
      indexers: {
        uid: byUid,
        host: ({ spec }) => [spec.host],
        service: ({ metadata, spec }) => [`${metadata.namespace}/${spec.serviceRef.name}`],
      },
    }),
    locks: createWatchCache<SupportAccessLock>(client, kinds.SupportAccessLock, {
      onProblem,
      reflector: alert,
      indexers: { uid: byUid },
    }),
  };
}

/** What we make, and what may give support identities rights besides. */
function cachesOfKubernetes(settings: CacheSettings) {
  const { client, releaseNamespace, identitiesNamespace, onProblem } = settings;
  const reached = (binding: AnyBinding) => identitiesReached(binding, identitiesNamespace);
  const named = (name: string) => ({
    fieldSelector: `metadata.name=${name}`,
    namespace: releaseNamespace,
    onProblem,
  });
  return {
    accounts: createWatchCache<ServiceAccount>(client, ServiceAccounts, {
      onProblem,
      namespace: identitiesNamespace,
      indexers: { grant: grantOf },
    }),
    bindings: createWatchCache<RoleBinding>(client, RoleBindings, {
      onProblem,
      indexers: { grant: grantOf, identity: reached },
    }),
    clusterBindings: createWatchCache<AnyBinding>(client, ClusterRoleBindings, {
      onProblem,
      indexers: { identity: reached },
    }),
    clusterRoles: createWatchCache<ClusterRole>(client, ClusterRoles, { onProblem }),
    services: createWatchCache<Service>(client, Services, { onProblem }),
    networkPolicies: createWatchCache<NetworkPolicy>(client, NetworkPolicies, {
      onProblem,
      namespace: releaseNamespace,
    }),
    ssoConfig: createWatchCache<ConfigMap>(client, ConfigMaps, named(installed.sso)),
    authority: createWatchCache<ConfigMap>(client, ConfigMaps, named(installed.authority)),
  };
}

/** The hash of a matrix, computed once an object: a spec is immutable, so the object itself can be the key. */
export function rememberedHash(): (matrix: SupportPermissionMatrix) => string {
  const known = new WeakMap<SupportPermissionMatrix, string>();
  return (matrix) => {
    const before = known.get(matrix);
    if (before !== undefined) return before;
    const hash = matrixHash(matrix.spec);
    known.set(matrix, hash);
    return hash;
  };
}
