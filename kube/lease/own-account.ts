/**
 * Whose ServiceAccount does this client sign in as? What a process makes for itself is owned by its account, so that the
 * garbage collector takes it when the release, and the account with it, is gone.
 */
import type { KubeClient } from '../api/client.ts';
import type { OwnerReference } from '../objects.ts';
import { apiVersionOf, SelfSubjectReviews, ServiceAccounts } from '../resources.ts';

interface Review {
  readonly status?: { readonly userInfo?: { readonly username?: string; readonly uid?: string } };
}

/** Asks until it was told once. Undefined where the client is no ServiceAccount of this namespace, in which no owner may be. */
export function ownAccount(
  client: Pick<KubeClient, 'create'>,
  namespace: string,
): () => Promise<OwnerReference | undefined> {
  let known: Promise<OwnerReference | undefined> | undefined;
  return async () => {
    known ??= readAccount(client, namespace);
    try {
      return await known;
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
}

async function readAccount(
  client: Pick<KubeClient, 'create'>,
  namespace: string,
): Promise<OwnerReference | undefined> {
  const { status } = await client.create<Review>(SelfSubjectReviews, {});
  const { username = '', uid = '' } = status?.userInfo ?? {};
  const prefix = `system:serviceaccount:${namespace}:`;
  if (!username.startsWith(prefix) || uid === '') return undefined;
  const { kind } = ServiceAccounts;
  return { apiVersion: apiVersionOf(ServiceAccounts), kind, name: username.slice(prefix.length), uid };
}
