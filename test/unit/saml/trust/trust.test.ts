/** Whom a policy makes the gateway trust, and each way in which a policy says too little. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { problemLine } from '../../../../crds/rules/problem.ts';
import type { SsoSettings } from '../../../../saml/trust/provider.ts';
import { mostCertificates, nextTrustChange, readTrust } from '../../../../saml/trust/trust.ts';
import { providerMetadata } from '../../../kit/idp/provider.ts';
import { aSigningKey } from '../../../kit/idp/signing-key.ts';
import { refusalComplaints } from '../../../kit/messages/good-message.ts';
import { replacing, type TextChange, without } from '../../../kit/objects/saml-response.ts';
import { foreignKey, pinnedKey } from '../../../kit/objects/validated-response.ts';

const now = Date.now();
const entityID = 'https://idp.example.com/metadata';
const signInURL = 'https://idp.example.com/sso';
const triple = { entityID, signInURL, certificates: [pinnedKey.certificate] };
const bareBase64 = pinnedKey.certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '');
const metadata = providerMetadata({ entityID, signInURL, key: pinnedKey, signs: 'assertion' }, true);

function problemsOf(identityProvider: SsoSettings['identityProvider'], at = now): readonly string[] {
  const read = readTrust({ identityProvider }, at);
  return read.ok ? [] : read.problems.map(problemLine);
}

function trusted(sso: SsoSettings) {
  const read = readTrust(sso, now);
  if (!read.ok) throw new Error(read.problems.map(problemLine).join('; '));

  return read.value;
}

describe('the trust of a policy', () => {
  it.each([
    ['the three fields', triple],
    ['metadata', { metadata }],
  ])('comes from %s', (_title, identityProvider) => {
    const trust = trusted({ identityProvider });
    expect(trust).toMatchObject({ entityID, signInURL, warnings: [] });
    expect(trust.certificates.map(({ fingerprint256 }) => fingerprint256)).toEqual([
      pinnedKey.x509.fingerprint256,
    ]);
  });

  it('is strict by default: signed requests, forced sign-in, a minute of skew', () => {
    expect(trusted({ identityProvider: triple })).toMatchObject({
      signsRequests: true,
      forceAuthn: true,
      nameIDFormat: 'Unspecified',
      authnContexts: [],
      attributes: [],
      skewMs: 60_000,
    });
  });

  it('never allows more than three minutes of skew', () => {
    expect(trusted({ identityProvider: triple, clockSkewSeconds: 86_400 }).skewMs).toBe(180_000);
  });

  it('holds two certificates during a rollover', () => {
    const certificates = [pinnedKey.certificate, foreignKey.certificate];
    expect(trusted({ identityProvider: { ...triple, certificates } }).certificates).toHaveLength(2);
  });

  it('warns of a certificate beyond its dates and keeps to the pin', async () => {
    const old = await aSigningKey({ commonName: 'Old provider', notAfter: new Date(now - 1000) });
    const trust = trusted({ identityProvider: { ...triple, certificates: [old.certificate] } });
    expect(trust.certificates).toHaveLength(1);
    expect(trust.warnings[0]).toContain('expired at');
  });

  it('warns of a certificate that is not valid yet', async () => {
    const early = await aSigningKey({ commonName: 'Early provider', notBefore: new Date(now + 60_000) });
    const trust = trusted({ identityProvider: { ...triple, certificates: [early.certificate] } });
    expect(trust.certificates).toHaveLength(1);
    expect(trust.warnings).toEqual([expect.stringContaining('is not valid before')]);
  });

  it('changes by itself when a certificate becomes valid, thirty days before it ends, when it ends, and never otherwise', async () => {
    const from = Math.ceil((now + 60_000) / 1000) * 1000;
    const soon = from + 60_000;
    const to = soon + 30 * 86_400_000;
    const dates = { notBefore: new Date(from), notAfter: new Date(to) };
    const key = await aSigningKey({ commonName: 'Short', ...dates });
    const sso = { identityProvider: { ...triple, certificates: [key.certificate] } };
    const warningsAt = (at: number) => {
      const read = readTrust(sso, at);
      return read.ok ? read.value.warnings.length : -1;
    };
    expect(nextTrustChange(sso, now)).toBe(from);
    expect([warningsAt(from - 1), warningsAt(from)]).toEqual([1, 0]);
    expect(nextTrustChange(sso, from)).toBe(soon);
    expect([warningsAt(soon - 1), warningsAt(soon)]).toEqual([0, 1]);
    expect(nextTrustChange(sso, soon)).toBe(to);
    expect([warningsAt(to - 1), warningsAt(to)]).toEqual([1, 1]);
    expect(nextTrustChange(sso, to)).toBeUndefined();
    expect(nextTrustChange(undefined, now)).toBeUndefined();
  });

  it('takes as many certificates as the CRD admits', () => {
    expect(mostCertificates).toBe(mostInTheManifest());
    const many = Array.from({ length: mostCertificates }, () => pinnedKey.certificate);
    expect(problemsOf({ ...triple, certificates: many })).toEqual([]);
  });

  it('takes an RSA key of 2048 bits and none that is a little smaller', async () => {
    expect(problemsOf(triple)).toEqual([]);
    const smaller = await aSigningKey({ commonName: 'A little weak', type: 'RSA-2047' });
    expect(problemsOf({ ...triple, certificates: [smaller.certificate] })).toHaveLength(1);
  });

  it('does not exist without any setting', () => {
    expect(readTrust(undefined, now)).toMatchObject({
      ok: false,
      problems: [{ field: 'spec.sso', rule: 'must be set' }],
    });
  });

  const weak = () => aSigningKey({ commonName: 'Weak', type: 'RSA-1024' });
  it.each([
    ['no entity id', async () => ({ ...triple, entityID: '' }), 'entityID: must be set'],
    [
      'a plain http address',
      async () => ({ ...triple, signInURL: 'http://idp.example.com/sso' }),
      'signInURL: must be an https URL',
    ],
    [
      'a javascript address',
      async () => ({ ...triple, signInURL: 'javascript:alert(1)' }),
      'signInURL: must be an https URL',
    ],
    [
      'an address with a password',
      async () => ({ ...triple, signInURL: 'https://a:b@idp.example.com/' }),
      'signInURL: must be an https URL',
    ],
    [
      'an address that only looks like loopback',
      async () => ({ ...triple, signInURL: 'http://127.0.0.1.evil.example/' }),
      'signInURL: must be an https URL',
    ],
    ['no certificate', async () => ({ ...triple, certificates: [] }), 'certificates: must have at least one'],
    [
      'a certificate that is none',
      async () => ({ ...triple, certificates: ['AAAA'] }),
      'certificates[0]: must be a readable X.509 certificate',
    ],
    [
      'two in one text',
      async () => ({ ...triple, certificates: [pinnedKey.certificate + foreignKey.certificate] }),
      'certificates[0]: must be exactly one PEM certificate',
    ],
    [
      'something before the base64',
      async () => ({ ...triple, certificates: [`!${bareBase64}`] }),
      'certificates[0]: must be exactly one PEM certificate',
    ],
    [
      'something after the base64',
      async () => ({ ...triple, certificates: [`${bareBase64}!`] }),
      'certificates[0]: must be exactly one PEM certificate',
    ],
    [
      'a private key',
      async () => ({ ...triple, certificates: [pinnedKey.privateKey] }),
      'certificates[0]: must be exactly one PEM certificate',
    ],
    [
      'a weak key',
      async () => ({ ...triple, certificates: [(await weak()).certificate] }),
      'certificates[0]: must hold an RSA key of 2048 to 16384 bits, or an EC key on the curve',
    ],
    ['both metadata and an entity id', async () => ({ metadata, entityID }), 'metadata: must stand alone'],
  ])('is missing with %s', async (_title, provider, problem) => {
    expect(problemsOf(await provider()).join('; ')).toContain(`spec.sso.identityProvider.${problem}`);
  });

  it.each([
    'http://127.0.0.1:8080/sso',
    'http://[::1]/sso',
    'http://localhost/sso',
    'http://idp.localhost/sso',
  ])('may send people to %s, which is this machine', (url) => {
    expect(problemsOf({ ...triple, signInURL: url })).toEqual([]);
  });

  it('tells all problems at once', () => {
    expect(problemsOf({ entityID: '', signInURL: '', certificates: ['x'] })).toHaveLength(3);
  });
});

const listOf = (...xml: readonly string[]): string =>
  `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${xml.join('')}</md:EntitiesDescriptor>`;

describe('metadata in a policy', () => {
  const encryptionOnly = replacing('use="signing"', 'use="encryption"');
  const cases: readonly (readonly [string, string, TextChange])[] = [
    [
      'of two entities',
      'must be of one identity provider, and is of 2 (https://idp.example.com/metadata, https://other.example.com)',
      (xml) => listOf(xml, xml.replace(entityID, 'https://other.example.com')),
    ],
    ['with another root', 'must be one EntityDescriptor, and begins with a', () => '<a/>'],
    ['that is an address', 'must be the XML of the metadata, and is an address', () => entityID],
    ['that is a web page', 'and is a web page', () => '<!DOCTYPE html>\n<html></html>'],
    ['that is other text', 'and begins with other text', () => 'see the portal'],
    [
      'with a document type',
      'must not have a document type',
      (xml) => `<!DOCTYPE x [<!ENTITY y "z">]>${xml}`,
    ],
    ['with a comment that does not end', 'a tag in line 2 that does not end', (xml) => `${xml}\n<!-- `],
    ['that was cut off in a tag', 'a tag in line 1 that does not end', (xml) => xml.slice(0, -10)],
    [
      'that was cut off between tags',
      'must be plain metadata (saml.xml_malformed',
      (xml) => xml.slice(0, xml.lastIndexOf('</')),
    ],
    [
      'of a service provider',
      'must have exactly one IDPSSODescriptor',
      (xml) => xml.replaceAll('IDPSSODescriptor', 'SPSSODescriptor'),
    ],
    [
      'with two providers of SAML 2.0',
      'must have exactly one IDPSSODescriptor',
      (xml) => xml.replace(/<md:IDPSSODescriptor[^]*<\/md:IDPSSODescriptor>/, (one) => one + one),
    ],
    [
      'of SAML 1.1',
      'must have exactly one IDPSSODescriptor',
      replacing('SAML:2.0:protocol', 'SAML:1.1:protocol'),
    ],
    ['without an entity id', 'must have an entityID', without(`entityID="${entityID}"`)],
    [
      'without the redirect binding',
      'must have a SingleSignOnService',
      replacing('bindings:HTTP-Redirect', 'bindings:HTTP-POST'),
    ],
    ['without a certificate for signing', 'must have a certificate for signing', encryptionOnly],
  ];
  it.each(cases)('%s is not trusted', (_title, problem, change) => {
    const problems = problemsOf({ metadata: change(metadata) });
    expect(problems.join('; ')).toContain(problem);
    expect(problems.flatMap((text) => refusalComplaints({ text }))).toEqual([]);
  });

  it('with more certificates than can be checked is not trusted, and is named as a whole', async () => {
    const one = /<md:KeyDescriptor use="signing">[^]*?<\/md:KeyDescriptor>/;
    const keyed = (keys: readonly string[]): string =>
      metadata.replace(one, (key) => keys.map((each) => key.replace(bareBase64, each)).join(''));
    const keys = await Promise.all(
      Array.from({ length: mostCertificates + 1 }, () =>
        aSigningKey({ commonName: 'One of many', type: 'P-256' }),
      ),
    );
    const bodies = keys.map(({ x509 }) => x509.raw.toString('base64'));
    const many = keyed(bodies);
    const field = 'spec.sso.identityProvider.metadata (certificates)';
    expect(problemsOf({ metadata: many })).toEqual([
      expect.stringContaining(`${field}: must have at most 10`),
    ]);
    expect(problemsOf({ metadata: keyed(bodies.slice(1)) })).toEqual([]);
  });

  it('ends with the descriptor of the provider, when that ends first', () => {
    const until = now + 60_000;
    const ending = replacing(
      '<md:IDPSSODescriptor ',
      `<md:IDPSSODescriptor validUntil="${new Date(until).toISOString()}" `,
    )(metadata);
    expect(nextTrustChange({ identityProvider: { metadata: ending } }, now)).toBe(until);
    expect(problemsOf({ metadata: ending }, until - 1)).toEqual([]);
    expect(problemsOf({ metadata: ending }, until).join()).toContain('must still be valid');
  });

  it('may leave out what a key is for', () => {
    expect(problemsOf({ metadata: without(' use="signing"')(metadata) })).toEqual([]);
  });
});

/** The longest list of certificates that the manifest of the CRD admits. */
function mostInTheManifest(): unknown {
  const found: unknown[] = [];
  const manifest: unknown = parse(readFileSync('crds/manifests/supportaccesspolicies.yaml', 'utf8'));
  JSON.stringify(manifest, (key, value: { readonly maxItems?: unknown }) => {
    if (key === 'certificates') found.push(value.maxItems);
    return value;
  });
  expect(found).toHaveLength(1);
  return found[0];
}
