/** Who are we towards identity providers? Builds samlify's view of us; samlify writes what we send and reads nothing. */
import { ServiceProvider, type ServiceProviderInstance } from 'samlify';
import { bindings, type NameIDFormat, nameIDFormats } from '../saml-names.ts';

export interface ServiceProviderKey {
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  readonly certificate: string;
}

export interface ServiceProvider {
  readonly entityID: string;
  readonly acsUrl: string;
  /** Newest first: the first one signs, all are published. */
  readonly keys: readonly ServiceProviderKey[];
}

export const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

/** Us, with requests signed or not as the policy says. */
export function serviceProvider(
  party: ServiceProvider,
  wish: { readonly signsRequests: boolean; readonly nameIDFormat: NameIDFormat },
): ServiceProviderInstance {
  const [newest] = party.keys;
  return ServiceProvider({
    entityID: party.entityID,
    authnRequestsSigned: wish.signsRequests,
    wantAssertionsSigned: true,
    requestSignatureAlgorithm: rsaSha256,
    ...(newest === undefined ? {} : { privateKey: newest.privateKey }),
    signingCert: party.keys.map(({ certificate }) => certificate),
    nameIDFormat: [nameIDFormats[wish.nameIDFormat]],
    assertionConsumerService: [{ isDefault: true, Binding: bindings.post, Location: party.acsUrl }],
  });
}
