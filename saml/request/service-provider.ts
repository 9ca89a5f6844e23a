/** The service provider as identity providers see it. samlify writes what we send and publish, and reads nothing. */
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

/** What the policy says about our side. */
export interface ServiceProviderWish {
  readonly signsRequests: boolean;
  readonly nameIDFormat: NameIDFormat;
}

export const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

/** The service provider in the form that samlify works with. */
export function serviceProvider(sp: ServiceProvider, wish: ServiceProviderWish): ServiceProviderInstance {
  const [newest] = sp.keys;
  return ServiceProvider({
    entityID: sp.entityID,
    authnRequestsSigned: wish.signsRequests,
    wantAssertionsSigned: true,
    requestSignatureAlgorithm: rsaSha256,
    ...(newest === undefined ? {} : { privateKey: newest.privateKey }),
    signingCert: sp.keys.map(({ certificate }) => certificate),
    nameIDFormat: [nameIDFormats[wish.nameIDFormat]],
    assertionConsumerService: [{ isDefault: true, Binding: bindings.post, Location: sp.acsUrl }],
  });
}

/** Our SAML metadata, for administrators of identity providers: one entity, one assertion consumer URL, every certificate. */
export function spMetadata(sp: ServiceProvider, wish: ServiceProviderWish): string {
  return serviceProvider(sp, wish).getMetadata();
}
