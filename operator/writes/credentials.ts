/**
 * Gives an account its token and takes it away. The operator may write Secrets in the identities namespace
 * but never read one: it learns a Secret's metadata, and only that, from a patch that changes nothing.
 */
import { sentenceFor } from '../../crds/rules/reasons.ts';
import { formatTime, parseTime } from '../../crds/rules/time/time.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import { isAlreadyExists, isConflict, KubeError } from '../../kube/errors.ts';
import type { ObjectMeta } from '../../kube/objects.ts';
import { apiVersionOf, resourcePath, Secrets, ServiceAccounts } from '../../kube/resources.ts';
import { renewalTime } from '../outputs/credential.ts';
import {
  credentialExpirationAnnotation,
  credentialRenewalAnnotation,
  credentialUidAnnotation,
  isManaged,
  isOwnedBy,
} from '../outputs/marks.ts';
import type { Wanted } from '../outputs/output.ts';
import type { ConditionReason } from '../reporting/conditions.ts';
import { type Calls, fieldManager } from './calls.ts';
import type { Revocation } from './diff.ts';

export interface CredentialOrder {
  readonly wanted: Wanted;
  readonly lifetimeSeconds: number;
  readonly accountUid: string;
}

interface TokenRequest {
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

/**
 * Secret, token bound to it, token into the Secret, dates onto the account: in this order, so that a crash anywhere
 * leaves an account without dates, which gets a new token with the next look. Resolves to why it cannot be.
 */
export async function issueCredential(
  order: CredentialOrder,
  calls: Calls,
): Promise<ConditionReason | undefined> {
  const { client, now, signal } = calls;
  const { name, namespace } = order.wanted.object.metadata;
  const ref = { namespace, name };
  const secretUid = await secretFor(order, calls);
  if (secretUid === undefined)
    return { reason: 'NameTaken', message: `${sentenceFor('NameTaken')} Secret ${namespace}/${name}` };

  const boundObjectRef = { apiVersion: 'v1', kind: 'Secret', name, uid: secretUid };
  const { status } = await client.createSubresource<TokenRequest>(ServiceAccounts, ref, {
    subresource: 'token',
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: order.lifetimeSeconds, boundObjectRef },
    },
    signal,
  });
  const expires = parseTime(status.expirationTimestamp) ?? now();
  const stringData = { token: status.token, expirationTime: formatTime(expires) };
  await client.mergePatch(Secrets, ref, {
    patch: { metadata: { uid: secretUid }, stringData },
    fieldManager,
    signal,
  });
  const annotations = {
    [credentialUidAnnotation]: secretUid,
    [credentialRenewalAnnotation]: formatTime(renewalTime(now(), expires)),
    [credentialExpirationAnnotation]: formatTime(expires),
  };
  const patch = { metadata: { uid: order.accountUid, annotations } };
  await client.mergePatch(ServiceAccounts, ref, { patch, fieldManager, signal });
  return undefined;
}

/** UID of the account's Secret, made when there is none; undefined when something foreign has its name. */
async function secretFor(order: CredentialOrder, calls: Calls): Promise<string | undefined> {
  const { client, signal } = calls;
  const { object } = order.wanted;
  const account = { apiVersion: apiVersionOf(ServiceAccounts), kind: ServiceAccounts.kind };
  const owner = { ...account, name: object.metadata.name, uid: order.accountUid };
  const secret = { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } };
  try {
    const made = await client.create(Secrets, secret, { fieldManager, signal });
    return made.metadata.uid;
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  const seen = await lookAtSecret(object.metadata, calls);
  if (seen === undefined) return secretFor(order, calls);
  if (!isManaged(seen)) return undefined;
  if (isOwnedBy(seen, order.accountUid)) return seen.uid;
  // Left by an account of the same name that is gone: the garbage collector would take it, and a new token with it.
  await client.delete(Secrets, object.metadata, { uid: seen.uid, signal });
  return secretFor(order, calls);
}

/** Takes the Secret of an account away, and with it the token. Whatever else has the name stays. */
export async function revokeCredential(revocation: Revocation, calls: Calls): Promise<void> {
  const { client, signal } = calls;
  const ref = { namespace: revocation.namespace, name: revocation.name };
  if (revocation.uid !== undefined) {
    try {
      await client.delete(Secrets, ref, { uid: revocation.uid, signal });
      return;
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
  // No UID was noted, or another Secret has the name: a crash between making and noting it.
  const seen = await lookAtSecret(ref, calls);
  if (seen === undefined || !isManaged(seen) || !isOwnedBy(seen, revocation.ownerUid)) return;
  await client.delete(Secrets, ref, { uid: seen.uid, signal });
}

/** Whether the Secret of an account is still there; metadata only, by a patch that changes and stores nothing. */
export async function lookAtSecret(
  ref: { readonly namespace: string; readonly name: string },
  { client, signal }: { readonly client: Pick<KubeClient, 'raw'>; readonly signal?: AbortSignal | undefined },
): Promise<ObjectMeta | undefined> {
  const path = `${resourcePath(Secrets, ref)}?dryRun=All&fieldManager=${fieldManager}`;
  const answer = await client.raw('PATCH', path, {
    headers: {
      'content-type': 'application/merge-patch+json',
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    },
    body: '{}',
    signal,
  });
  if (answer.status === 404) return undefined;
  if (answer.status !== 200)
    throw new KubeError({ method: 'PATCH', path, status: answer.status, body: answer.body });

  return (JSON.parse(answer.body) as { metadata: ObjectMeta }).metadata;
}
