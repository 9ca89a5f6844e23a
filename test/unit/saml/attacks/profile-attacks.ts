/** Attacks with what the provider really signed: for another service, another request, another time, or another name. */
import { replacing, responseContent, type TextChange, without } from '../../../kit/objects/saml-response.ts';
import { type Attack, issued } from './attack.ts';

const { acsUrl, audience, issuer, requestId } = responseContent;
const other = 'https://other.example.com/acs';
const inAssertion =
  (from: string | RegExp, to: string): TextChange =>
  (xml) => {
    const at = xml.indexOf('<saml:Assertion');
    return xml.slice(0, at) + replacing(from, to)(xml.slice(at));
  };
const time = (attribute: string, value: string): TextChange =>
  inAssertion(new RegExp(` ${attribute}="[^"]*"`), ` ${attribute}="${value}"`);
const status = (code: string): TextChange => replacing('status:Success', `status:${code}`);

export const profileAttacks: readonly Attack[] = [
  ...issued(
    'An answer for another service provider (token recipient confusion; Armando et al., "Formal Analysis of SAML", 2008)',
    [
      [
        'another audience',
        'saml.audience_mismatch',
        replacing(`<saml:Audience>${audience}`, '<saml:Audience>https://other.example.com'),
      ],
      [
        'an audience that begins with ours',
        'saml.audience_mismatch',
        replacing(`<saml:Audience>${audience}`, `<saml:Audience>${audience}.evil.example`),
      ],
      [
        'ours in capitals',
        'saml.audience_mismatch',
        replacing(`<saml:Audience>${audience}`, `<saml:Audience>${audience.toUpperCase()}`),
      ],
      [
        'ours with a slash',
        'saml.audience_mismatch',
        replacing(`<saml:Audience>${audience}`, `<saml:Audience>${audience}/`),
      ],
      [
        'ours with a blank',
        'saml.audience_mismatch',
        replacing(`<saml:Audience>${audience}`, `<saml:Audience> ${audience}`),
      ],
      [
        'no restriction',
        'saml.audience_missing',
        without(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/s),
      ],
      ['an empty restriction', 'saml.element_missing', without(/<saml:Audience>.*<\/saml:Audience>/s)],
      [
        'a second restriction for another',
        'saml.audience_mismatch',
        replacing(
          '<saml:AudienceRestriction>',
          '<saml:AudienceRestriction><saml:Audience>x</saml:Audience></saml:AudienceRestriction><saml:AudienceRestriction>',
        ),
      ],
      [
        'another recipient',
        'saml.recipient_mismatch',
        replacing(`Recipient="${acsUrl}"`, `Recipient="${other}"`),
      ],
      [
        'a recipient that begins with ours',
        'saml.recipient_mismatch',
        replacing(`Recipient="${acsUrl}"`, `Recipient="${acsUrl}/../evil"`),
      ],
      ['no recipient', 'saml.recipient_mismatch', without(` Recipient="${acsUrl}"`)],
      [
        'another destination',
        'saml.destination_mismatch',
        replacing(`Destination="${acsUrl}"`, `Destination="${other}"`),
      ],
      ['no destination', 'saml.destination_mismatch', without(`Destination="${acsUrl}" `)],
      [
        'a destination by plain http',
        'saml.destination_mismatch',
        replacing(`Destination="${acsUrl}"`, `Destination="${acsUrl.replace('https', 'http')}"`),
      ],
    ],
  ),
  ...issued('An answer of another provider (IdP confusion; Mainka et al., 2016)', [
    ['another issuer of the assertion', 'saml.issuer_mismatch', inAssertion(issuer, 'https://evil.example')],
    [
      'another issuer of the response',
      'saml.response_issuer_mismatch',
      replacing(issuer, 'https://evil.example'),
    ],
    ['the issuer in capitals', 'saml.issuer_mismatch', inAssertion(issuer, issuer.toUpperCase())],
    ['the issuer with a blank', 'saml.issuer_mismatch', inAssertion(issuer, `${issuer} `)],
    ['an empty issuer', 'saml.issuer_mismatch', inAssertion(issuer, '')],
    [
      'an issuer that is a person',
      'saml.issuer_format',
      inAssertion(
        '<saml:Issuer>',
        '<saml:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">',
      ),
    ],
    [
      'a qualified issuer',
      'saml.issuer_format',
      inAssertion('<saml:Issuer>', '<saml:Issuer NameQualifier="x">'),
    ],
  ]),
  ...issued('Unsolicited and stolen answers: login CSRF, session fixation (SAML profiles 4.1.5)', [
    [
      'unsolicited',
      'saml.in_response_to_missing',
      (xml) => xml.replaceAll(` InResponseTo="${requestId}"`, ''),
    ],
    [
      'unsolicited in the assertion alone',
      'saml.in_response_to_missing',
      inAssertion(` InResponseTo="${requestId}"`, ''),
    ],
    [
      'an answer to another request',
      'saml.response_in_response_to_mismatch',
      (xml) => xml.replaceAll(requestId, '_other'),
    ],
    ['an assertion for another request', 'saml.in_response_to_mismatch', inAssertion(requestId, '_other')],
    ['an empty request', 'saml.response_in_response_to_mismatch', (xml) => xml.replaceAll(requestId, '')],
    [
      'made before the request',
      'saml.assertion_time',
      inAssertion(/ IssueInstant="[^"]*"/, ' IssueInstant="2026-12-01T07:50:00Z"'),
    ],
    [
      'a response from before the request',
      'saml.response_time',
      replacing(/ IssueInstant="[^"]*"/, ' IssueInstant="2026-12-01T07:50:00Z"'),
    ],
  ]),
  ...issued(
    'Answers that are over, or not yet valid, and times that readers read differently (SAML core 1.3.3, 2.5.1.2)',
    [
      [
        'a confirmation that is over',
        'saml.confirmation_expired',
        time('NotOnOrAfter', '2026-12-01T07:00:00Z'),
      ],
      [
        'a confirmation without an end',
        'saml.confirmation_expiry_missing',
        inAssertion(/ NotOnOrAfter="[^"]*"/, ''),
      ],
      [
        'a confirmation that begins',
        'saml.confirmation_not_before',
        inAssertion(
          '<saml:SubjectConfirmationData ',
          '<saml:SubjectConfirmationData NotBefore="2026-12-01T08:00:00Z" ',
        ),
      ],
      [
        'conditions that are over',
        'saml.expired',
        replacing(
          /(<saml:Conditions NotBefore="[^"]*" NotOnOrAfter=")[^"]*/,
          '$1'.replace(
            '$1',
            '<saml:Conditions NotBefore="2026-12-01T07:00:00Z" NotOnOrAfter="2026-12-01T07:30:00Z',
          ),
        ),
      ],
      ['conditions that do not hold yet', 'saml.not_yet_valid', time('NotBefore', '2026-12-01T09:00:00Z')],
      [
        'conditions without an end',
        'saml.conditions_expiry_missing',
        replacing(/(?<=<saml:Conditions NotBefore="[^"]*") NotOnOrAfter="[^"]*"/, ''),
      ],
      ['no conditions', 'saml.conditions_missing', without(/<saml:Conditions.*<\/saml:Conditions>/s)],
      [
        'an assertion from the future',
        'saml.assertion_time',
        inAssertion(/ IssueInstant="[^"]*"/, ' IssueInstant="2030-01-01T00:00:00Z"'),
      ],
      ['a time without a zone', 'saml.time_malformed', time('NotOnOrAfter', '2026-12-01T08:05:00')],
      ['a time of another zone', 'saml.time_malformed', time('NotOnOrAfter', '2026-12-01T23:05:00+15:00')],
      ['a day that does not exist', 'saml.time_malformed', time('NotOnOrAfter', '2027-02-30T08:00:00Z')],
      ['a number', 'saml.time_malformed', time('NotOnOrAfter', '99999999999999')],
      ['an empty time', 'saml.time_malformed', time('NotOnOrAfter', '')],
      [
        'a sign-in of the provider that is over',
        'saml.idp_session_over',
        time('SessionNotOnOrAfter', '2026-12-01T07:00:00Z'),
      ],
      ['a sign-in in the future', 'saml.authn_instant_future', time('AuthnInstant', '2026-12-01T09:00:00Z')],
      [
        'a sign-in before the request, though it was forced',
        'saml.authn_not_fresh',
        time('AuthnInstant', '2026-12-01T07:00:00Z'),
      ],
      [
        'no statement of a sign-in',
        'saml.authn_statement_missing',
        without(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/s),
      ],
    ],
  ),
  ...issued('Answers that say No, or are no answers (SAML core 3.2.2.2)', [
    ...['Requester', 'Responder', 'VersionMismatch', 'AuthnFailed', 'success', 'Success '].map(
      (code) => [`status ${code}`, 'saml.status_not_success', status(code)] as const,
    ),
    ['no status', 'saml.element_missing', without(/<samlp:Status>.*<\/samlp:Status>/s)],
    [
      'two statuses',
      'saml.element_repeated',
      (xml) => xml.replace(/<samlp:Status>.*<\/samlp:Status>/s, (one) => one + one),
    ],
    ['a logout', 'saml.not_a_response', (xml) => xml.replaceAll('samlp:Response', 'samlp:LogoutResponse')],
    ['a request', 'saml.not_a_response', (xml) => xml.replaceAll('samlp:Response', 'samlp:AuthnRequest')],
    ['SAML 1.1', 'saml.response_version', replacing('Version="2.0"', 'Version="1.1"')],
    ['an assertion of SAML 1.1', 'saml.assertion_version', inAssertion('Version="2.0"', 'Version="1.1"')],
  ]),
];
