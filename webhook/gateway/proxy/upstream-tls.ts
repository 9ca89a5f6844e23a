/**
 * What went wrong before TLS with an application stood, in a sentence for the customer: whose certificate it is, what
 * is wrong with it and what to do. Nothing is ever sent to a server whose certificate was not verified.
 */
import { printable } from '../../../crds/rules/problem.ts';
import type { Upstream } from './resolve-service.ts';

/** TLS with upstream did not come about, so that nothing of the request was sent. */
export class TlsFailure extends Error {
  override readonly name = 'TlsFailure';
}

const authority = 'name the authority that signed it in spec.tls.caRef of the application';

/** What is wrong and what to do, by the code that Node and OpenSSL give. */
const faults: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['its certificate is of no authority that is trusted here', authority],
  UNABLE_TO_GET_ISSUER_CERT: ['its certificate is of no authority that is trusted here', authority],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['its certificate is of no authority that is trusted here', authority],
  SELF_SIGNED_CERT_IN_CHAIN: ['its certificate is of no authority that is trusted here', authority],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['its certificate is signed by itself, which is not trusted here', authority],
  CERT_HAS_EXPIRED: ['its certificate has expired', 'renew it'],
  CERT_NOT_YET_VALID: ['its certificate is not valid yet', 'wait, or look at the clocks'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'its certificate is for other names',
    'have it issued for this name, or say in spec.tls.serverName which of its names counts',
  ],
  EPROTO: [
    'it does not speak TLS 1.2 or 1.3 as the gateway does',
    'look at what the port of the Service serves, and at its appProtocol',
  ],
};

const unknownFault = [
  'the connection ended before it stood',
  'look at what the port of the Service serves',
] as const;

/** The sentence for an error of the connection. */
export function tlsFault(
  { serverName, port }: Pick<Upstream, 'serverName' | 'port'>,
  error: unknown,
): string {
  const code = codeOf(error);
  const [what, fix] =
    faults[code] ?? (code.startsWith('ERR_SSL') ? faults['EPROTO'] : undefined) ?? unknownFault;
  return `TLS with ${serverName} at port ${port} failed: ${what} (${code}); ${fix}.`;
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? printable(code) : 'no code';
}
