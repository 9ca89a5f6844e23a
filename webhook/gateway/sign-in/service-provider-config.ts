/** Who are we towards identity providers? The policy's host and the keys of the operator's Secret, both read anew. */
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { kinds } from '../../../crds/kinds.ts';
import { installed, policyName } from '../../../crds/names.ts';
import { acsUrlOf, entityIdOf } from '../../../crds/rules/request/gateway-urls.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { isNotFound } from '../../../kube/errors.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import { Secrets } from '../../../kube/resources.ts';
import type { ServiceProvider } from '../../../saml/request/service-provider.ts';

interface SsoSecret {
  readonly data?: { readonly 'sp.key'?: string; readonly 'sp.crt'?: string };
}

type Reader = Pick<KubeClient, 'get'>;

/** Somebody waits in front of a browser: how long one read may take, milliseconds. */
const deadlineMs = 2000;

export interface ServiceProviderConfig {
  readonly policy: SupportAccessPolicy;
  readonly us: ServiceProvider;
}

/** Policy and party as they are now. Rejects when either cannot be read: then nobody signs in. */
export async function readServiceProviderConfig(
  client: Reader,
  namespace: string,
): Promise<ServiceProviderConfig> {
  const [policy, secret] = await Promise.all([
    client.get<SupportAccessPolicy>(kinds.SupportAccessPolicy, { name: policyName }, { deadlineMs }),
    client.get<SsoSecret>(Secrets, { namespace, name: installed.sso }, { deadlineMs }),
  ]);
  const { gateway } = policy.spec;
  return {
    policy,
    us: { entityID: entityIdOf(gateway), acsUrl: acsUrlOf(gateway), keys: keysOf(secret) },
  };
}

function keysOf({ data }: SsoSecret): ServiceProvider['keys'] {
  const decoded = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString('utf8');
  const [privateKey, certificate] = [decoded(data?.['sp.key']), decoded(data?.['sp.crt'])];
  return privateKey === '' || certificate === '' ? [] : [{ privateKey, certificate }];
}

/** The support users whom a grant names and who exist. */
export async function readUsersOf(client: Reader, ref: NamespacedName): Promise<SupportUser[]> {
  const grant = await existing<SupportAccessGrant>(client.get(kinds.SupportAccessGrant, ref, { deadlineMs }));
  const named = (grant?.spec.userRefs ?? []).map(({ name }) =>
    existing<SupportUser>(client.get(kinds.SupportUser, { name }, { deadlineMs })),
  );
  return (await Promise.all(named)).filter((user) => user !== undefined);
}

async function existing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
