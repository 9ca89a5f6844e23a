/** Answers of the shapes that real providers send, by default and in every style that the door accepts. */
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { SignedXml } from 'xml-crypto';
import { validateResponse } from '../../../../saml/response/validate-response.ts';
import { aSigningKey } from '../../../kit/idp/signing-key.ts';
import { type AnswerPlan, answerFacts, aSamlAnswer, replacing } from '../../../kit/objects/saml-answer.ts';
import {
  expectation,
  foreignKey,
  judged,
  judgedText,
  pinnedKey,
  verdict,
} from '../../../kit/objects/saml-gate.ts';

const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const xmlenc = 'http://www.w3.org/2001/04/xmlenc#';
const shapes = ['keycloak', 'simplesamlphp'] as const;

describe('an answer of a real shape', () => {
  it.each(shapes)('of %s is believed, the assertion signed', (shape) => {
    const outcome = judged({ shape });
    expect(outcome.ok && outcome.value.profile.subject.nameID).toBe('ada@vendor.example');
    expect(outcome.ok && outcome.value.profile.attributes).toEqual({ employeeNumber: ['4711'] });
    expect(outcome.ok && outcome.value.profile.assertionId).toBe(answerFacts.assertionId);
  });

  it.each(shapes)('of %s is believed, assertion and response signed', (shape) => {
    expect(verdict(judged({ shape, sign: 'both' }))).toBe('accepted');
  });

  const styles: readonly (readonly [string, NonNullable<AnswerPlan['style']>])[] = [
    ['RSA with SHA-384', { signatureAlgorithm: `${more}rsa-sha384`, digestAlgorithm: `${more}sha384` }],
    ['RSA with SHA-512', { signatureAlgorithm: `${more}rsa-sha512`, digestAlgorithm: `${xmlenc}sha512` }],
    ['a list of inclusive prefixes, as Okta has', { prefixList: 'xs' }],
    ['odd prefixes, as pysaml2 has', { prefix: 'ns1' }],
    ['line breaks in the signature', { newlines: true }],
  ];
  it.each(styles)('is believed with %s', (_title, style) => {
    expect(verdict(judged({ style }))).toBe('accepted');
  });

  it('is believed with ECDSA', async () => {
    const key = await aSigningKey({ commonName: 'EC provider', type: 'P-256' });
    const xml = aSamlAnswer({ key, style: { signatureAlgorithm: `${more}ecdsa-sha256` } });
    expect(verdict(validateResponse(xml, [key.x509], expectation))).toBe('accepted');
  });

  it('is believed by the second of two pinned certificates, during a rollover', () => {
    const xml = aSamlAnswer({ key: pinnedKey });
    const outcome = validateResponse(xml, [foreignKey.x509, pinnedKey.x509], expectation);
    expect(outcome.ok && outcome.value.fingerprint).toBe(pinnedKey.x509.fingerprint256);
  });

  it('is believed when its signature has an Id, as that of pysaml2 has', () => {
    const named = replacing('<dsig:Signature ', '<dsig:Signature Id="Signature1" ');
    expect(verdict(judged({ after: [named] }))).toBe('accepted');
  });

  it('is believed with an XML declaration before it', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${aSamlAnswer({ key: pinnedKey })}`;
    expect(verdict(judgedText(xml))).toBe('accepted');
  });

  it('is not believed by nobody: without certificates there is no trust', () => {
    const xml = aSamlAnswer({ key: pinnedKey });
    expect(verdict(validateResponse(xml, [], expectation))).toBe('saml.assertion_signature_invalid');
  });

  it('is not believed under a weak key, even if somebody pinned it', async () => {
    const weak = await aSigningKey({ commonName: 'Weak provider', type: 'RSA-1024' });
    const xml = aSamlAnswer({ key: weak });
    expect(verdict(validateResponse(xml, [weak.x509], expectation))).toBe('saml.assertion_signature_invalid');
  });

  it('is not believed when an RSA algorithm is named over an EC key', async () => {
    const key = await aSigningKey({ commonName: 'EC provider', type: 'P-256' });
    const xml = aSamlAnswer({ key, style: { signatureAlgorithm: `${more}rsa-sha256` } });
    expect(verdict(validateResponse(xml, [key.x509], expectation))).toBe('saml.assertion_signature_invalid');
  });

  it('costs nobody a walk through the document as long as no pinned key signed', () => {
    const walks = vi.spyOn(SignedXml.prototype, 'checkSignature');
    const large = replacing('>4711<', `>${'x'.repeat(100_000)}<`);
    expect(verdict(judged({ key: foreignKey, sign: 'both', before: [large] }))).toBe(
      'saml.response_signature_invalid',
    );
    expect(walks).not.toHaveBeenCalled();
    expect(verdict(judged({ sign: 'both' }))).toBe('accepted');
    expect(walks).toHaveBeenCalledTimes(2);
    walks.mockRestore();
  });

  it.each(shapes)(
    'of %s never says anything else after one character was changed, added or taken',
    (shape) => {
      const xml = aSamlAnswer({ key: pinnedKey, shape });
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

/** All that is believed of an answer, as text; undefined when it is not believed. */
function profileOf(xml: string): string | undefined {
  const outcome = judgedText(xml);
  return outcome.ok ? JSON.stringify(outcome.value.profile) : undefined;
}
