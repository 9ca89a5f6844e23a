/** The world of one grant as the operator sees it: everything is there and open, at noon of the first of December. */
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportPermissionMatrix } from '../../../crds/generated/support-permission-matrix.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { matrixHash } from '../../../crds/rules/matrix/matrix.ts';
import type { GrantWorld } from '../../../operator/grant/world.ts';
import type { WantedObject } from '../../../operator/outputs/output.ts';
import type { RoleBinding } from '../../../operator/rbac/rbac-objects.ts';
import type { ServiceAccount } from '../../../operator/watching/kubernetes-objects.ts';
import { anApplication } from './application.ts';
import { aGrant } from './grant.ts';
import { aMatrix, withKubernetesRules } from './matrix.ts';
import { type Modifier, modified } from './object.ts';
import { aPolicy } from './policy.ts';
import {
  aConsentGuard,
  aMakersBinding,
  anIdentitiesNamespace,
  aReleaseNamespace,
  identitiesNamespace,
} from './release.ts';
import { aService } from './service.ts';
import { aUser } from './user.ts';

export const noon = Date.parse('2026-12-01T12:00:00Z');
export { identitiesNamespace };

export function aWorld(...modifiers: readonly Modifier<GrantWorld>[]): GrantWorld {
  const world: GrantWorld = {
    grant: aGrant(),
    gone: false,
    policy: aPolicy(),
    users: [aUser()],
    matrix: inForce(aMatrix()),
    application: anApplication(),
    service: aService(),
    handMadeSlices: [],
    sameHost: [anApplication()],
    holder: undefined,
    locks: new Set(),
    clusterRole: 'NotNeeded',
    excessRights: [],
    accounts: [],
    bindings: [],
    identities: anIdentitiesNamespace(),
    release: aReleaseNamespace(),
    makersBinding: aMakersBinding(),
    consentGuard: aConsentGuard(),
    identitiesNamespace,
  };
  return modified(world, modifiers);
}

const inForce = (object: SupportPermissionMatrix) => ({ object, hash: matrixHash(object.spec) });

export const readingPods = withKubernetesRules({
  apiGroups: [''],
  resources: ['pods'],
  verbs: ['get', 'list'],
});

/** A matrix with Kubernetes rights, and its ClusterRole in place. */
export const withRights = (): Modifier<GrantWorld> => (world) => ({
  ...world,
  matrix: inForce(aMatrix(readingPods)),
  clusterRole: 'Exact',
});

export const of =
  (change: Partial<GrantWorld>): Modifier<GrantWorld> =>
  (world) => ({ ...world, ...change });

export const withGrant =
  (...modifiers: readonly Modifier<SupportAccessGrant>[]): Modifier<GrantWorld> =>
  (world) => ({ ...world, grant: modified(world.grant, modifiers) });

export const withUsers = (...users: SupportUser[]): Modifier<GrantWorld> => of({ users });
export const withMatrix = (object: SupportPermissionMatrix): Modifier<GrantWorld> =>
  of({ matrix: inForce(object) });
export const locked = (...names: string[]): Modifier<GrantWorld> => of({ locks: new Set(names) });

let versions = 100;

/** Puts objects as they were wanted into the world, as the API server would have stored them. */
export const holding =
  (...objects: readonly WantedObject[]): Modifier<GrantWorld> =>
  (world) => {
    const stored = objects.map((object) => ({
      ...object,
      metadata: {
        ...object.metadata,
        uid: `uid-of-${object.metadata.name}`,
        resourceVersion: String(versions++),
      },
    }));
    const ofKind = (kind: string) => stored.filter((object) => object.kind === kind) as unknown[];
    return {
      ...world,
      accounts: [...world.accounts, ...(ofKind('ServiceAccount') as ServiceAccount[])],
      bindings: [...world.bindings, ...(ofKind('RoleBinding') as RoleBinding[])],
    };
  };
