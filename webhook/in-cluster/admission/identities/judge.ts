/**
 * May a support identity write this? Turns the review into an ask, and lets the rules decide: they are the same that let the person
 * sign in, so that what was taken back a moment ago is refused also while rights and token are still there.
 */
import { ownerMark } from '../../../../crds/identities.ts';
import { decide } from '../../../../crds/rules/access.ts';
import type { Decision, World } from '../../../../crds/rules/ask.ts';
import type { KubernetesWrite, OwnerMark } from '../../../../crds/rules/matrix/kubernetes-writes.ts';
import type { AdmissionRequest, ReviewedObject } from '../review.ts';
import { accountOf } from './identity.ts';
import { type Identity, type IdentityReads, readIdentity, readWorld } from './world.ts';

export interface IdentityDeps extends IdentityReads {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The decision, and by what it was made. */
export interface JudgedIdentity {
  readonly decision: Decision;
  readonly identity?: Identity | undefined;
  readonly world?: World | undefined;
}

/** Rejects when what is needed cannot be read. */
export async function judgeIdentity(request: AdmissionRequest, deps: IdentityDeps): Promise<JudgedIdentity> {
  const identity = await identityOf(request, deps);
  if (identity === undefined) return { decision: noOne };
  const world = await readWorld(identity, deps);
  const ask = { ...world, entryPoint: 'kubernetes', now: deps.now(), write: writeOf(request) } as const;
  return { decision: decide(ask), identity, world };
}

/** Whom the account that asks stands for. Rejects when that cannot be read. */
export async function identityOf(
  request: AdmissionRequest,
  deps: IdentityReads,
): Promise<Identity | undefined> {
  const account = accountOf(request, deps.identitiesNamespace);
  return account === undefined ? undefined : readIdentity(account, deps);
}

const noOne: Decision = {
  allow: false,
  reason: 'NotOpened',
  check: 'accountIsKnown',
  detail: 'The account stands for no person of an open grant.',
};

/** As RBAC judged it: by the resource that was named in the request. */
export function writeOf(request: AdmissionRequest): KubernetesWrite {
  const { operation, namespace, name, object, oldObject } = request;
  return {
    operation,
    ...namedIn(request),
    namespace: namespace || undefined,
    name: name || undefined,
    owner: { after: operation === 'CONNECT' ? undefined : markOf(object), before: markOf(oldObject) },
  };
}

function namedIn(request: AdmissionRequest): Pick<KubernetesWrite, 'group' | 'resource'> {
  const { group, resource } = request.requestResource ?? request.resource ?? { group: '', resource: '' };
  const sub = request.requestSubResource || request.subResource;
  return { group, resource: sub ? `${resource}/${sub}` : resource };
}

function markOf(object: ReviewedObject | null | undefined): OwnerMark | undefined {
  if (!object) return undefined;
  const { labels, annotations } = object.metadata;
  return { uid: labels?.[ownerMark], name: annotations?.[ownerMark] };
}
