/** The service provider as identity providers know it: the policy's host, and the keys that the operator made. Read anew. */
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import { kinds } from '../../../crds/kinds.ts';
import { installed, policyName } from '../../../crds/names.ts';
import { acsUrlOf, entityIdOf } from '../../../crds/rules/request/gateway-urls.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { Secrets } from '../../../kube/resources.ts';
import type { ServiceProvider, ServiceProviderKey } from '../../../saml/request/service-provider.ts';

interface SsoSecret {
  readonly data?: { readonly 'sp.key'?: string; readonly 'sp.crt'?: string };
}

type Reader = Pick<KubeClient, 'get'>;

/** A person waits in front of a browser: how long one read may take, milliseconds. */
const deadlineMs = 2000;

export interface ServiceProviderConfig {
  readonly policy: SupportAccessPolicy;
  readonly sp: ServiceProvider;
}

/** Policy and service provider as they are now. Rejects when either cannot be read. */
export async function readServiceProviderConfig(
  client: Reader,
  namespace: string,
): Promise<ServiceProviderConfig> {
  const [policy, keys] = await Promise.all([
    client.get<SupportAccessPolicy>(kinds.SupportAccessPolicy, { name: policyName }, { deadlineMs }),
    readServiceProviderKeys(client, namespace),
  ]);
  const { gateway } = policy.spec;
  return { policy, sp: { entityID: entityIdOf(gateway), acsUrl: acsUrlOf(gateway), keys } };
}

/** The keys as they are now; none before the operator has made them. Rejects when they cannot be read. */
export async function readServiceProviderKeys(
  client: Reader,
  namespace: string,
): Promise<readonly ServiceProviderKey[]> {
  const { data } = await client.get<SsoSecret>(Secrets, { namespace, name: installed.sso }, { deadlineMs });
  const decoded = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString('utf8');
  const [privateKey, certificate] = [decoded(data?.['sp.key']), decoded(data?.['sp.crt'])];
  return privateKey === '' || certificate === '' ? [] : [{ privateKey, certificate }];
}
