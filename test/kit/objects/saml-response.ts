/** SAML responses as real identity providers send them, and one change at a time away from that. */
import type { SigningKey } from '../idp/signing-key.ts';
import { type SignatureStyle, signElement } from '../idp/xml-signer.ts';

/** What a response says; every field can be changed alone. */
export interface ResponseContent {
  readonly issuer: string;
  readonly audience: string;
  readonly acsUrl: string;
  readonly requestId: string;
  readonly responseId: string;
  readonly assertionId: string;
  readonly nameID: string;
  /** When it was issued, epoch milliseconds. */
  readonly issuedAt: number;
}

export interface ResponsePlan {
  readonly facts?: Partial<ResponseContent>;
  readonly shape?: 'keycloak' | 'simplesamlphp';
  readonly key: SigningKey;
  readonly sign?: 'assertion' | 'response' | 'both' | 'none';
  readonly style?: SignatureStyle;
  /** Changes of the text before it is signed. */
  readonly before?: readonly TextChange[];
  /** Changes of the text after it was signed: what an attacker can do. */
  readonly after?: readonly TextChange[];
}

export type TextChange = (xml: string) => string;

export const responseContent: ResponseContent = {
  issuer: 'https://idp.example.com/metadata',
  audience: 'https://support.example.com/support-access/saml/metadata',
  acsUrl: 'https://support.example.com/support-access/saml/acs',
  requestId: '_4fd8a1c2-0000-4000-8000-000000000001',
  responseId: 'ID_7a1f44b9-1111-4111-8111-111111111111',
  assertionId: 'ID_0b5e3c55-2222-4222-8222-222222222222',
  nameID: 'ada@vendor.example',
  issuedAt: Date.parse('2026-12-01T08:00:05.250Z'),
};

/** The response as text. */
export function aSamlResponse(plan: ResponsePlan): string {
  const facts = { ...responseContent, ...plan.facts };
  const keycloak = plan.shape !== 'simplesamlphp';
  const style = { ...(keycloak ? keycloakStyle : simpleSamlStyle), ...plan.style };
  const plain = applied(keycloak ? keycloakAnswer(facts) : simpleSamlAnswer(facts), plan.before);
  const signed = signedElements(plan.sign).reduce(
    (xml, name) => signElement(xml, name, plan.key, style),
    plain,
  );
  return applied(signed, plan.after);
}

/** The assertion comes first: the response's signature covers it. */
function signedElements(sign: ResponsePlan['sign'] = 'assertion'): readonly string[] {
  const elements = {
    assertion: ['Assertion'],
    response: ['Response'],
    both: ['Assertion', 'Response'],
    none: [],
  };
  return elements[sign];
}

/** Replaces the first occurrence; throws when there is none, so that no test tests the unchanged response. */
export function replacing(from: string | RegExp, to: string): TextChange {
  return (xml) => {
    const changed = xml.replace(from, () => to);
    if (changed === xml) throw new Error(`the answer has no ${String(from)}`);

    return changed;
  };
}

/** Takes the first occurrence out. */
export function without(part: string | RegExp): TextChange {
  return replacing(part, '');
}

function applied(xml: string, changes: readonly TextChange[] = []): string {
  return changes.reduce((text, change) => change(text), xml);
}

const keycloakStyle: SignatureStyle = {
  prefix: 'dsig',
  keyName: 'kid-of-43-characters-0123456789012345678901',
};
const simpleSamlStyle: SignatureStyle = { prefix: 'ds', newlines: true };

function at(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** One line, unused default namespace on the assertion, repeated Role, an AuthnInstant after IssueInstant. */
function keycloakAnswer(f: ResponseContent): string {
  const value = (text: string) =>
    '<saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" ' +
    `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">${text}</saml:AttributeValue>`;
  const attribute = (name: string, text: string) =>
    `<saml:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">` +
    `${value(text)}</saml:Attribute>`;
  return [
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ',
    'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ',
    `Destination="${f.acsUrl}" ID="${f.responseId}" InResponseTo="${f.requestId}" `,
    `IssueInstant="${at(f.issuedAt)}" Version="2.0"><saml:Issuer>${f.issuer}</saml:Issuer>`,
    '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>',
    `<saml:Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="${f.assertionId}" `,
    `IssueInstant="${at(f.issuedAt)}" Version="2.0"><saml:Issuer>${f.issuer}</saml:Issuer>`,
    '<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">',
    `${f.nameID}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">`,
    `<saml:SubjectConfirmationData InResponseTo="${f.requestId}" NotOnOrAfter="${at(f.issuedAt + 298_000)}" `,
    `Recipient="${f.acsUrl}"/></saml:SubjectConfirmation></saml:Subject>`,
    `<saml:Conditions NotBefore="${at(f.issuedAt - 2000)}" NotOnOrAfter="${at(f.issuedAt + 298_000)}">`,
    `<saml:AudienceRestriction><saml:Audience>${f.audience}</saml:Audience></saml:AudienceRestriction>`,
    `</saml:Conditions><saml:AuthnStatement AuthnInstant="${at(f.issuedAt + 5)}" `,
    `SessionIndex="0a1b::2c3d" SessionNotOnOrAfter="${at(f.issuedAt + 36_000_000)}"><saml:AuthnContext>`,
    '<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef>',
    '</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>',
    attribute('employeeNumber', '4711'),
    attribute('Role', 'offline_access'),
    attribute('Role', 'uma_authorization'),
    '</saml:AttributeStatement></saml:Assertion></samlp:Response>',
  ].join('');
}

/** xs and xsi on the assertion, SPNameQualifier, whole seconds. */
function simpleSamlAnswer(f: ResponseContent): string {
  const second = (milliseconds: number) => at(milliseconds).replace(/\.\d+Z$/, 'Z');
  return [
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ',
    `xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${f.responseId}" Version="2.0" `,
    `IssueInstant="${second(f.issuedAt)}" Destination="${f.acsUrl}" InResponseTo="${f.requestId}">`,
    `<saml:Issuer>${f.issuer}</saml:Issuer>`,
    '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>',
    '<saml:Assertion xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ',
    `xmlns:xs="http://www.w3.org/2001/XMLSchema" ID="${f.assertionId}" Version="2.0" `,
    `IssueInstant="${second(f.issuedAt)}"><saml:Issuer>${f.issuer}</saml:Issuer>`,
    `<saml:Subject><saml:NameID SPNameQualifier="${f.audience}" `,
    `Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${f.nameID}</saml:NameID>`,
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">',
    `<saml:SubjectConfirmationData NotOnOrAfter="${second(f.issuedAt + 300_000)}" `,
    `Recipient="${f.acsUrl}" InResponseTo="${f.requestId}"/></saml:SubjectConfirmation></saml:Subject>`,
    `<saml:Conditions NotBefore="${second(f.issuedAt - 30_000)}" NotOnOrAfter="${second(f.issuedAt + 300_000)}">`,
    `<saml:AudienceRestriction><saml:Audience>${f.audience}</saml:Audience></saml:AudienceRestriction>`,
    `</saml:Conditions><saml:AuthnStatement AuthnInstant="${second(f.issuedAt)}" `,
    `SessionNotOnOrAfter="${second(f.issuedAt + 28_800_000)}" SessionIndex="_1f2e3d4c5b6a79880123456789">`,
    '<saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password',
    '</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>',
    '<saml:Attribute Name="employeeNumber" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">',
    '<saml:AttributeValue xsi:type="xs:string">4711</saml:AttributeValue></saml:Attribute>',
    '</saml:AttributeStatement></saml:Assertion></samlp:Response>',
  ].join('');
}
