/**
 * Does this tree have the shape of a sign-in response? What a sign-in goes by stands in the lists below, each in its place;
 * what it does not go by is not looked at, but for what signature wrapping is made of: a second assertion, response, signature
 * or ID anywhere is refused (XSW 1 to 8). Must not look at values; what a missing element means is the profile's to say.
 */

import { type Invalid, invalid, type SamlResult, valid } from '../result.ts';
import { namespaces, statusSuccess } from '../saml-names.ts';
import { type Count, firstMisfit, type Grammar, isIdName, type Misfit } from '../xml/grammar.ts';
import { attributeName, childOf, childrenOf, nameOf, valueOf } from '../xml/lookup.ts';
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

/** Providers put more here than a sign-in goes by, in every statement. */
const all = { ignores: 'all' } as const;
const attributesAlone = { ignores: 'attributes' } as const;

const assertionGrammar: Grammar = {
  'saml:Assertion': {
    ...all,
    attributes: ['ID!', 'Version!', 'IssueInstant!'],
    children: {
      'saml:Issuer': one,
      'ds:Signature': optional,
      'saml:Subject': optional,
      'saml:Conditions': optional,
      'saml:AuthnStatement': many,
      'saml:AttributeStatement': many,
    },
  },
  'saml:Issuer': { ...attributesAlone, attributes: nameIDAttributes, text: true },
  'ds:Signature': { opaque: true },
  'saml:Subject': { ...all, children: { 'saml:NameID': optional, 'saml:SubjectConfirmation': many } },
  'saml:NameID': { ...attributesAlone, attributes: nameIDAttributes, text: true },
  'saml:SubjectConfirmation': {
    ...all,
    attributes: ['Method!'],
    children: { 'saml:SubjectConfirmationData': optional },
  },
  'saml:SubjectConfirmationData': all,
  // A condition that is not understood makes the assertion worthless (SAML core 2.5.1): here nothing is passed over.
  'saml:Conditions': {
    ...attributesAlone,
    children: {
      'saml:AudienceRestriction': many,
      'saml:OneTimeUse': optional,
      'saml:ProxyRestriction': optional,
    },
  },
  'saml:AudienceRestriction': { ...attributesAlone, children: { 'saml:Audience': [1, 2000] } },
  'saml:Audience': { ...attributesAlone, text: true },
  'saml:OneTimeUse': attributesAlone,
  'saml:ProxyRestriction': { ...attributesAlone, children: { 'saml:Audience': many } },
  'saml:AuthnStatement': { ...all, attributes: ['AuthnInstant!'], children: { 'saml:AuthnContext': one } },
  'saml:AuthnContext': { ...all, children: { 'saml:AuthnContextClassRef': optional } },
  'saml:AuthnContextClassRef': { ...attributesAlone, text: true },
  'saml:AttributeStatement': { ...all, children: { 'saml:Attribute': many } },
  'saml:Attribute': { ...all, attributes: ['Name!'], children: { 'saml:AttributeValue': many } },
  'saml:AttributeValue': { opaque: true },
};

const responseGrammar: Grammar = {
  ...assertionGrammar,
  'samlp:Response': {
    ...attributesAlone,
    attributes: ['ID!', 'Version!', 'IssueInstant!'],
    children: {
      'saml:Issuer': optional,
      'ds:Signature': optional,
      'samlp:Extensions': optional,
      'samlp:Status': one,
      'saml:Assertion': many,
    },
  },
  'samlp:Extensions': { opaque: true },
  'samlp:Status': {
    ...attributesAlone,
    children: { 'samlp:StatusCode': one, 'samlp:StatusMessage': optional, 'samlp:StatusDetail': optional },
  },
  'samlp:StatusCode': {
    ...attributesAlone,
    attributes: ['Value!'],
    children: { 'samlp:StatusCode': optional },
  },
  'samlp:StatusMessage': { ...attributesAlone, text: true },
  'samlp:StatusDetail': { opaque: true },
};

const plainId = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,255}$/;

/** The response and its one assertion. IDs may start with a digit: real providers send bare UUIDs. */
export function responseTree(response: XmlElement): SamlResult<ResponseTree> {
  if (nameOf(response) !== 'samlp:Response') return invalid('saml.not_a_response');

  const problem = encryptedPart(response) ?? shapeProblem(response, responseGrammar);
  return problem ?? soleAssertion(response);
}

/**
 * The assertion in the bytes that a signature was verified over: they are the assertion itself without its signature, or the
 * response without its own. Anything else than what was found in the document is refused.
 */
export function verifiedAssertion(verified: XmlElement, tree: ResponseTree): SamlResult<XmlElement> {
  const isResponse = nameOf(verified) === 'samlp:Response';
  const [assertion, ...more] = isResponse ? childrenOf(verified, 'saml:Assertion') : [verified];
  const id = isResponse ? tree.responseId : tree.assertionId;
  if (
    assertion === undefined ||
    more.length > 0 ||
    !isUnsigned(verified, id) ||
    !isAssertionOf(assertion, tree)
  )
    return invalid('saml.verified_bytes_differ');

  const grammar = isResponse ? responseGrammar : assertionGrammar;
  return shapeProblem(verified, grammar) ?? valid(assertion);
}

function isUnsigned(element: XmlElement, id: string): boolean {
  return valueOf(element, 'ID') === id && childOf(element, 'ds:Signature') === undefined;
}

function shapeProblem(root: XmlElement, grammar: Grammar): Invalid | undefined {
  return misfitProblem(firstMisfit(root, grammar)) ?? misplaced(root) ?? idProblem(root);
}

function isAssertionOf(element: XmlElement, { assertionId }: ResponseTree): boolean {
  return nameOf(element) === 'saml:Assertion' && valueOf(element, 'ID') === assertionId;
}

function soleAssertion(response: XmlElement): SamlResult<ResponseTree> {
  const [assertion, ...more] = childrenOf(response, 'saml:Assertion');
  if (more.length > 0) return invalid('saml.assertion_repeated');

  if (assertion === undefined)
    return isSuccess(response) ? invalid('saml.assertion_missing') : notSuccess(response);

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

/** The provider's own words: its codes, the nested one last, and its message. */
export function notSuccess(response: XmlElement): Invalid {
  const status = childOf(response, 'samlp:Status');
  const codes: string[] = [];
  for (
    let code = status && childOf(status, 'samlp:StatusCode');
    code;
    code = childOf(code, 'samlp:StatusCode')
  )
    codes.push((valueOf(code, 'Value') ?? '').replace(statusPrefix, ''));
  const message = (status && childOf(status, 'samlp:StatusMessage')?.text.trim()) ?? '';
  return invalid('saml.status_not_success', undefined, {
    providerStatus: codes.join(' / '),
    ...(message === '' ? {} : { providerMessage: message }),
  });
}

const statusPrefix = /^urn:oasis:names:tc:SAML:2\.0:status:/;

function misfitProblem(misfit: Misfit | undefined): Invalid | undefined {
  return misfit && invalid(`saml.${misfit.kind}`, `${misfit.name} in ${misfit.element}`);
}

const encrypted: ReadonlySet<string> = new Set(['EncryptedAssertion', 'EncryptedID', 'EncryptedAttribute']);

/** Asked first, so that an administrator reads "not supported" instead of "not allowed". What is not looked at may be so. */
function encryptedPart(response: XmlElement): Invalid | undefined {
  const ofSaml: ReadonlySet<string> = new Set([namespaces.saml, namespaces.samlp]);
  const part = everyElement(response)
    .filter(({ namespace }) => ofSaml.has(namespace))
    .flatMap(({ children }) => children)
    .find((element) => element.namespace === namespaces.saml && encrypted.has(element.name));
  return part && invalid('saml.encrypted_unsupported', part.name);
}

/** What wrapping is made of, and the one element in which each may stand. */
const places: Readonly<Record<string, readonly string[]>> = {
  'samlp:Response': [],
  'saml:Assertion': ['samlp:Response'],
  'ds:Signature': ['samlp:Response', 'saml:Assertion'],
};

/** The inside of a signature is judged by the signature's own list, which has none of these. */
function misplaced(root: XmlElement): Invalid | undefined {
  const waiting = [root];
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    const here = nameOf(element);
    if (here === 'ds:Signature') continue;

    const child = element.children.find((each) => places[nameOf(each)]?.includes(here) === false);
    if (child) return invalid('saml.element_not_allowed', `${nameOf(child)} in ${here}`);

    waiting.push(...element.children);
  }
  return undefined;
}

const idsOf = (element: XmlElement) =>
  element.attributes.filter((attribute) => isIdName(attributeName(attribute)));
const known: ReadonlySet<string> = new Set([namespaces.saml, namespaces.samlp, namespaces.ds]);

/**
 * `Id` counts too: it is what a signature's own parts use, and what lenient readers resolve a reference to. In what is not looked
 * at, which may have names of its own, the IDs that signatures speak of must not come back.
 */
function idProblem(root: XmlElement): Invalid | undefined {
  const seen = new Set<string>();
  const elements = everyElement(root);
  const ours = elements.filter(({ namespace }) => known.has(namespace));
  for (const element of ours) {
    for (const { name, value } of idsOf(element)) {
      if (!plainId.test(value)) return invalid('saml.id_malformed', `${name} of ${nameOf(element)}`);

      if (seen.has(value)) return invalid('saml.id_repeated', `${name} of ${nameOf(element)}`);

      seen.add(value);
    }
  }
  const copy = elements
    .filter(({ namespace }) => !known.has(namespace))
    .flatMap(idsOf)
    .find(({ value }) => seen.has(value));
  return copy && invalid('saml.id_repeated', `${copy.name} of what is not SAML`);
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
