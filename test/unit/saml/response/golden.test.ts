/** Responses of the shapes that real providers send, by default and in every style that is accepted. */
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { SignedXml } from 'xml-crypto';
import { validateResponse } from '../../../../saml/response/validate-response.ts';
import { aSigningKey } from '../../../kit/idp/signing-key.ts';
import {
  aSamlResponse,
  type ResponsePlan,
  replacing,
  responseContent,
} from '../../../kit/objects/saml-response.ts';
import {
  foreignKey,
  pinnedKey,
  resultReason,
  validated,
  validatedText,
  validationContext,
} from '../../../kit/objects/validated-response.ts';

const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const xmlenc = 'http://www.w3.org/2001/04/xmlenc#';
const shapes = ['keycloak', 'simplesamlphp'] as const;

describe('a response of a real shape', () => {
  it.each(shapes)('of %s is believed, the assertion signed', (shape) => {
    const outcome = validated({ shape });
    expect(outcome.ok && outcome.value.profile.subject.nameID).toBe('ada@vendor.example');
    expect(outcome.ok && outcome.value.profile.attributes).toEqual({ employeeNumber: ['4711'] });
    expect(outcome.ok && outcome.value.profile.assertionId).toBe(responseContent.assertionId);
  });

  it.each(shapes)('of %s is believed, assertion and response signed', (shape) => {
    expect(resultReason(validated({ shape, sign: 'both' }))).toBe('accepted');
  });

  const styles: readonly (readonly [string, NonNullable<ResponsePlan['style']>])[] = [
    ['RSA with SHA-384', { signatureAlgorithm: `${more}rsa-sha384`, digestAlgorithm: `${more}sha384` }],
    ['RSA with SHA-512', { signatureAlgorithm: `${more}rsa-sha512`, digestAlgorithm: `${xmlenc}sha512` }],
    ['a list of inclusive prefixes, as Okta has', { prefixList: 'xs' }],
    ['odd prefixes, as pysaml2 has', { prefix: 'ns1' }],
    ['line breaks in the signature', { newlines: true }],
  ];
  it.each(styles)('is believed with %s', (_title, style) => {
    expect(resultReason(validated({ style }))).toBe('accepted');
  });

  it('is believed with ECDSA', async () => {
    const key = await aSigningKey({ commonName: 'EC provider', type: 'P-256' });
    const xml = aSamlResponse({ key, style: { signatureAlgorithm: `${more}ecdsa-sha256` } });
    expect(resultReason(validateResponse(xml, [key.x509], validationContext))).toBe('accepted');
  });

  it('is believed by the second of two pinned certificates, during a rollover', () => {
    const xml = aSamlResponse({ key: pinnedKey });
    const outcome = validateResponse(xml, [foreignKey.x509, pinnedKey.x509], validationContext);
    expect(outcome.ok && outcome.value.fingerprint).toBe(pinnedKey.x509.fingerprint256);
  });

  it('is believed when its signature has an Id, as that of pysaml2 has', () => {
    const named = replacing('<dsig:Signature ', '<dsig:Signature Id="Signature1" ');
    expect(resultReason(validated({ after: [named] }))).toBe('accepted');
  });

  it('is believed with an XML declaration before it', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${aSamlResponse({ key: pinnedKey })}`;
    expect(resultReason(validatedText(xml))).toBe('accepted');
  });

  it('is not believed by nobody: without certificates there is no trust', () => {
    const xml = aSamlResponse({ key: pinnedKey });
    expect(resultReason(validateResponse(xml, [], validationContext))).toBe(
      'saml.assertion_signature_invalid',
    );
  });

  it('is not believed under a weak key, even if somebody pinned it', async () => {
    const weak = await aSigningKey({ commonName: 'Weak provider', type: 'RSA-1024' });
    const xml = aSamlResponse({ key: weak });
    expect(resultReason(validateResponse(xml, [weak.x509], validationContext))).toBe(
      'saml.assertion_signature_invalid',
    );
  });

  it('is not believed when an RSA algorithm is named over an EC key', async () => {
    const key = await aSigningKey({ commonName: 'EC provider', type: 'P-256' });
    const xml = aSamlResponse({ key, style: { signatureAlgorithm: `${more}rsa-sha256` } });
    expect(resultReason(validateResponse(xml, [key.x509], validationContext))).toBe(
      'saml.assertion_signature_invalid',
    );
  });

  it('costs nobody a walk through the document as long as no pinned key signed', () => {
    const walks = vi.spyOn(SignedXml.prototype, 'checkSignature');
    const large = replacing('>4711<', `>${'x'.repeat(100_000)}<`);
    expect(resultReason(validated({ key: foreignKey, sign: 'both', before: [large] }))).toBe(
      'saml.response_signature_invalid',
    );
    expect(walks).not.toHaveBeenCalled();
    expect(resultReason(validated({ sign: 'both' }))).toBe('accepted');
    expect(walks).toHaveBeenCalledTimes(2);
    walks.mockRestore();
  });

  it.each(shapes)(
    'of %s never says anything else after one character was changed, added or taken',
    (shape) => {
      const xml = aSamlResponse({ key: pinnedKey, shape });
      const truth = profileOf(xml);
      const place = fc.integer({ min: 0, max: xml.length - 1 });
      const piece = fc.constantFrom(
        '',
        ' ',
        'a',
        'A',
        '0',
        '<',
        '>',
        '"',
        '&',
        ':',
        '/',
        '=',
        '\n',
        '\u0430',
      );
      fc.assert(
        fc.property(place, piece, fc.integer({ min: 0, max: 1 }), (at, inserted, taken) => {
          const altered = profileOf(xml.slice(0, at) + inserted + xml.slice(at + taken));
          expect([undefined, truth]).toContain(altered);
        }),
        { numRuns: 400 },
      );
    },
  );
});

/** All that a valid response says, as text; undefined when it is not valid. */
function profileOf(xml: string): string | undefined {
  const outcome = validatedText(xml);
  return outcome.ok ? JSON.stringify(outcome.value.profile) : undefined;
}
