/**
 * Makes the empty Secret that an account's tokens are bound to, and takes it away, which ends them. The operator may create
 * and delete Secrets in the identities namespace and do nothing else with them: every other verb answers with what one holds.
 */

import { credentialName } from '../../crds/identities.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import { isAlreadyExists } from '../../kube/errors.ts';
import type { ObjectMeta } from '../../kube/objects.ts';
import { apiVersionOf, Secrets, ServiceAccounts } from '../../kube/resources.ts';
import { credentialAnnotation } from '../outputs/marks.ts';
import type { Wanted } from '../outputs/output.ts';
import { type Calls, fieldManager } from './calls.ts';
import type { Revocation } from './diff.ts';

export interface CredentialOrder {
  readonly wanted: Wanted;
  readonly accountUid: string;
}

/**
 * The Secret, then the note of it on the account: in this order, so that a crash in between leaves an account without a
 * note, which the next look makes good. A Secret that is there already was made for this very account, by its name.
 */
export async function issueCredential({ wanted, accountUid }: CredentialOrder, calls: Calls): Promise<void> {
  const { client, signal } = calls;
  const { object } = wanted;
  const { name: accountName, namespace } = object.metadata;
  const name = credentialName({ name: accountName, uid: accountUid });
  const kind = { apiVersion: apiVersionOf(ServiceAccounts), kind: ServiceAccounts.kind };
  const ownerReferences = [{ ...kind, name: accountName, uid: accountUid }];
  try {
    const secret = { ...object, metadata: { ...object.metadata, name, ownerReferences } };
    await client.create(Secrets, secret, { fieldManager, signal });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  const patch = { metadata: { uid: accountUid, annotations: { [credentialAnnotation]: name } } };
  await client.mergePatch(ServiceAccounts, { namespace, name: accountName }, { patch, fieldManager, signal });
}

/** Takes the Secret of an account away, and with it every token that was bound to it. */
export async function revokeCredential({ namespace, name }: Revocation, calls: Calls): Promise<void> {
  const { client, signal } = calls;
  await client.delete(Secrets, { namespace, name }, { signal });
}

/**
 * Whether the Secret that is noted on an account is still there: learned from the dry run of making it, which is refused
 * when it is. The answer holds what was sent, never what is stored.
 */
export async function credentialIsThere(
  metadata: ObjectMeta,
  {
    client,
    signal,
  }: { readonly client: Pick<KubeClient, 'create'>; readonly signal?: AbortSignal | undefined },
): Promise<boolean> {
  const { namespace = '', labels } = metadata;
  const secret = { metadata: { name: credentialName(metadata), namespace, labels }, type: 'Opaque' };
  try {
    await client.create(Secrets, secret, { fieldManager, signal, dryRun: true });
    return false;
  } catch (error) {
    if (isAlreadyExists(error)) return true;
    throw error;
  }
}
