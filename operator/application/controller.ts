/** Looks at one SupportApplication: records what became of it and reports. It makes nothing. */
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import { kinds } from '../../crds/kinds.ts';
import { installed, policyName } from '../../crds/names.ts';
import { serviceOfSlice } from '../../crds/rules/request/service.ts';
import { tellsNews } from '../../crds/rules/request/tls-secrets.ts';
import { ConfigMaps } from '../../kube/resources.ts';
import { requesterStatus } from '../reporting/requester.ts';
import type { Controller, ControllerContext, Handle } from '../watching/controller.ts';
import type { ConfigMap } from '../watching/kubernetes-objects.ts';
import { Tombstones } from '../watching/tombstones.ts';
import { byUid, keysOf } from '../watching/watch.ts';
import { type Calls, fieldManager, reportStatus } from '../writes/calls.ts';
import { planApplication } from './plan.ts';

export const applicationController: Controller = {
  name: 'application',
  watches: [
    {
      collection: 'applications',
      hasEvents: true,
      indexes: {
        uid: byUid,
        host: ({ spec }) => [spec.host],
        service: ({ metadata, spec }) => [`${metadata.namespace}/${spec.serviceRef.name}`],
      },
      // A host that becomes free, or taken, concerns the others that name it.
      keysAfter({ object, old }, { caches }) {
        const hosts = new Set([object.spec.host, old?.spec.host ?? object.spec.host]);
        const sharing = [...hosts].flatMap((host) => caches.applications.byIndex('host', host));
        return keysOf([object, ...sharing]);
      },
    },
    {
      collection: 'services',
      keysAfter({ object }, { caches }) {
        const { namespace, name } = object.metadata;
        return keysOf(caches.applications.byIndex('service', `${namespace}/${name}`));
      },
    },
    {
      collection: 'handMadeSlices',
      indexes: { service: (slice) => [serviceOfSlice(slice)] },
      keysAfter({ object, old = object }, { caches }) {
        const services = new Set([serviceOfSlice(object), serviceOfSlice(old)]);
        return [...services].flatMap((service) => keysOf(caches.applications.byIndex('service', service)));
      },
    },
    {
      collection: 'hosts',
      keysAfter({ object, old }, { caches }) {
        const claimed = Object.keys({ ...old?.data, ...object.data });
        return keysOf(claimed.flatMap((host) => caches.applications.byIndex('host', host)));
      },
    },
    {
      collection: 'certificates',
      keysAfter: ({ type, object, old }, { caches }) =>
        type !== 'updated' || tellsNews(old?.data, object.data) ? keysOf(caches.applications.list()) : [],
    },
    { collection: 'policies', keysAfter: (_change, { caches }) => keysOf(caches.applications.list()) },
  ],
  firstKeys: ({ applications }) => keysOf(applications.list()),
  start: startApplications,
};

function startApplications({ client, caches, records, now, releaseNamespace }: ControllerContext): Handle {
  const tombstones = new Tombstones<SupportApplication>(caches.applications);
  return async (uid, signal) => {
    const found = tombstones.find(uid);
    if (found === undefined) return 'gone';
    const { metadata, spec } = found.object;
    const world = {
      ...found,
      policy: caches.policies.get(undefined, policyName),
      sameHost: caches.applications.byIndex('host', spec.host),
      hosts: caches.hosts.get(releaseNamespace, installed.hosts),
      certificates: caches.certificates.get(releaseNamespace, installed.certificates),
      service: caches.services.get(metadata.namespace, spec.serviceRef.name),
      handMadeSlices: caches.handMadeSlices
        .byIndex('service', `${metadata.namespace}/${spec.serviceRef.name}`)
        .map((slice) => slice.metadata.name)
        .toSorted(),
    };
    const plan = planApplication(world, now());
    await records.write(plan.record, signal);
    if (found.gone) {
      tombstones.forget(uid);
      return 'gone';
    }
    const calls = { client, now, signal };
    if (plan.claim !== undefined && world.hosts !== undefined)
      await claimHost(plan.claim, { hosts: world.hosts, namespace: metadata.namespace ?? '' }, calls);

    const next = { ...plan.status, ...requesterStatus(found.object, records.requesterOf) };
    await reportStatus(calls, kinds.SupportApplication, { seen: found.object, next });
    return plan.lookAgainAt;
  };
}

/** From now on the host is this namespace's. Throws when another claim came first: then all is looked at again. */
async function claimHost(
  host: string,
  { hosts, namespace }: { readonly hosts: ConfigMap; readonly namespace: string },
  { client, signal }: Calls,
): Promise<void> {
  const { resourceVersion, ...ref } = hosts.metadata;
  const patch = { metadata: { resourceVersion }, data: { [host]: namespace } };
  await client.mergePatch(ConfigMaps, ref, { patch, fieldManager, signal });
}
