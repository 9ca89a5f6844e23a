/** What we ask an identity provider, and what we publish about ourselves. */
import { createVerify } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { signInRedirect } from '../../../../saml/request/authn-request.ts';
import { spMetadata } from '../../../../saml/request/service-provider.ts';
import type { Trust } from '../../../../saml/trust/trust.ts';
import { scanXml } from '../../../../saml/xml/scanner.ts';
import { sp } from '../../../kit/objects/sign-in.ts';
import { foreignKey, pinnedKey as ourKey } from '../../../kit/objects/validated-response.ts';

const us = { ...sp, keys: [ourKey, foreignKey] };
const trust: Trust = {
  entityID: 'https://idp.example.com/a&b',
  signInURL: 'https://idp.example.com/sso?tenant=a&x=y',
  certificates: [],
  warnings: [],
  firstEnd: Number.POSITIVE_INFINITY,
  signsRequests: true,
  forceAuthn: true,
  demandsBoth: false,
  nameIDFormat: 'Unspecified',
  authnContexts: [],
  attributes: [],
  skewMs: 0,
};
const request = { id: '_id', relayState: 'nonce-1', now: Date.parse('2026-12-01T08:00:00Z') };

function sent(changes: Partial<Trust> = {}) {
  const url = signInRedirect(us, { ...trust, ...changes }, request);
  const query = new URL(url).searchParams;
  const xml = inflateRawSync(Buffer.from(query.get('SAMLRequest') ?? '', 'base64')).toString();
  return { url, query, xml };
}

describe('a request to sign in', () => {
  it('goes to the sign-in URL of the policy, with the query that stands there', () => {
    const { url, query } = sent();
    expect(url.startsWith('https://idp.example.com/sso?tenant=a&x=y&SAMLRequest=')).toBe(true);
    expect(query.get('RelayState')).toBe('nonce-1');
  });

  it('is well-formed and says who asks, where the response belongs and when it was asked', () => {
    const { xml } = sent();
    expect(scanXml(xml).ok).toBe(true);
    expect(xml).toContain(`<saml:Issuer>${sp.entityID}</saml:Issuer>`);
    expect(xml).toContain(`AssertionConsumerServiceURL="${sp.acsUrl}"`);
    expect(xml).toContain('ID="_id"');
    expect(xml).toContain('IssueInstant="2026-12-01T08:00:00.000Z"');
    expect(xml).toContain('Destination="https://idp.example.com/sso?tenant=a&amp;x=y"');
  });

  it('is signed with RSA and SHA-256 by the newest key, over the query as it is sent', () => {
    const { url, query } = sent();
    const octets = /(SAMLRequest=.*)&Signature=/.exec(url)?.[1] ?? '';
    const verifier = createVerify('sha256').update(octets);
    expect(query.get('SigAlg')).toBe('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256');
    expect(verifier.verify(ourKey.certificate, query.get('Signature') ?? '', 'base64')).toBe(true);
  });

  it('is not signed where the policy says so', () => {
    expect(sent({ signsRequests: false }).query.has('Signature')).toBe(false);
  });

  it.each([
    ['forced', true, true],
    ['not forced', false, false],
  ])('has ForceAuthn only where sign-in is %s', (_title, forceAuthn, there) => {
    expect(sent({ forceAuthn }).xml.includes('ForceAuthn="true"')).toBe(there);
  });

  it('asks for a format of NameID only where the policy wants one', () => {
    expect(sent().xml).not.toContain('NameIDPolicy');
    expect(sent({ nameIDFormat: 'Persistent' }).xml).toContain(
      '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" AllowCreate="true"/>',
    );
  });

  it('asks for the ways of signing in that will be accepted', () => {
    const { xml } = sent({ authnContexts: ['urn:x:mfa', 'urn:x:<smartcard>'] });
    expect(scanXml(xml).ok).toBe(true);
    expect(xml).toContain(
      '<samlp:RequestedAuthnContext Comparison="exact"><saml:AuthnContextClassRef>urn:x:mfa<',
    );
    expect(xml).toContain('urn:x:&lt;smartcard&gt;');
  });

  it('asks for no way of signing in where the policy accepts every one', () => {
    expect(sent().xml).not.toContain('RequestedAuthnContext');
  });
});

describe('our metadata', () => {
  const xml = spMetadata(us, trust);

  it('is well-formed, wants signed assertions and names one consumer', () => {
    expect(scanXml(xml).ok).toBe(true);
    expect(xml).toContain(`entityID="${sp.entityID}"`);
    expect(xml).toContain('WantAssertionsSigned="true"');
    expect(xml.match(/<AssertionConsumerService /g)).toHaveLength(1);
    expect(xml).toContain(`Location="${sp.acsUrl}"`);
  });

  it('publishes every certificate that may sign, and no private key', () => {
    const body = (pem: string) => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
    expect(xml).toContain(body(ourKey.certificate));
    expect(xml).toContain(body(foreignKey.certificate));
    expect(xml).not.toContain(body(ourKey.privateKey).slice(-200, -100));
  });
});
