/** Every rule of the profile, each broken alone by a response that is otherwise right and rightly signed. */
import { describe, expect, it } from 'vitest';
import type { ValidationContext } from '../../../../saml/response/validation-context.ts';
import {
  type ResponseContent,
  replacing,
  responseContent,
  type TextChange,
  without,
} from '../../../kit/objects/saml-response.ts';
import { resultReason, validated } from '../../../kit/objects/validated-response.ts';

const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
const transient = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const entity = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';
const email = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const confirmation = /<saml:SubjectConfirmation Method.*<\/saml:SubjectConfirmation>/;
const audience = /<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/;

/** The second occurrence: of two equal attributes, the assertion's. */
function second(from: string, to: string): TextChange {
  return (xml) => {
    const at = xml.indexOf(from, xml.indexOf(from) + 1);
    if (at === -1) throw new Error(`the answer does not have ${from} twice`);

    return xml.slice(0, at) + to + xml.slice(at + from.length);
  };
}

interface Broken {
  readonly change?: TextChange;
  readonly facts?: Partial<ResponseContent>;
  readonly expected?: Partial<ValidationContext>;
}

const issued = new Date(responseContent.issuedAt).toISOString();
const inResponseTo = ` InResponseTo="${responseContent.requestId}"`;
const other = 'https://other.example.com';
const longestName = 'n'.repeat(256);

const rules: readonly (readonly [string, string, Broken])[] = [
  [
    'the response is SAML 1.1',
    'saml.response_version',
    { change: replacing('Version="2.0"', 'Version="1.1"') },
  ],
  [
    'the provider reports a failure',
    'saml.status_not_success',
    { change: replacing('status:Success', 'status:Responder') },
  ],
  [
    'the response was sent elsewhere',
    'saml.destination_mismatch',
    { change: replacing(`Destination="${responseContent.acsUrl}"`, `Destination="${other}"`) },
  ],
  [
    'the response has no destination',
    'saml.destination_mismatch',
    { change: without(`Destination="${responseContent.acsUrl}" `) },
  ],
  [
    'the response answers another request',
    'saml.response_in_response_to_mismatch',
    { change: replacing(inResponseTo, ' InResponseTo="_other"') },
  ],
  ['the response is unsolicited', 'saml.in_response_to_missing', { change: without(inResponseTo) }],
  [
    'the response has another issuer',
    'saml.response_issuer_mismatch',
    { change: replacing(responseContent.issuer, other) },
  ],
  [
    'the response has no issuer',
    'accepted',
    { change: without(`<saml:Issuer>${responseContent.issuer}</saml:Issuer>`) },
  ],
  [
    'the response was made before the request',
    'saml.response_time',
    { change: replacing(issued, '2026-12-01T07:58:00.000Z') },
  ],
  [
    'the response has no readable time',
    'saml.time_malformed',
    { change: replacing(issued, '2026-12-01 08:00:05') },
  ],
  [
    'the assertion is SAML 1.1',
    'saml.assertion_version',
    { change: second('Version="2.0"', 'Version="1.1"') },
  ],
  [
    'the assertion has another issuer',
    'saml.issuer_mismatch',
    { change: second(responseContent.issuer, other) },
  ],
  [
    'the issuer differs in letter case',
    'saml.issuer_mismatch',
    { change: second(responseContent.issuer, responseContent.issuer.toUpperCase()) },
  ],
  [
    'the issuer is qualified',
    'saml.issuer_format',
    { change: second('<saml:Issuer>', '<saml:Issuer NameQualifier="x">') },
  ],
  [
    'the issuer is qualified by what would be its format',
    'saml.issuer_format',
    { change: second('<saml:Issuer>', `<saml:Issuer NameQualifier="${entity}">`) },
  ],
  [
    'the issuer is said to be a person',
    'saml.issuer_format',
    { change: second('<saml:Issuer>', `<saml:Issuer Format="${email}">`) },
  ],
  [
    'the issuer says that it is an entity, as pysaml2 does',
    'accepted',
    { change: second('<saml:Issuer>', `<saml:Issuer Format="${entity}">`) },
  ],
  [
    'the assertion was made before the request',
    'saml.assertion_time',
    { change: second(issued, '2026-12-01T07:58:00.000Z') },
  ],
  ['there is no subject', 'saml.subject_missing', { change: without(/<saml:Subject>.*<\/saml:Subject>/) }],
  ['there is no NameID', 'saml.nameid_missing', { change: without(/<saml:NameID.*<\/saml:NameID>/) }],
  ['NameID is empty', 'saml.nameid_malformed', { facts: { nameID: '' } }],
  ['NameID has one character', 'accepted', { facts: { nameID: 'a' } }],
  ['NameID has 256 characters', 'accepted', { facts: { nameID: longestName } }],
  ['NameID has 257 characters', 'saml.nameid_malformed', { facts: { nameID: `${longestName}n` } }],
  ['NameID has a space at its edge', 'saml.nameid_malformed', { facts: { nameID: 'ada@vendor.example ' } }],
  ['NameID has a line break', 'saml.nameid_malformed', { facts: { nameID: 'ada@vendor.example\n' } }],
  [
    'NameID has a zero-width space',
    'saml.nameid_malformed',
    { facts: { nameID: 'ada\u200b@vendor.example' } },
  ],
  ['NameID has a soft hyphen', 'saml.nameid_malformed', { facts: { nameID: 'ada\u00ad@vendor.example' } }],
  [
    'NameID has a right-to-left override',
    'saml.nameid_malformed',
    { facts: { nameID: 'ada\u202e@vendor.example' } },
  ],
  ['NameID has a no-break space', 'saml.nameid_malformed', { facts: { nameID: 'ada\u00a0lovelace' } }],
  ['NameID has a Hangul filler', 'saml.nameid_malformed', { facts: { nameID: 'ada\u3164@vendor.example' } }],
  [
    'NameID has a tag character',
    'saml.nameid_malformed',
    { facts: { nameID: 'ada\u{e0041}@vendor.example' } },
  ],
  ['NameID is decomposed', 'saml.nameid_malformed', { facts: { nameID: 'ada\u0301@vendor.example' } }],
  ['NameID is the composed form', 'accepted', { facts: { nameID: 'ad\u00e1@vendor.example' } }],
  ['NameID has a plain space inside', 'accepted', { facts: { nameID: 'Ada Lovelace' } }],
  ['NameID is transient', 'saml.nameid_format', { change: replacing(email, transient) }],
  ['NameID is not of the wanted format', 'saml.nameid_format', { expected: { nameIDFormat: 'Persistent' } }],
  [
    'NameID is of the wanted format',
    'accepted',
    { change: replacing(email, persistent), expected: { nameIDFormat: 'Persistent' } },
  ],
  [
    'NameID is qualified for another provider',
    'saml.nameid_qualifier',
    { change: replacing('<saml:NameID ', '<saml:NameID SPNameQualifier="x" ') },
  ],
  [
    'NameID is qualified by another issuer',
    'saml.nameid_qualifier',
    { change: replacing('<saml:NameID ', '<saml:NameID NameQualifier="x" ') },
  ],
  ['there is no confirmation', 'saml.confirmation_count', { change: without(confirmation) }],
  [
    'the confirmation is holder-of-key',
    'saml.confirmation_not_bearer',
    { change: replacing('cm:bearer', 'cm:holder-of-key') },
  ],
  [
    'the confirmation has no data',
    'saml.confirmation_data_missing',
    { change: without(/<saml:SubjectConfirmationData[^>]*\/>/) },
  ],
  [
    'the confirmation begins some day',
    'saml.confirmation_not_before',
    {
      change: replacing(
        '<saml:SubjectConfirmationData',
        `<saml:SubjectConfirmationData NotBefore="${issued}"`,
      ),
    },
  ],
  [
    'the confirmation never ends',
    'saml.confirmation_expiry_missing',
    { change: without(/ NotOnOrAfter="[^"]*"/) },
  ],
  [
    'the recipient is another service provider',
    'saml.recipient_mismatch',
    { change: replacing(/Recipient="[^"]*"/, `Recipient="${other}"`) },
  ],
  [
    'the recipient only begins like ours',
    'saml.recipient_mismatch',
    { change: replacing(/Recipient="[^"]*"/, `Recipient="${responseContent.acsUrl}/"`) },
  ],
  ['there is no recipient', 'saml.recipient_mismatch', { change: without(/ Recipient="[^"]*"/) }],
  ['the assertion is unsolicited', 'saml.in_response_to_missing', { change: second(inResponseTo, '') }],
  [
    'the assertion answers another request',
    'saml.in_response_to_mismatch',
    { change: second(inResponseTo, ' InResponseTo="_other"') },
  ],
  [
    'there are no conditions',
    'saml.conditions_missing',
    { change: without(/<saml:Conditions.*<\/saml:Conditions>/) },
  ],
  [
    'the conditions never end',
    'saml.conditions_expiry_missing',
    { change: replacing(/(<saml:Conditions NotBefore="[^"]*") NotOnOrAfter="[^"]*"/, '<saml:Conditions') },
  ],
  ['no audience is named', 'saml.audience_missing', { change: without(audience) }],
  ['the audience is somebody else', 'saml.audience_mismatch', { facts: { audience: other } }],
  [
    'one of two restrictions leaves us out',
    'saml.audience_mismatch',
    {
      change: (xml) =>
        xml.replace(
          audience,
          `$&<saml:AudienceRestriction><saml:Audience>${other}</saml:Audience></saml:AudienceRestriction>`,
        ),
    },
  ],
  [
    'we are one of several audiences',
    'accepted',
    { change: replacing('<saml:Audience>', `<saml:Audience>${other}</saml:Audience><saml:Audience>`) },
  ],
  [
    'nothing says how the person signed in',
    'saml.authn_statement_missing',
    { change: without(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/) },
  ],
  [
    'the way of signing in is not on the list',
    'saml.authn_context_not_allowed',
    { expected: { authnContexts: ['urn:x:mfa'] } },
  ],
  [
    'the way of signing in is on the list',
    'accepted',
    { expected: { authnContexts: ['urn:x:mfa', 'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified'] } },
  ],
  [
    'a time has an offset',
    'saml.time_malformed',
    { change: replacing(/AuthnInstant="[^"]*"/, 'AuthnInstant="2026-12-01T08:00:05+00:00"') },
  ],
  [
    'a time is the 30th of February',
    'saml.time_malformed',
    { change: replacing(/AuthnInstant="[^"]*"/, 'AuthnInstant="2027-02-30T08:00:05Z"') },
  ],
];

describe('the profile of a response', () => {
  it.each(rules)('when %s: %s', (_rule, code, { change, facts = {}, expected = {} }) => {
    const outcome = validated({ facts, before: change === undefined ? [] : [change] }, expected);
    expect(resultReason(outcome)).toBe(code);
  });
});
