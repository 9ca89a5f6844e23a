/** Builds the address at which the identity provider signs a person in for us. Sends nothing itself. */
import { IdentityProvider, SamlLib } from 'samlify';
import { bindings, nameIDFormats, namespaces } from '../saml-names.ts';
import { type ServiceProvider, type ServiceProviderWish, serviceProvider } from './service-provider.ts';

/** The identity provider and what is asked of it, as the policy says. */
export interface RequestedProvider extends ServiceProviderWish {
  readonly entityID: string;
  readonly signInURL: string;
  readonly forceAuthn: boolean;
  readonly authnContexts: readonly string[];
}

export interface RequestToSend {
  readonly id: string;
  /** Opaque to the provider, and never an address (open redirects, T-P8). */
  readonly relayState: string;
  readonly now: number;
}

/** The redirect to the provider's sign-in URL with the AuthnRequest (SAML core 3.4.1, HTTP-Redirect binding). */
export function signInRedirect(
  sp: ServiceProvider,
  trust: RequestedProvider,
  request: RequestToSend,
): string {
  const provider = IdentityProvider({ metadata: providerDocument(trust) });
  const { context } = serviceProvider(sp, trust).createLoginRequest(provider, 'redirect', {
    relayState: request.relayState,
    customTagReplacement: (template) => ({
      id: request.id,
      context: SamlLib.replaceTagsByValue(shaped(template, trust), {
        ID: request.id,
        Destination: trust.signInURL,
        Issuer: sp.entityID,
        IssueInstant: new Date(request.now).toISOString(),
        ProtocolBinding: bindings.post,
        AssertionConsumerServiceURL: sp.acsUrl,
        AssertionConsumerServiceIndex: undefined,
        ForceAuthn: trust.forceAuthn ? 'true' : undefined,
        NameIDFormat: nameIDFormats[trust.nameIDFormat],
        AllowCreate: 'true',
      }),
    }),
  });
  return context;
}

/**
 * NameIDPolicy is left out where no format is wanted: asking for `unspecified` turns Keycloak's e-mail address into the
 * user name. RequestedAuthnContext asks for what will be checked in the response anyway.
 */
function shaped(template: string, { nameIDFormat, authnContexts }: RequestedProvider): string {
  const policy = /<samlp:NameIDPolicy[^>]*\/>/;
  const asked = nameIDFormat === 'Unspecified' ? template.replace(policy, '') : template;
  if (authnContexts.length === 0) return asked;

  const references = authnContexts.map(
    (reference) => `<saml:AuthnContextClassRef>${escaped(reference)}</saml:AuthnContextClassRef>`,
  );
  const context = `<samlp:RequestedAuthnContext Comparison="exact">${references.join('')}</samlp:RequestedAuthnContext>`;
  return asked.replace('</samlp:AuthnRequest>', () => `${context}</samlp:AuthnRequest>`);
}

/** As a document, because samlify takes one quietly; the certificates are ours to check with and not its business. */
function providerDocument({ entityID, signInURL, signsRequests }: RequestedProvider): string {
  return (
    `<EntityDescriptor xmlns="${namespaces.md}" entityID="${escaped(entityID)}">` +
    `<IDPSSODescriptor WantAuthnRequestsSigned="${signsRequests}" protocolSupportEnumeration="${namespaces.samlp}">` +
    `<SingleSignOnService Binding="${bindings.redirect}" Location="${escaped(signInURL)}"/>` +
    '</IDPSSODescriptor></EntityDescriptor>'
  );
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
