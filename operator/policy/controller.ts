/** Looks at the installation as a whole: gathers the policy, the open grants and what exists once, and reconciles. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import { installed, policyName } from '../../crds/names.ts';
import { present } from '../../crds/object-meta.ts';
import { lockOnAll } from '../../crds/rules/locks.ts';
import { tellsNews } from '../../crds/rules/request/tls-secrets.ts';
import { windowState } from '../../crds/rules/time/schedule.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Lane } from '../../kube/queue/work-queue.ts';
import { RoleBindings } from '../../kube/resources.ts';
import { changesSpecOrLife } from '../../kube/watch/metadata-change.ts';
import type { CacheChange } from '../../kube/watch/object-store.ts';
import { isOfApiServer, isOfDns, listeningOf } from '../outputs/listening.ts';
import { operatorBinding, ownedBy } from '../outputs/owners.ts';
import { impersonates, impersonators } from '../rbac/impersonators.ts';
import type { Controller, ControllerContext, Handle } from '../watching/controller.ts';
import { laneOfGrant, laneOfSwitch } from '../watching/lanes.ts';
import type { Key } from '../watching/watch.ts';
import type { Calls } from '../writes/calls.ts';
import { reconcilePolicy } from './reconcile.ts';
import { serviceProviderCertificate } from './sp-keys.ts';
import type { PolicyWorld } from './world.ts';

/** There is one policy and one installation, so there is one key. */
const theKey = (lane: Lane = 'normal'): Key[] => [{ id: policyName, lane }];

export const policyController: Controller = {
  name: 'policy',
  watches: [
    {
      collection: 'policies',
      hasEvents: true,
      keysAfter: (change) => theKey(laneOfSwitch(change)),
    },
    {
      collection: 'grants',
      indexes: { open: ({ status }) => (status?.activeReason === 'Open' ? ['open'] : []) },
      keysAfter: (change) => (concernsInstallation(change) ? theKey(laneOfGrant(change)) : []),
    },
    { collection: 'users', keysAfter: () => theKey() },
    { collection: 'applications', keysAfter: () => theKey() },
    {
      collection: 'locks',
      keysAfter: (change) =>
        change.object.metadata.name === lockOnAll && changesSpecOrLife(change) ? theKey() : [],
    },
    { collection: 'networkPolicies', keysAfter: () => theKey() },
    { collection: 'services', keysAfter: ({ object }) => (listens(object) ? theKey() : []) },
    { collection: 'apiServerSlices', keysAfter: ({ object }) => (listens(object) ? theKey() : []) },
    { collection: 'dnsSlices', keysAfter: ({ object }) => (listens(object) ? theKey() : []) },
    { collection: 'openShiftDnsSlices', keysAfter: ({ object }) => (listens(object) ? theKey() : []) },
    { collection: 'ssoConfig', keysAfter: () => theKey() },
    { collection: 'names', keysAfter: () => theKey() },
    { collection: 'admission', keysAfter: () => theKey() },
    { collection: 'mutation', keysAfter: () => theKey() },
    { collection: 'authority', keysAfter: () => theKey() },
    {
      collection: 'certificates',
      keysAfter: ({ type, object, old }) =>
        type !== 'updated' || tellsNews(old?.data, object.data) ? theKey() : [],
    },
    {
      collection: 'clusterBindings',
      keysAfter: ({ object: { roleRef } }, { caches }) =>
        impersonates(caches.clusterRoles.get(undefined, roleRef.name)) ? theKey() : [],
    },
    {
      collection: 'bindings',
      keysAfter({ object }, { identitiesNamespace, releaseNamespace }) {
        const { namespace, name } = object.metadata;
        const isOwner = namespace === releaseNamespace && name === operatorBinding;
        return namespace === identitiesNamespace || isOwner ? theKey() : [];
      },
    },
    {
      collection: 'clusterRoles',
      keysAfter: ({ object, old }) => (impersonates(object) || impersonates(old) ? theKey() : []),
    },
  ],
  firstKeys: () => theKey('revocation'),
  start: startPolicy,
};

/** Whether it is the API server's or the cluster's DNS. */
function listens(object: KubeObject): boolean {
  return isOfApiServer(object) || isOfDns(object);
}

/** Whether the gateway's network or the list of people may have changed. */
function concernsInstallation({ type, object, old }: CacheChange<SupportAccessGrant>): boolean {
  if (type !== 'updated') return true;
  return (
    old?.status?.activeReason !== object.status?.activeReason ||
    old?.metadata.generation !== object.metadata.generation
  );
}

function startPolicy(context: ControllerContext): Handle {
  const { client, caches, records, now } = context;
  const lookAgain = (): void => context.enqueue('policy', policyName, 'normal');
  context.reach.onChange(lookAgain);
  context.clockAgreement?.onChange(lookAgain);
  context.notices?.onChange(lookAgain);
  // Nothing waits for these, so they may come later, and then there may be no change to be told of.
  for (const copy of [caches.admission, caches.mutation]) copy.synced.then(lookAgain, () => undefined);
  let tombstone: SupportAccessPolicy | undefined;
  caches.policies.onChange(({ type, object }) => {
    tombstone = type === 'deleted' ? object : undefined;
  });
  return async (_id, signal) => {
    const calls = { client, now, signal };
    const seen = tombstone;
    const lookAgainAt = await reconcilePolicy(await observe(context, calls, seen), calls, records);
    if (tombstone === seen && lookAgainAt === undefined) tombstone = undefined;
    return lookAgainAt;
  };
}

function namespacesThatCall(applications: readonly SupportApplication[]): readonly string[] {
  const calling = applications.filter(({ spec }) => (spec.callers ?? []).length > 0);
  return [...new Set(calling.map(({ metadata }) => metadata.namespace ?? ''))].toSorted();
}

/** What is told while it lasts. */
function faultsOf({ reach, clockAgreement, notices }: ControllerContext) {
  return {
    recordsProblem: reach.problem(),
    recordsVolume: reach.volume?.(),
    clockProblem: clockAgreement?.problem(),
    noticesProblem: notices?.problem(),
  };
}

async function observe(
  context: ControllerContext,
  calls: Calls,
  tombstone: SupportAccessPolicy | undefined,
): Promise<PolicyWorld> {
  const { caches, releaseNamespace, identitiesNamespace, gatewayNetwork, now } = context;
  const policy = present(caches.policies.get(undefined, policyName));
  const open = caches.grants
    .byIndex('open', 'open')
    .filter(({ spec }) => windowState(spec, now()) === 'Open');
  const applications = open.flatMap(
    ({ metadata, spec }) =>
      (spec.applicationRef && caches.applications.get(metadata.namespace, spec.applicationRef.name)) ?? [],
  );
  const enabled = caches.grants.list().filter(({ spec }) => spec.access === 'Enabled');
  const named = new Set(enabled.flatMap(({ spec }) => spec.userRefs.map(({ name }) => name)));
  const spCertificate =
    policy &&
    (await serviceProviderCertificate(calls, {
      namespace: releaseNamespace,
      host: policy.spec.gateway.host,
    }));
  return {
    installation: {
      policy,
      open,
      applications,
      callingNamespaces: namespacesThatCall(caches.applications.list()),
      people: [...named].flatMap((name) => caches.users.get(undefined, name) ?? []),
      releaseNamespace,
      networkOwner: ownedBy(RoleBindings, caches.bindings.get(releaseNamespace, operatorBinding)),
      spCertificate,
      network: gatewayNetwork,
      listening: listeningOf(
        caches.services.list(),
        [caches.apiServerSlices, caches.dnsSlices, caches.openShiftDnsSlices].flatMap((slices) =>
          slices.list(),
        ),
      ),
    },
    object: policy ?? tombstone,
    networkPolicy: caches.networkPolicies.get(releaseNamespace, installed.gatewayNetworkPolicy),
    ssoConfig: caches.ssoConfig.get(releaseNamespace, installed.sso),
    names: caches.names.get(releaseNamespace, installed.names),
    certificates: caches.certificates.get(releaseNamespace, installed.certificates),
    identitiesNamespace,
    admission: registeredIn(caches),
    authority: caches.authority.get(releaseNamespace, installed.authority),
    ...faultsOf(context),
    isLocked: caches.locks.get(undefined, lockOnAll) !== undefined,
    impersonators: impersonators({
      bindings: caches.bindings.list(),
      clusterBindings: caches.clusterBindings.list(),
      clusterRole: (name) => caches.clusterRoles.get(undefined, name),
      identitiesNamespace,
    }),
  };
}

function registeredIn({ admission, mutation }: ControllerContext['caches']): PolicyWorld['admission'] {
  const read = (copy: typeof admission) =>
    copy.isSynced ? copy.get(undefined, installed.webhookConfiguration) : 'unread';
  return { ValidatingWebhookConfiguration: read(admission), MutatingWebhookConfiguration: read(mutation) };
}
