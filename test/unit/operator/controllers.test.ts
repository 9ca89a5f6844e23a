/** THE list of controllers and what is composed from it: each entry, and what may not be declared. */
import { describe, expect, it } from 'vitest';
import { cachesWithEvents, controllers, createControllerCaches } from '../../../operator/controllers.ts';
import { indexersOf } from '../../../operator/watching/caches.ts';
import { collections } from '../../../operator/watching/collections.ts';
import type { Watch } from '../../../operator/watching/watch.ts';
import { FollowedServer } from '../../kit/objects/followed-server.ts';
import { identitiesNamespace } from '../../kit/objects/grant-world.ts';

const namespaces = { releaseNamespace: 'support-access', identitiesNamespace };

describe('the list of controllers', () => {
  it('is this, in the order in which they are asked at the start', () => {
    const names = [
      'release',
      'policy',
      'lock',
      'user',
      'matrix',
      'case',
      'application',
      'grant',
      'session',
      'orphans',
    ];
    expect(controllers.map(({ name }) => name)).toEqual(names);
  });

  it('has Kubernetes Events about the conditions of exactly these kinds', () => {
    const { client } = new FollowedServer({});
    const caches = createControllerCaches({ ...namespaces, client, onProblem: () => undefined });
    const kinds = cachesWithEvents(caches).map(({ resource }) => resource.kind);
    expect(kinds.toSorted()).toEqual([
      'SupportAccessGrant',
      'SupportAccessPolicy',
      'SupportApplication',
      'SupportPermissionMatrix',
    ]);
  });

  it('follows exactly these collections', () => {
    expect(Object.entries(collections).map(([name, { resource }]) => `${name}: ${resource.plural}`)).toEqual([
      'policies: supportaccesspolicies',
      'grants: supportaccessgrants',
      'users: supportusers',
      'matrices: supportpermissionmatrices',
      'cases: supportcases',
      'applications: supportapplications',
      'locks: supportaccesslocks',
      'sessions: supportsessions',
      'identities: namespaces',
      'release: namespaces',
      'consentGuard: validatingadmissionpolicybindings',
      'admission: validatingwebhookconfigurations',
      'mutation: mutatingwebhookconfigurations',
      'accounts: serviceaccounts',
      'bindings: rolebindings',
      'caseRoles: roles',
      'caseContacts: configmaps',
      'clusterBindings: clusterrolebindings',
      'clusterRoles: clusterroles',
      'services: services',
      'handMadeSlices: endpointslices',
      'apiServerSlices: endpointslices',
      'dnsSlices: endpointslices',
      'openShiftDnsSlices: endpointslices',
      'networkPolicies: networkpolicies',
      'ssoConfig: configmaps',
      'hosts: configmaps',
      'names: configmaps',
      'certificates: configmaps',
      'authority: configmaps',
    ]);
    const urgent = Object.entries(collections).flatMap(([name, one]) => (one.urgent === true ? [name] : []));
    expect(urgent).toEqual(['policies', 'grants', 'users', 'locks', 'sessions', 'identities']);
  });

  it.each(controllers.map(({ name, watches }) => [name, watches] as const))(
    'gives %s the indexes that it declares, whatever the others declare',
    (_name, watches) => {
      const everyWatch = controllers.flatMap((controller) => controller.watches);
      for (const { collection, indexes = {} } of watches) {
        const made = Object.keys(indexersOf(collection, namespaces, everyWatch));
        expect(made).toEqual(expect.arrayContaining(Object.keys(indexes)));
      }
    },
  );

  it('may not declare two different indexes under one name', () => {
    const one: Watch = { collection: 'users', indexes: { name: ({ metadata }) => [metadata.name] } };
    const other: Watch = { collection: 'users', indexes: { name: ({ spec }) => [spec.displayName ?? ''] } };
    expect(() => indexersOf('users', namespaces, [one, one])).not.toThrow();
    expect(() => indexersOf('users', namespaces, [one, other])).toThrow('two different indexes of users');
  });
});
