/** Looks at the two namespaces of the release, and ties the one of the identities to the other. */
import { KubeError } from '../../kube/errors.ts';
import { Namespaces } from '../../kube/resources.ts';
import type { Controller } from '../watching/controller.ts';
import type { Key } from '../watching/watch.ts';
import { fieldManager } from '../writes/calls.ts';
import { planRelease } from './plan.ts';

const theKey = (): Key[] => [{ id: 'release', lane: 'normal' }];

export const releaseController: Controller = {
  name: 'release',
  watches: [
    { collection: 'identities', keysAfter: theKey },
    { collection: 'release', keysAfter: theKey },
  ],
  firstKeys: theKey,
  start:
    ({ client, caches, identitiesNamespace, releaseNamespace }) =>
    async (_id, signal) => {
      const patch = planRelease({
        identities: caches.identities.get(undefined, identitiesNamespace),
        release: caches.release.get(undefined, releaseNamespace),
      });
      if (patch === undefined) return undefined;
      try {
        const ref = { name: identitiesNamespace };
        await client.mergePatch(Namespaces, ref, { patch, fieldManager, signal });
      } catch (error) {
        // Where setting an owner takes the right to delete (OwnerReferencesPermissionEnforcement) it cannot be done.
        if (!(error instanceof KubeError && error.status === 403)) throw error;
      }
      return undefined;
    },
};
