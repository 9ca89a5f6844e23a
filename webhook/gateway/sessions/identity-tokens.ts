/**
 * The token by which a person acts in the cluster under a grant: of the grant's own account, bound to its Secret, ten minutes at
 * most, in this process's memory alone. Whether the account is there is read for each request, so that no token of an account
 * that has gone is used.
 */
import { LRUCache } from 'lru-cache';
import { accountName, credentialName } from '../../../crds/identities.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { isNotFound } from '../../../kube/errors.ts';
import { Secrets, ServiceAccounts } from '../../../kube/resources.ts';

/** The policy of the chart allows no more. */
const lastsSeconds = 600;
/** A token is used this long at most, so that it is good for the whole of a request that begins with it. */
const usedForMs = 300_000;
const mostTokens = 5000;
const deadlineMs = 5000;

/** Whose token. */
export interface ActsAs {
  readonly grantUid: string;
  readonly userUid: string;
}

/** Undefined where there is no such account: access is not open. Rejects where that could not be read. */
export type IdentityToken = (as: ActsAs) => Promise<string | undefined>;

/** The tokens of one process. */
export function createIdentityTokens({
  client,
  namespace,
  now,
}: {
  readonly client: Pick<KubeClient, 'get' | 'createSubresource'>;
  /** Of the identities. */
  readonly namespace: string;
  /** A clock that only goes on, milliseconds. */
  readonly now: () => number;
}): IdentityToken {
  const known = new LRUCache<string, { readonly token: string; readonly at: number }>({ max: mostTokens });
  return async ({ grantUid, userUid }) => {
    const ref = { namespace, name: accountName(grantUid, userUid) };
    const account = await client.get(ServiceAccounts, ref, { deadlineMs }).catch(absent);
    if (account === undefined || account.metadata.deletionTimestamp !== undefined) return undefined;
    const { uid } = account.metadata;
    const found = known.get(uid);
    if (found !== undefined && now() - found.at < usedForMs) return found.token;
    const at = now();
    const boundObjectRef = {
      apiVersion: 'v1',
      kind: Secrets.kind,
      name: credentialName({ name: ref.name, uid }),
    };
    const { status } = await client.createSubresource<{ readonly status: { readonly token: string } }>(
      ServiceAccounts,
      ref,
      {
        subresource: 'token',
        body: {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: { expirationSeconds: lastsSeconds, boundObjectRef },
        },
        deadlineMs,
      },
    );
    known.set(uid, { token: status.token, at });
    return status.token;
  };
}

function absent(error: unknown): undefined {
  if (isNotFound(error)) return undefined;
  throw error;
}
