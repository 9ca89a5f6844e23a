/** Under which addresses is the gateway known? Built from the policy alone; nothing here is ever dialled. */
import { defaults } from '../../defaults.ts';
import type { SupportAccessPolicy } from '../../generated/support-access-policy.ts';

type Gateway = SupportAccessPolicy['spec']['gateway'];

const httpsPort = 443;

/** A host with the gateway's port, as browsers write it: the port is left out where it is 443. */
export function authorityOf({ host, port = defaults.gatewayPort }: Pick<Gateway, 'host' | 'port'>): string {
  return port === httpsPort ? host : `${host}:${port}`;
}

/** The origin of the support host, or of another host of the gateway. */
export function originOf(gateway: Pick<Gateway, 'host' | 'port'>): string {
  return `https://${authorityOf(gateway)}`;
}

/** The service provider's entity id: one per installation, and also where its metadata lies. */
export function entityIdOf(gateway: Gateway): string {
  return `${originOf(gateway)}/support-access/saml/metadata`;
}

/** Where identity providers send their answers. */
export function acsUrlOf(gateway: Gateway): string {
  return `${originOf(gateway)}/support-access/saml/acs`;
}

/** The one address where a grant's people sign in. */
export function signInUrlOf(
  gateway: Gateway,
  grant: { readonly namespace: string; readonly name: string },
): string {
  return `${originOf(gateway)}/support-access/sign-in/${grant.namespace}/${grant.name}`;
}
