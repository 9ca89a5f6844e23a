/**
 * The keys and certificates of one control plane: a CA, the server's certificate, client certificates for people and
 * components. Lives for one run; must not be used for anything that outlives it.
 */
import 'reflect-metadata';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 24 * 3_600_000;

export interface Credential {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS#8. */
  readonly key: string;
}

export interface Subject {
  readonly commonName: string;
  /** Kubernetes reads each organization of a client certificate as a group. */
  readonly organizations?: readonly string[];
}

/** A certificate authority; its own certificate is in `certificate`. */
export interface Authority extends Credential {
  /** Signs a client certificate. Kubernetes takes the common name as the user's name. */
  issueClient(subject: Subject): Promise<Credential>;
  /** Signs a server certificate for loopback: 127.0.0.1, ::1 and localhost. */
  issueLoopbackServer(names?: readonly string[], dates?: ValidityDates): Promise<Credential>;
  /** Signs a server certificate for names and IP addresses. */
  issueServer(commonName: string, hosts: Hosts, dates?: ValidityDates): Promise<Credential>;
}

/** Under what a server is reached. */
export interface Hosts {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

/** Without them a certificate is valid from yesterday for a week. */
export interface ValidityDates {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Makes a new CA. */
export async function createAuthority(commonName: string): Promise<Authority> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: nameOf({ commonName }),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return authorityOf({ certificate: certificate.toString('pem'), key: await pemOf(keys.privateKey) });
}

/** The CA whose certificate and key were kept; a worker process signs with the CA of the shared control plane so. */
export async function authorityOf(credential: Credential): Promise<Authority> {
  const certificate = new x509.X509Certificate(credential.certificate);
  const signingKey = await crypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(credential.key),
    ALGORITHM,
    false,
    ['sign'],
  );
  const issue = async (
    subject: Subject,
    extensions: readonly x509.Extension[],
    dates?: ValidityDates,
  ): Promise<Credential> => {
    const keys = await newKeys();
    const leaf = await x509.X509CertificateGenerator.create({
      ...validity(),
      ...dates,
      subject: nameOf(subject),
      issuer: certificate.subjectName,
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.AuthorityKeyIdentifierExtension.create(certificate),
        ...extensions,
      ],
    });
    return { certificate: leaf.toString('pem'), key: await pemOf(keys.privateKey) };
  };
  const issueServer: Authority['issueServer'] = async (commonName, { names, addresses }, dates) =>
    issue(
      { commonName },
      [
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          ...addresses.map((value) => ({ type: 'ip', value }) as const),
          ...names.map((value) => ({ type: 'dns', value }) as const),
        ]),
      ],
      dates,
    );
  return {
    ...credential,
    issueClient: async (subject) =>
      issue(subject, [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])]),
    issueServer,
    issueLoopbackServer: async (names = [], dates) =>
      issueServer('localhost', { addresses: ['127.0.0.1', '::1'], names: ['localhost', ...names] }, dates),
  };
}

/** A private key for signing ServiceAccount tokens: PEM, SEC 1, from which the API server can read the public half too. */
export function newTokenSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'sec1', format: 'pem' }).toString();
}

/** Types are inferred: the global `crypto` is Node's or the browser library's, depending on who else is compiled. */
const newKeys = async () => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

type KeyPair = Awaited<ReturnType<typeof newKeys>>;

async function pemOf(key: KeyPair['privateKey']): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

/** As structure, not as text: a user's name may hold a comma. */
function nameOf({ commonName, organizations = [] }: Subject): x509.JsonName {
  return [...organizations.map((organization) => ({ O: [organization] })), { CN: [commonName] }];
}

function validity(): { serialNumber: string; notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return {
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + 7 * DAY),
  };
}
