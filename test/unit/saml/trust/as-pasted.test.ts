/** Metadata and certificates as administrators paste them: the same provider in every spelling, and what is said of the rest. */
import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import { problemLine } from '../../../../crds/rules/problem.ts';
import type { SsoSettings } from '../../../../saml/trust/provider.ts';
import { readTrust } from '../../../../saml/trust/trust.ts';
import { providerMetadata } from '../../../kit/idp/provider.ts';
import { aSigningKey } from '../../../kit/idp/signing-key.ts';
import { problemComplaints } from '../../../kit/messages/good-message.ts';
import { foreignKey, pinnedKey } from '../../../kit/objects/validated-response.ts';

const now = Date.now();
const day = 86_400_000;
const entityID = 'https://idp.example.com/metadata';
const signInURL = 'https://idp.example.com/sso';
const triple = { entityID, signInURL, certificates: [pinnedKey.certificate] };
const metadata = providerMetadata({ entityID, signInURL, key: pinnedKey, signs: 'assertion' }, true).replace(
  /^<\?xml[^>]*\?>\s*/,
  '',
);
const base64 = pinnedKey.x509.raw.toString('base64');

type Provider = SsoSettings['identityProvider'];

function read(identityProvider: Provider, sso: Partial<SsoSettings> = {}) {
  const trust = readTrust({ ...sso, identityProvider }, now);
  if (!trust.ok) return { problems: trust.problems.map(problemLine), warnings: [], certificates: [] };
  const { warnings, certificates } = trust.value;
  return { ...trust.value, problems: [], warnings, certificates };
}

const fingerprints = (provider: Provider): string[] =>
  read(provider).certificates.map(({ fingerprint256 }) => fingerprint256);

const listed = (...parts: readonly string[]): string =>
  `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" Name="x">${parts.join('\n')}</md:EntitiesDescriptor>`;
const serviceProvider =
  '<md:EntityDescriptor entityID="https://sp.example.com"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/></md:EntityDescriptor>';
const keyDescriptor = /<md:KeyDescriptor use="signing">[^]*?<\/md:KeyDescriptor>/;
const keyOf = (...bodies: readonly string[]): string =>
  `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>${bodies
    .map((body) => `<ds:X509Certificate>${body}</ds:X509Certificate>`)
    .join('')}</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
const withKeys = (...keys: readonly string[]): string => metadata.replace(keyDescriptor, keys.join('\n'));

describe('EC-1 metadata as it is pasted', () => {
  const spellings: Readonly<Record<string, string>> = {
    'a byte order mark': `\uFEFF${metadata}`,
    'a byte order mark that was read in another encoding': `\u00EF\u00BB\u00BF${metadata}`,
    'a declaration': `<?xml version="1.0" encoding="UTF-8"?>\n${metadata}`,
    'a declaration of another encoding': `<?xml version='1.0' encoding='utf-16' standalone="no" ?>${metadata}`,
    'empty lines before the declaration': `\n\n  <?xml version="1.0"?>${metadata}\n\n`,
    'a byte order mark and a declaration': `\uFEFF<?xml version="1.0"?>\r\n${metadata}`,
    'a comment before it': `<!-- exported <today> & -- so -->\n${metadata}`.replace('-- so', 'so'),
    'a comment inside it': metadata.replace('<md:IDPSSO', '<!-- <!DOCTYPE x> --><md:IDPSSO'),
    'an instruction': `<?xml-stylesheet type="text/css" href="x.css"?>${metadata}`,
    'a list of one': listed(metadata),
    'a list in a list': listed(listed(metadata)),
    'a list with service providers': listed(serviceProvider, metadata, serviceProvider),
    'line ends of Windows': metadata.replaceAll('><', '>\r\n<'),
    'line ends in tags': metadata.replaceAll(' entityID=', '\r\n\tentityID='),
    'an address with blanks around it': metadata.replace(
      `entityID="${entityID}"`,
      `entityID=" ${entityID}\n"`,
    ),
    'the prefix xml declared': metadata.replace(
      ' entityID=',
      ' xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:lang="en" entityID=',
    ),
    'a certificate as CDATA': metadata.replace(base64, `<![CDATA[${base64}]]>`),
    'a certificate with its marks': metadata.replace(base64, pinnedKey.certificate),
    'a certificate in lines of Windows': metadata.replace(base64, base64.replaceAll(/(.{64})/g, '$1\r\n')),
    'the same key for signing and encryption': withKeys(
      keyOf(base64),
      keyOf(base64).replace('signing', 'encryption'),
    ),
    'the same certificate twice': withKeys(keyOf(base64), keyOf(base64)),
    'a key without a use': withKeys(keyOf(base64).replace(' use="signing"', '')),
  };
  it.each(Object.entries(spellings))('means the same with %s', (_name, text) => {
    const trust = read({ metadata: text });
    expect(trust).toMatchObject({ problems: [], warnings: [], entityID, signInURL });
    expect(trust.certificates.map(({ fingerprint256 }) => fingerprint256)).toEqual([
      pinnedKey.x509.fingerprint256,
    ]);
  });

  it('may have several keys for signing, each of which counts', () => {
    const other = foreignKey.x509.raw.toString('base64');
    expect(fingerprints({ metadata: withKeys(keyOf(base64), keyOf(other)) })).toEqual([
      pinnedKey.x509.fingerprint256,
      foreignKey.x509.fingerprint256,
    ]);
  });

  it('is read in time that grows with its length', () => {
    for (const piece of ['<!--', '<?', '<![CDATA[', '<a b="', "<a '"])
      expect(read({ metadata: `<a>${piece.repeat(130_000 / piece.length)}` }).problems).toHaveLength(1);
  });

  const ending = (validUntil: string): string =>
    metadata.replace(' entityID=', ` validUntil="${validUntil}" entityID=`);
  it.each([
    ['in 31 days', new Date(now + 31 * day).toISOString(), 0, 0],
    ['in 30 days', new Date(now + 30 * day).toISOString(), 0, 1],
    [
      'in a minute, said in another zone',
      `${new Date(now + 3_660_000).toISOString().slice(0, 19)}+01:00`,
      0,
      1,
    ],
    ['in a minute, without a zone', new Date(now + 60_000).toISOString().slice(0, 19), 0, 1],
    ['yesterday', new Date(now - day).toISOString(), 1, 0],
    ['some day', 'some day', 1, 0],
  ])(
    'that ends %s warns from 30 days before, and closes at its end',
    (_when, validUntil, problems, warnings) => {
      const trust = read({ metadata: ending(validUntil) });
      expect([trust.problems.length, trust.warnings.length]).toEqual([problems, warnings]);
      expect([...trust.problems, ...trust.warnings].flatMap(problemComplaints)).toEqual([]);
      expect(
        read({ metadata: listed(metadata).replace(' Name="x"', ` validUntil="${validUntil}"`) }),
      ).toMatchObject({
        problems: { length: problems },
      });
    },
  );
});

async function issued() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const [ca, leaf] = await Promise.all(
    [0, 1].map(() => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])),
  );
  const dates = { notBefore: new Date(now - day), notAfter: new Date(now + 365 * day) };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...dates,
    name: 'CN=Authority',
    keys: ca!,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true)],
  });
  const own = await x509.X509CertificateGenerator.create({
    ...dates,
    subject: 'CN=Provider',
    issuer: root.subject,
    publicKey: leaf!.publicKey,
    signingKey: ca!.privateKey,
    signingAlgorithm: algorithm,
  });
  return [own, root].map((each) => new X509Certificate(each.toString('pem'))) as [
    X509Certificate,
    X509Certificate,
  ];
}

describe("an authority's certificate in the same X509Data", () => {
  it.each([
    ['after', (own: string, root: string) => [own, root]],
    ['before', (own: string, root: string) => [root, own]],
  ])('is not trusted, where it stands %s that of the provider', async (_where, order) => {
    const [own, root] = await issued();
    const bodies = order(own.raw.toString('base64'), root.raw.toString('base64'));
    expect(fingerprints({ metadata: withKeys(keyOf(...bodies)) })).toEqual([own.fingerprint256]);
  });

  it('leaves the first of two that have nothing to do with each other', () => {
    const bodies = [base64, foreignKey.x509.raw.toString('base64')];
    expect(fingerprints({ metadata: withKeys(keyOf(...bodies)) })).toEqual([pinnedKey.x509.fingerprint256]);
  });
});

describe('EC-1 a certificate as it is pasted', () => {
  const pem = pinnedKey.certificate;
  const spellings: Readonly<Record<string, string>> = {
    'line ends of Windows': pem.replaceAll('\n', '\r\n'),
    'blanks at the ends of lines': pem.replaceAll('\n', '  \n'),
    'blanks around it': `\n  ${pem}\t\n`,
    'no line breaks': pem.replaceAll('\n', ''),
    'blanks for line breaks': pem.replaceAll('\n', ' '),
    'line breaks written out': pem.replaceAll('\n', '\\n'),
    'an indented block': pem.replaceAll('\n', '\n    '),
    'bare base64': base64,
    'bare base64 in lines': base64.replaceAll(/(.{76})/g, '$1\r\n'),
    'what openssl prints before it': `Certificate:\n    Data:\n        Version: 3 (0x2)\n${pem}`,
    'a byte order mark': `\uFEFF${pem}`,
  };
  it.each(Object.entries(spellings))('means the same with %s', (_name, text) => {
    expect(fingerprints({ ...triple, certificates: [text] })).toEqual([pinnedKey.x509.fingerprint256]);
  });

  it.each([
    ['one that cannot be read', 'AAAA', 'certificates[1]: must be a readable X.509 certificate'],
    [
      'a private key',
      pinnedKey.privateKey,
      'certificates[1]: must be exactly one PEM certificate, and holds a private key',
    ],
    ['a whole chain', pem + foreignKey.certificate, 'certificates[1]: must be exactly one PEM certificate'],
  ])('warns of %s beside a good one, and closes nothing', (_what, text, warning) => {
    const trust = read({ ...triple, certificates: [pem, text] });
    expect(trust.certificates).toHaveLength(1);
    expect(trust.warnings).toEqual([expect.stringContaining(warning)]);
    expect(trust.warnings.flatMap(problemComplaints)).toEqual([]);
    expect(trust.warnings.join('')).not.toContain(text.slice(40, 80) || 'nothing');
  });

  it.each(['P-256', 'P-384', 'P-521'] as const)('may hold a key on the curve %s', async (type) => {
    const { certificate } = await aSigningKey({ commonName: 'Curve', type });
    expect(read({ ...triple, certificates: [certificate] }).problems).toEqual([]);
  });

  it('must not hold a key on a curve that is not well known', () => {
    expect(read({ ...triple, certificates: [onSecp256k1] }).problems).toEqual([
      expect.stringContaining('or an EC key on the curve P-256, P-384 or P-521'),
    ]);
  });
});

/** On secp256k1, made once by openssl: what makes keys for these tests knows the well known curves only. */
const onSecp256k1 =
  'MIIBbjCCARSgAwIBAgIUY85+WJqyo00LafbS4wnsRp/7yJAwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCazEwIBcNMjYxMjAx' +
  'MTMzOTIwWhgPMjEyNjExMDcxMzM5MjBaMA0xCzAJBgNVBAMMAmsxMFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAE8gOPr+1/dpYz' +
  'z0TDV8DJQ5mRW6TVV6bt/CaZZ+zmkHG3uW3pq2p6jNBQR2beQGbGU1CnegeWQ5K7WMabkTDLIKNTMFEwHQYDVR0OBBYEFESl' +
  'szcP0UJxs12+bXSqgjwsa4NkMB8GA1UdIwQYMBaAFESlszcP0UJxs12+bXSqgjwsa4NkMA8GA1UdEwEB/wQFMAMBAf8wCgYI' +
  'KoZIzj0EAwIDSAAwRQIhALhgTU1Lii7f2rw/qXB7XSdkigA3VzImZ8j7N4JXSrx/AiAsu9W4dZaDT7BoU89U3pxyodN1pbsr' +
  'iUb46hyPb28KFQ==';

describe('what is unwise in the settings', () => {
  it('is said: a wish for a fresh sign-in that is not signed, and a provider that wants signatures', () => {
    const unsigned = read({ metadata }, { requestSigning: 'Disabled' });
    expect(unsigned.warnings).toEqual([
      expect.stringContaining('says that requests must be signed'),
      expect.stringContaining('spec.sso.forceAuthn is a wish'),
    ]);
    expect(read({ metadata }, { requestSigning: 'Disabled', forceAuthn: 'Disabled' }).warnings).toHaveLength(
      1,
    );
    expect(read({ ...triple }, { requestSigning: 'Disabled', forceAuthn: 'Disabled' }).warnings).toEqual([]);
  });
});
