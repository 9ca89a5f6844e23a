/**
 * What can be wrong with TLS between the gateway and an application, in a sentence for the customer; and how the gateway tells
 * the operator of it, beside the certificates: by a code of this closed list, since who may write it must not write sentences.
 */
import { formatTime, parseTime } from '../time/time.ts';

const authority = 'name the authority that signed it in spec.tls.caRef of the application';
const unknownAuthority = ['its certificate is of no authority that is trusted here', authority] as const;

/** THE list: what is wrong and what to do, by the codes of Node and OpenSSL. */
const faults: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
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
  ENDED: ['the connection ended before it stood', 'look at what the port of the Service serves'],
};

/** A code of the list; all that it does not have is one of two. */
export function tlsFaultCode(code: string): string {
  if (Object.hasOwn(faults, code)) return code;
  return code.startsWith('ERR_SSL') ? 'EPROTO' : 'ENDED';
}

/** Where TLS was tried. */
interface TlsPlace {
  readonly serverName: string;
  readonly port: number;
}

export function tlsFaultSentence({ serverName, port }: TlsPlace, code: string): string {
  const [what, fix] = faults[code] ?? ['it failed', 'look at what the port of the Service serves'];
  return `TLS with ${serverName} at port ${port} failed: ${what} (${code}); ${fix}.`;
}

/** How long a fault counts after it was last seen: long enough for an application that is asked now and then. */
export const tlsFaultCountsMs = 15 * 60_000;
/** So many are told at most, so that certificates have their place beside them. */
export const mostTlsFaults = 200;

const prefix = 'TLS.';

/** The entry of an application. No Secret is called so, as theirs are in lower case; and no namespace has a dot. */
export function tlsFaultKey({
  namespace,
  name,
}: {
  readonly namespace: string;
  readonly name: string;
}): string {
  return `${prefix}${namespace}.${name}`;
}

export function isTlsFaultKey(key: string): boolean {
  return key.startsWith(prefix);
}

/** A fault, and when it was last seen. */
export interface ToldTlsFault {
  readonly code: string;
  readonly seenAt: number;
}

export function tlsFaultEntry({ code, seenAt }: ToldTlsFault): string {
  return `${code} ${formatTime(seenAt)}`;
}

/** What an entry says; undefined where it says nothing of the list, or nothing that counts any more. */
export function toldTlsFault(entry: string | undefined, now: number): ToldTlsFault | undefined {
  const [code = '', time] = (entry ?? '').split(' ');
  const seenAt = parseTime(time);
  if (!Object.hasOwn(faults, code) || seenAt === undefined) return undefined;
  return Math.abs(now - seenAt) < tlsFaultCountsMs ? { code, seenAt } : undefined;
}
