/** What the administrator of an identity provider has to enter there, in the words of such products. */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { printable } from '../../crds/rules/problem.ts';
import { acsUrlOf, entityIdOf } from '../../crds/rules/request/gateway-urls.ts';
import { nameIDFormats } from '../../saml/saml-names.ts';

export interface ProviderNeeds {
  readonly 'entity id (audience)': string;
  readonly 'reply URL (assertion consumer service, HTTP-POST)': string;
  readonly 'our metadata': string;
  readonly 'name of the person (NameID)': string;
  readonly attributes: string;
  readonly 'must be signed': string;
  readonly 'our requests': string;
  /** PEM; left out where it is not known. */
  readonly certificate?: string;
}

/** By the settings of a policy alone; nothing is asked of the provider. `certificate` is empty where it is not known. */
export function providerNeeds(
  { spec: { gateway, sso } }: SupportAccessPolicy,
  certificate: string,
): ProviderNeeds {
  const { nameIDFormat = 'Unspecified', attributes = [], signedParts } = sso ?? {};
  return {
    'entity id (audience)': entityIdOf(gateway),
    'reply URL (assertion consumer service, HTTP-POST)': acsUrlOf(gateway),
    'our metadata': entityIdOf(gateway),
    'name of the person (NameID)': `spec.nameID of the SupportUser, letter by letter; ${formatOf(nameIDFormat)}`,
    attributes:
      attributes.map(({ name, attribute }) => `${printable(attribute, 256)} as ${name}`).join(', ') || 'none',
    'must be signed': `${signedParts === 'Both' ? 'the response and the assertion' : 'the assertion, or the response around it'}, by RSA or ECDSA with SHA-256 or more; not encrypted`,
    ...requestsOf(sso?.requestSigning !== 'Disabled', certificate),
  };
}

function requestsOf(
  isSigned: boolean,
  certificate: string,
): Pick<ProviderNeeds, 'our requests' | 'certificate'> {
  if (!isSigned) return { 'our requests': 'by HTTP-Redirect, not signed' };

  const signed = 'by HTTP-Redirect, signed; verify them with the certificate';
  return certificate === ''
    ? { 'our requests': `${signed} that our metadata holds once it is installed` }
    : { 'our requests': `${signed} below`, certificate };
}

function formatOf(format: keyof typeof nameIDFormats): string {
  return format === 'Unspecified' ? 'any format but transient' : `format ${nameIDFormats[format]}`;
}
