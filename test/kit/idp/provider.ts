/**
 * The SAML of the test identity provider: reads AuthnRequests and writes signed answers, with samlify in the part of
 * the provider. It plays honest unless it is told to misbehave.
 */
import { inflateRawSync } from 'node:zlib';
import { Constants, IdentityProvider, SamlLib, ServiceProvider, setSchemaValidator } from 'samlify';
import { scanXml } from '../../../saml/xml/scanner.ts';
import type { KeyPair } from './signing-key.ts';

export interface ServiceProviderSettings {
  readonly entityID: string;
  readonly acsURL: string;
  /** With it, requests must be signed and are checked. */
  readonly certificate?: string;
}

export interface Person {
  readonly user: string;
  readonly password: string;
  readonly nameID: string;
  /** The format's full name; e-mail address unless said. */
  readonly nameIDFormat?: string;
  /** SAML attribute name to its values. */
  readonly attributes?: Readonly<Record<string, string | readonly string[]>>;
}

/** How the provider departs from being honest; one thing at a time is enough for a test. */
export interface Misbehaviour {
  /** Signs with a key that is not in the metadata. */
  readonly key?: KeyPair;
  readonly before?: (xml: string) => string;
  readonly after?: (xml: string) => string;
  /** What the provider believes to be the time, epoch milliseconds. */
  readonly now?: () => number;
}

export interface ReceivedRequest {
  readonly id: string;
  readonly relayState: string;
  /** The document as it arrived. */
  readonly xml: string;
}

export interface ProviderSettings {
  readonly entityID: string;
  readonly signInURL: string;
  readonly key: KeyPair;
  readonly signs: 'assertion' | 'both';
}

const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const emailFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const basicNames = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic';
const largestRequest = 64 * 1024;
const fiveMinutes = 5 * 60 * 1000;

// samlify refuses to read anything before a validator is set, and keeps it in a module global. Schemas are not what
// protects here; the product's own strict scanner is the check, and the product itself reads nothing with samlify.
setSchemaValidator({
  validate: async (xml: string) => {
    const scanned = scanXml(xml);
    if (!scanned.ok) throw new Error(scanned.reason);

    return 'scanned';
  },
});

/** The provider's metadata. A document, because samlify warns on the console about a provider without logout. */
export function providerMetadata(
  { entityID, signInURL, key }: ProviderSettings,
  wantsSigned: boolean,
): string {
  const body = key.certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  return [
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityID}">`,
    `<md:IDPSSODescriptor WantAuthnRequestsSigned="${wantsSigned}" `,
    'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">',
    '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>',
    `<ds:X509Certificate>${body}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
    `<md:NameIDFormat>${emailFormat}</md:NameIDFormat>`,
    `<md:SingleSignOnService Binding="${redirect}" Location="${signInURL}"/>`,
    '</md:IDPSSODescriptor></md:EntityDescriptor>',
  ].join('');
}

/** Reads what a browser was redirected with. Throws with a sentence for the page when it is not acceptable. */
export async function readRequest(
  facts: ProviderSettings,
  sp: ServiceProviderSettings,
  rawQuery: string,
): Promise<ReceivedRequest> {
  const query = Object.fromEntries(new URLSearchParams(rawQuery));
  const xml = inflated(query['SAMLRequest'] ?? '');
  const signed = sp.certificate !== undefined;
  const { extract } = await providerEntity(facts, signed).parseLoginRequest(spEntity(facts, sp), 'redirect', {
    query,
    octetString: signedOctets(rawQuery),
  });
  const { id, destination, assertionConsumerServiceUrl: acsURL } = extract.request as Record<string, string>;
  if (extract.issuer !== sp.entityID || acsURL !== sp.acsURL || destination !== facts.signInURL)
    throw new Error('The request is not from the service provider that is registered here.');

  return { id: id ?? '', relayState: query['RelayState'] ?? '', xml };
}

/** The answer, base64, ready for the form. */
export async function writeResponse(
  facts: ProviderSettings,
  sp: ServiceProviderSettings,
  said: { readonly person: Person; readonly request: ReceivedRequest; readonly misbehaviour: Misbehaviour },
): Promise<string> {
  const { misbehaviour, person, request } = said;
  const signer = misbehaviour.key === undefined ? facts : { ...facts, key: misbehaviour.key };
  const provider = providerEntity(signer, sp.certificate !== undefined, attributesOf(person).map(definition));
  const answer = await provider.createLoginResponse(
    spEntity(facts, sp),
    { extract: { request: { id: request.id } } },
    'post',
    {},
    {
      customTagReplacement: (template) => {
        const tags = answerTags({ facts, sp, person, request, now: (misbehaviour.now ?? Date.now)() });
        const context = SamlLib.replaceTagsByValue(template, tags);
        return { id: tags['ID'] ?? '', context: misbehaviour.before?.(context) ?? context };
      },
    },
  );
  const xml = Buffer.from(answer.context, 'base64').toString('utf8');
  return Buffer.from(misbehaviour.after?.(xml) ?? xml, 'utf8').toString('base64');
}

function inflated(request: string): string {
  return inflateRawSync(Buffer.from(request, 'base64'), { maxOutputLength: largestRequest }).toString('utf8');
}

/** The octets that were signed are the query as it was sent, not as it could be written again. */
function signedOctets(rawQuery: string): string {
  const parts = rawQuery.split('&');
  return ['SAMLRequest', 'RelayState', 'SigAlg']
    .flatMap((name) => parts.find((part) => part.startsWith(`${name}=`)) ?? [])
    .join('&');
}

type AttributeDefinition = ReturnType<typeof definition>;

function providerEntity(
  facts: ProviderSettings,
  wantsSigned: boolean,
  attributes: AttributeDefinition[] = [],
) {
  return IdentityProvider({
    metadata: providerMetadata(facts, wantsSigned),
    privateKey: facts.key.privateKey,
    requestSignatureAlgorithm: Constants.algorithms.signature.RSA_SHA256,
    loginResponseTemplate: { context: answerTemplate(attributes.length > 0), attributes },
  });
}

function spEntity({ signs }: ProviderSettings, sp: ServiceProviderSettings) {
  return ServiceProvider({
    entityID: sp.entityID,
    authnRequestsSigned: sp.certificate !== undefined,
    wantAssertionsSigned: true,
    wantMessageSigned: signs === 'both',
    requestSignatureAlgorithm: Constants.algorithms.signature.RSA_SHA256,
    ...(sp.certificate === undefined ? {} : { signingCert: sp.certificate }),
    assertionConsumerService: [{ Binding: post, Location: sp.acsURL }],
  });
}

/** samlify's own template has no statement of authentication; without one there is no sign-in. */
function answerTemplate(withAttributes: boolean): string {
  const statement =
    '<saml:AuthnStatement AuthnInstant="{IssueInstant}" SessionIndex="{SessionIndex}" ' +
    'SessionNotOnOrAfter="{SessionNotOnOrAfter}"><saml:AuthnContext><saml:AuthnContextClassRef>' +
    'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport' +
    '</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>';
  const template = SamlLib.defaultLoginResponseTemplate.context.replace('{AuthnStatement}', statement);
  return withAttributes ? template : template.replace('{AttributeStatement}', '');
}

function attributesOf(person: Person): readonly (readonly [string, string])[] {
  return Object.entries(person.attributes ?? {}).flatMap(([name, values]) =>
    (typeof values === 'string' ? [values] : values).map((value) => [name, value] as const),
  );
}

function definition([name]: readonly [string, string], at: number) {
  return { name, nameFormat: basicNames, valueTag: `v${at}`, valueXsiType: 'xs:string' };
}

interface AnswerContent {
  readonly facts: ProviderSettings;
  readonly sp: ServiceProviderSettings;
  readonly person: Person;
  readonly request: ReceivedRequest;
  readonly now: number;
}

function answerTags({ facts, sp, person, request, now }: AnswerContent): Record<string, string> {
  const at = (milliseconds: number) => new Date(milliseconds).toISOString();
  const values = attributesOf(person).map(([, value], index) => [`attrV${index}`, value] as const);
  return {
    ID: `_${crypto.randomUUID()}`,
    AssertionID: `_${crypto.randomUUID()}`,
    SessionIndex: `_${crypto.randomUUID()}`,
    Destination: sp.acsURL,
    SubjectRecipient: sp.acsURL,
    Audience: sp.entityID,
    Issuer: facts.entityID,
    IssueInstant: at(now),
    StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
    ConditionsNotBefore: at(now - 30_000),
    ConditionsNotOnOrAfter: at(now + fiveMinutes),
    SubjectConfirmationDataNotOnOrAfter: at(now + fiveMinutes),
    SessionNotOnOrAfter: at(now + 96 * fiveMinutes),
    NameIDFormat: person.nameIDFormat ?? emailFormat,
    NameID: person.nameID,
    InResponseTo: request.id,
    ...Object.fromEntries(values),
  };
}
