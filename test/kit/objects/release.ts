/** The parts of a release that stand for the installation: its namespace of the identities, and the operator's RoleBinding in it. */
import { installed } from '../../../crds/names.ts';
import type { InstallationId } from '../../../crds/rules/installation.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import type { RoleBinding } from '../../../operator/rbac/rbac-objects.ts';
import type { WatchedParts } from '../../../webhook/gateway/decisions/world-reader.ts';
import { metadataOf } from './object.ts';

export const identitiesNamespace = 'support-access-identities';

/** Older than every built object. */
const creationTimestamp = '2026-11-01T08:00:00Z';

/** The namespace of the identities, or that of another installation. */
export function anIdentitiesNamespace(change: Partial<KubeObject['metadata']> = {}): KubeObject {
  const metadata = { ...metadataOf('Namespace', identitiesNamespace), creationTimestamp, ...change };
  return { apiVersion: 'v1', kind: 'Namespace', metadata };
}

/** The namespace of the release. */
export function aReleaseNamespace(change: Partial<KubeObject['metadata']> = {}): KubeObject {
  const metadata = { ...metadataOf('Namespace', 'support-access'), creationTimestamp, ...change };
  return { apiVersion: 'v1', kind: 'Namespace', metadata };
}

/** The RoleBinding by which the operator may make accounts. */
export function aMakersBinding(): RoleBinding {
  const apiGroup = 'rbac.authorization.k8s.io';
  const name = 'support-access-operator';
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata: { ...metadataOf('RoleBinding', name, identitiesNamespace), creationTimestamp },
    roleRef: { apiGroup, kind: 'Role', name },
  };
}

/** What puts the policy in force that asks who may consent. */
export function aConsentGuard(change: Partial<KubeObject['metadata']> = {}): KubeObject {
  const kind = 'ValidatingAdmissionPolicyBinding';
  const metadata = { ...metadataOf(kind, installed.consentGuard), creationTimestamp, ...change };
  return { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata };
}

export const thisInstallation: InstallationId = {
  uid: anIdentitiesNamespace().metadata.uid,
  creationTimestamp,
};

/** What the gateway's watches hold of an installation that is there, and of no EndpointSlice made by hand. */
export function watched(change: Partial<WatchedParts> = {}): WatchedParts {
  return {
    handMadeSlices: () => [],
    claimedSlices: () => [],
    installation: () => thisInstallation,
    ...change,
  };
}
