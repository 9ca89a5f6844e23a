/**
 * With what goes what the operator makes? Each object has one owner, since the garbage collector takes an object only when
 * all of its owners are gone. The owner is a part of the release, never the grant or the person: those outlive the product.
 *
 * - Accounts go with the RoleBinding by which the operator may make them, so as soon as the uninstalling begins. Their Secrets
 *   go with them.
 * - RoleBindings of the customer's namespaces go with the namespace of the identities: as long as one is there, no other may
 *   make that namespace again, and in it an account of the name that is bound.
 * - The gateway's NetworkPolicy goes with the RoleBinding by which the operator may make it.
 */
import { programs } from '../../crds/names.ts';
import { present } from '../../crds/object-meta.ts';
import { type InstallationId, installationOf } from '../../crds/rules/installation.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import type { KubeObject, OwnerReference } from '../../kube/objects.ts';
import { apiVersionOf, Namespaces, type Resource, RoleBindings } from '../../kube/resources.ts';

/** Of the RoleBindings that the chart makes for the operator, the name, in both of our namespaces. */
export const operatorBinding = programs.operator;

/** The parts of the release as the copies have them. */
export interface ReleaseParts {
  /** The namespace of the identities. */
  readonly identities: KubeObject | undefined;
  /** The operator's RoleBinding in it. */
  readonly makersBinding: KubeObject | undefined;
  /** The namespace of the release, which begins to go seconds before the operator's own rights do. */
  readonly release: KubeObject | undefined;
  /** What puts the policy in force that asks who may consent. Helm makes it last. */
  readonly consentGuard: KubeObject | undefined;
}

export interface Owners {
  readonly ofAccounts: OwnerReference;
  readonly ofBindings: OwnerReference;
}

/** The owners of what is made for grants; undefined where a part of the release is missing: then nothing may be made. */
export function ownersIn({ identities, makersBinding, release }: ReleaseParts): Owners | undefined {
  if (present(release) === undefined) return undefined;
  const ofBindings = ownedBy(Namespaces, identities);
  const ofAccounts = ownedBy(RoleBindings, makersBinding);
  return ofBindings && ofAccounts && { ofAccounts, ofBindings };
}

/**
 * The installation, while it is whole. It began when the API server was told to ask who may consent, which comes seconds
 * after the namespace is made: a grant from in between, of which anyone could write a new one each second and wait for
 * the installation, was consented to by no holder of `open` either.
 */
export function installationIn(parts: ReleaseParts): InstallationId | undefined {
  const guard = present(parts.consentGuard);
  if (guard === undefined || ownersIn(parts) === undefined) return undefined;
  const installation = installationOf(parts.identities);
  const { creationTimestamp = '' } = guard.metadata;
  return installation && { ...installation, creationTimestamp: later(installation, creationTimestamp) };
}

/** A time that cannot be read is the later one: nothing counts as younger then. */
function later({ creationTimestamp }: InstallationId, guarded: string): string {
  const [made, guardedAt] = [parseTime(creationTimestamp), parseTime(guarded)];
  if (made === undefined || guardedAt === undefined) return '';
  return guardedAt > made ? guarded : creationTimestamp;
}

/** The reference to an owner that is there and stays. */
export function ownedBy(resource: Resource, owner: KubeObject | undefined): OwnerReference | undefined {
  const metadata = present(owner)?.metadata;
  if (metadata === undefined) return undefined;
  const { name, uid } = metadata;
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, name, uid };
}
