/**
 * Does this tree have the shape of a sign-in response, and nothing more? The allow-list of SAML elements, with IDs that are
 * unique and one assertion, so that there is no second place to hide one in (signature wrapping, XSW 1 to 8).
 * Must not look at values; what a missing element means is the profile's to say.
 */

import { type Invalid, invalid, type SamlResult, valid } from '../result.ts';
import { namespaces, statusSuccess } from '../saml-names.ts';
import { type Count, firstMisfit, type Grammar, type Misfit } from '../xml/grammar.ts';
import { childOf, childrenOf, nameOf, valueOf } from '../xml/lookup.ts';
import type { XmlElement } from '../xml/scanner.ts';

export interface ResponseTree {
  readonly response: XmlElement;
  readonly assertion: XmlElement;
  readonly responseId: string;
  readonly assertionId: string;
}

const optional: Count = [0, 1];
const one: Count = [1, 1];
const many: Count = [0, 2000];
const nameIDAttributes = ['Format', 'NameQualifier', 'SPNameQualifier', 'SPProvidedID'];

const assertionGrammar: Grammar = {
  'saml:Assertion': {
    attributes: ['ID!', 'Version!', 'IssueInstant!'],
    children: {
      'saml:Issuer': one,
      'ds:Signature': optional,
      'saml:Subject': optional,
      'saml:Conditions': optional,
      'saml:AuthnStatement': optional,
      'saml:AttributeStatement': optional,
    },
  },
  'saml:Issuer': { attributes: nameIDAttributes, text: true },
  'ds:Signature': { opaque: true },
  'saml:Subject': { children: { 'saml:NameID': optional, 'saml:SubjectConfirmation': many } },
  'saml:NameID': { attributes: nameIDAttributes, text: true },
  'saml:SubjectConfirmation': {
    attributes: ['Method!'],
    children: { 'saml:SubjectConfirmationData': optional },
  },
  'saml:SubjectConfirmationData': {
    attributes: ['NotBefore', 'NotOnOrAfter', 'Recipient', 'InResponseTo', 'Address'],
  },
  'saml:Conditions': {
    attributes: ['NotBefore', 'NotOnOrAfter'],
    children: {
      'saml:AudienceRestriction': many,
      'saml:OneTimeUse': optional,
      'saml:ProxyRestriction': optional,
    },
  },
  'saml:AudienceRestriction': { children: { 'saml:Audience': [1, 2000] } },
  'saml:Audience': { text: true },
  'saml:OneTimeUse': {},
  'saml:ProxyRestriction': { attributes: ['Count'], children: { 'saml:Audience': many } },
  'saml:AuthnStatement': {
    attributes: ['AuthnInstant!', 'SessionIndex', 'SessionNotOnOrAfter'],
    children: { 'saml:SubjectLocality': optional, 'saml:AuthnContext': one },
  },
  'saml:SubjectLocality': { attributes: ['Address', 'DNSName'] },
  'saml:AuthnContext': {
    children: {
      'saml:AuthnContextClassRef': optional,
      'saml:AuthnContextDeclRef': optional,
      'saml:AuthenticatingAuthority': many,
    },
  },
  'saml:AuthnContextClassRef': { text: true },
  'saml:AuthnContextDeclRef': { text: true },
  'saml:AuthenticatingAuthority': { text: true },
  'saml:AttributeStatement': { children: { 'saml:Attribute': many } },
  'saml:Attribute': {
    attributes: ['Name!', 'NameFormat', 'FriendlyName'],
    children: { 'saml:AttributeValue': many },
  },
  'saml:AttributeValue': { attributes: ['xsi:type', 'xsi:nil'], text: true },
};

const responseGrammar: Grammar = {
  ...assertionGrammar,
  'samlp:Response': {
    attributes: ['ID!', 'Version!', 'IssueInstant!', 'Destination', 'InResponseTo', 'Consent'],
    children: {
      'saml:Issuer': optional,
      'ds:Signature': optional,
      'samlp:Status': one,
      'saml:Assertion': many,
    },
  },
  'samlp:Status': { children: { 'samlp:StatusCode': one, 'samlp:StatusMessage': optional } },
  'samlp:StatusCode': { attributes: ['Value!'], children: { 'samlp:StatusCode': optional } },
  'samlp:StatusMessage': { text: true },
};

const plainId = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,255}$/;

/** The response and its one assertion. IDs may start with a digit: real providers send bare UUIDs. */
export function responseTree(response: XmlElement): SamlResult<ResponseTree> {
  if (nameOf(response) !== 'samlp:Response') return invalid('saml.not_a_response');

  const problem =
    encryptedPart(response) ?? misfitProblem(firstMisfit(response, responseGrammar)) ?? idProblem(response);
  return problem ?? soleAssertion(response);
}

/** Judges an assertion that stands alone: the bytes that a signature was verified over. */
export function loneAssertionProblem(assertion: XmlElement): Invalid | undefined {
  if (nameOf(assertion) !== 'saml:Assertion' || childOf(assertion, 'ds:Signature') !== undefined)
    return invalid('saml.verified_bytes_differ');

  return misfitProblem(firstMisfit(assertion, assertionGrammar)) ?? idProblem(assertion);
}

function soleAssertion(response: XmlElement): SamlResult<ResponseTree> {
  const [assertion, ...more] = childrenOf(response, 'saml:Assertion');
  if (more.length > 0) return invalid('saml.assertion_repeated');

  if (assertion === undefined)
    return isSuccess(response) ? invalid('saml.assertion_missing') : invalid('saml.status_not_success');

  const responseId = valueOf(response, 'ID') ?? '';
  const assertionId = valueOf(assertion, 'ID') ?? '';
  return valid({ response, assertion, responseId, assertionId });
}

/** Does the response say Success? Nested codes of a success are not looked at. */
export function isSuccess(response: XmlElement): boolean {
  const code = childrenOf(response, 'samlp:Status').flatMap((status) =>
    childrenOf(status, 'samlp:StatusCode'),
  )[0];
  return code !== undefined && valueOf(code, 'Value') === statusSuccess;
}

function misfitProblem(misfit: Misfit | undefined): Invalid | undefined {
  return misfit && invalid(`saml.${misfit.kind}`, `${misfit.name} in ${misfit.element}`);
}

const encrypted: ReadonlySet<string> = new Set(['EncryptedAssertion', 'EncryptedID', 'EncryptedAttribute']);

/** Asked first, so that an administrator reads "not supported" instead of "not allowed". */
function encryptedPart(response: XmlElement): Invalid | undefined {
  const part = everyElement(response).find(
    (element) => element.namespace === namespaces.saml && encrypted.has(element.name),
  );
  return part && invalid('saml.encrypted_unsupported', part.name);
}

/** `Id` counts too: it is what a signature's own parts use, and what lenient readers resolve a reference to. */
function idProblem(root: XmlElement): Invalid | undefined {
  const seen = new Set<string>();
  for (const element of everyElement(root)) {
    for (const { name, value } of element.attributes.filter((each) => /^id$/i.test(each.name))) {
      if (!plainId.test(value)) return invalid('saml.id_malformed', `${name} of ${nameOf(element)}`);

      if (seen.has(value)) return invalid('saml.id_repeated', `${name} of ${nameOf(element)}`);

      seen.add(value);
    }
  }
  return undefined;
}

function everyElement(root: XmlElement): readonly XmlElement[] {
  const found: XmlElement[] = [];
  const waiting = [root];
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    found.push(element);
    waiting.push(...element.children);
  }
  return found;
}
