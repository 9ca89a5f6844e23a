/** What the record of a refused response says besides the rule: what an administrator needs to put it right. */
import { describe, expect, it } from 'vitest';
import { loggableDetails } from '../../../../saml/response/loggable-details.ts';
import type { ValidationContext } from '../../../../saml/response/validation-context.ts';
import {
  aSamlResponse,
  type ResponsePlan,
  replacing,
  responseContent,
  without,
} from '../../../kit/objects/saml-response.ts';
import {
  foreignKey,
  pinnedKey,
  validated,
  validatedText,
  validationContext,
} from '../../../kit/objects/validated-response.ts';

const { acsUrl, audience, issuer, issuedAt } = responseContent;

function evidence(plan: Partial<ResponsePlan>, changes: Partial<ValidationContext> = {}) {
  const result = validated(plan, changes);
  return result.ok ? undefined : result.evidence;
}
const changed = (from: string | RegExp, to: string): Partial<ResponsePlan> => ({
  before: [replacing(from, to)],
});

describe('the evidence of a refused response', () => {
  const sides: readonly (readonly [string, Partial<ResponsePlan>, string, string])[] = [
    [
      'audience',
      changed(`<saml:Audience>${audience}`, '<saml:Audience>https://other.example.com'),
      'https://other.example.com',
      audience,
    ],
    [
      'recipient',
      changed(`Recipient="${acsUrl}"`, 'Recipient="https://other.example.com/acs"'),
      'https://other.example.com/acs',
      acsUrl,
    ],
    [
      'destination',
      changed(`Destination="${acsUrl}"`, 'Destination="http://support"'),
      'http://support',
      acsUrl,
    ],
    ['no destination', { before: [without(` Destination="${acsUrl}"`.trimStart())] }, 'none', acsUrl],
    [
      'issuer of the assertion',
      { before: [(xml) => xml.replace(/(<saml:Assertion[^>]*><saml:Issuer>)[^<]*/, '$1https://x')] },
      'https://x',
      issuer,
    ],
    [
      'issuer of the response',
      changed(`<saml:Issuer>${issuer}`, '<saml:Issuer>https://x'),
      'https://x',
      issuer,
    ],
    [
      'format of the name',
      changed('nameid-format:emailAddress', 'nameid-format:transient'),
      'urn:oasis:names:tc:SAML:1.1:nameid-format:transient',
      'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
    ],
  ];
  it.each(sides)('has both sides: %s', (_what, plan, received, expected) => {
    expect(evidence(plan)).toMatchObject({ received, expected });
  });

  const clocks: readonly (readonly [string, Partial<ValidationContext>, string])[] = [
    [
      'a provider that is ahead',
      { now: issuedAt - 120_000, requestedAt: issuedAt - 125_000 },
      '120 s after, where 60 s are allowed for clocks',
    ],
    [
      'a provider that is behind',
      { requestedAt: issuedAt + 90_000, now: issuedAt + 95_000 },
      '90 s before, where 60 s are allowed for clocks',
    ],
    [
      'an answer that came late',
      { now: issuedAt + 600_000 },
      '302 s before, where 60 s are allowed for clocks',
    ],
  ];
  it.each(clocks)(
    'says by how much and in which direction clocks differ: %s',
    (_what, changes, difference) => {
      expect(evidence({}, changes)).toMatchObject({ difference });
    },
  );

  it("has the provider's own words where it refused", () => {
    const before = [
      replacing(
        '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>',
        '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></samlp:StatusCode><samlp:StatusMessage>no such account</samlp:StatusMessage><samlp:StatusDetail/>',
      ),
      without(/<saml:Assertion.*<\/saml:Assertion>/s),
    ];
    expect(evidence({ sign: 'none', before })).toEqual({
      providerStatus: 'Responder / AuthnFailed',
      providerMessage: 'no such account',
    });
  });

  it('names the person, the algorithm and the certificate once the signature was good, and not before', () => {
    const signatureAlgorithm = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
    const wrong = { acsUrl: 'https://other.example.com/acs' };
    expect(evidence({}, wrong)).toMatchObject({
      nameID: 'ada@vendor.example',
      signatureAlgorithm,
      certificate: pinnedKey.x509.fingerprint256,
    });
    expect(evidence({ key: foreignKey }, wrong)).toEqual({
      signatureAlgorithm,
      pinned: pinnedKey.x509.fingerprint256.slice(0, 23),
    });
    expect(evidence({ style: { signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' } })).toEqual(
      {
        received: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
      },
    );
  });

  it('is made printable and short where it is written', () => {
    const before = [replacing(`Destination="${acsUrl}"`, `Destination="&#x202e;${'x'.repeat(5000)}"`)];
    const result = validatedText(aSamlResponse({ key: pinnedKey, before }), validationContext);
    const written = loggableDetails(result.ok ? {} : (result.evidence ?? {}));
    expect(written['received']?.length).toBeLessThanOrEqual(256);
    expect(written['received']).not.toContain('\u202e');
  });
});
