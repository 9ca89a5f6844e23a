/** Under which addresses are the gateway's doors known? Built from the policy alone; nothing here is ever dialled. */
import type { SupportAccessPolicy } from '../../generated/support-access-policy.ts';

type Gateway = SupportAccessPolicy['spec']['gateway'];

const httpsPort = 443;

/** The support host's origin, as browsers write it: the port is left out where it is 443. */
export function originOf({ host, port = httpsPort }: Gateway): string {
  return port === httpsPort ? `https://${host}` : `https://${host}:${port}`;
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
