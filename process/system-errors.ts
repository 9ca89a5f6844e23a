/**
 * Says in words what an error of the system is: a file that is not there, a port that is taken, a certificate that is not
 * trusted. Codes such as ENOENT stay in the log; a person reads what is wrong, with the file, port or host, and what to do.
 */

/** What Node puts on such an error, as far as it is there. */
interface SystemError {
  readonly code: string;
  readonly path?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
  readonly hostname?: unknown;
  readonly host?: unknown;
}

const longestShown = 200;

const fileOf = ({ path }: SystemError): string =>
  typeof path === 'string' ? `the file ${path.slice(0, longestShown)}` : 'a file';
const portOf = ({ port }: SystemError): string =>
  typeof port === 'number' || typeof port === 'string' ? `port ${port}` : 'the port';
const hostOf = ({ hostname, host, address }: SystemError): string => {
  const name = [hostname, host, address].find((each) => typeof each === 'string' && each !== '');
  return typeof name === 'string' ? name.slice(0, longestShown) : 'the host';
};
const placeOf = (error: SystemError): string =>
  typeof error.port === 'number' ? `${hostOf(error)}, port ${error.port}` : hostOf(error);

const untrusted = (): string =>
  "the server's certificate is signed by no authority that is trusted here; give the file of its authority";
const noAnswer = (error: SystemError): string =>
  `${placeOf(error)} did not answer in time; look whether a firewall or NetworkPolicy is between`;
const cut = (): string => 'the other side closed the connection; try again, and look whether it restarts';

/** THE table. A new code comes with what a person can do. */
export const systemErrors: Readonly<Record<string, (error: SystemError) => string>> = {
  ENOENT: (error) => `${fileOf(error)} does not exist; create it or correct the path`,
  ENOTDIR: (error) => `${fileOf(error)} cannot exist, as a part of its path is no folder; correct the path`,
  EISDIR: (error) => `${fileOf(error)} is a folder; name a file in it`,
  EACCES: (error) =>
    error.port === undefined
      ? `this process may not open ${fileOf(error)}; give its user the right`
      : `this process may not listen on ${portOf(error)}; take one above 1023`,
  EPERM: (error) => `this process may not use ${fileOf(error)}; give its user the right`,
  EROFS: (error) => `${fileOf(error)} is on a volume that is read-only; make that volume writable`,
  ENOSPC: () => 'the volume is full; make room or enlarge it',
  EDQUOT: () => 'the quota of the volume is used up; raise it or make room',
  EMFILE: () => 'this process has opened as many files as it may; raise its limit',

  EADDRINUSE: (error) => `${portOf(error)} is taken by another process; end that one or take another port`,
  EADDRNOTAVAIL: (error) =>
    `this machine has no address ${hostOf(error)}; name one that it has, for example ::`,
  ENOTFOUND: (error) => `no address is known for the host ${hostOf(error)}; correct the name or the DNS`,
  EAI_AGAIN: (error) => `the DNS does not answer for the host ${hostOf(error)}; look whether it runs`,
  ECONNREFUSED: (error) => `nothing listens at ${placeOf(error)}; start the server or correct the address`,
  ECONNRESET: cut,
  EPIPE: cut,
  UND_ERR_SOCKET: cut,
  ETIMEDOUT: noAnswer,
  UND_ERR_CONNECT_TIMEOUT: noAnswer,
  EHOSTUNREACH: (error) => `no route leads to ${placeOf(error)}; correct the address or the network`,
  ENETUNREACH: (error) => `no route leads to ${placeOf(error)}; correct the address or the network`,

  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  INVALID_PURPOSE: () => "the server's certificate is not one for servers; give it one that is",
  CERT_HAS_EXPIRED: () =>
    "the server's certificate has expired; renew it, or correct the clock of this machine",
  CERT_NOT_YET_VALID: () =>
    "the server's certificate is not valid yet; correct the clock of this machine, or make a new one",
  ERR_TLS_CERT_ALTNAME_INVALID: (error) =>
    `the server's certificate is for other names than ${hostOf(error)}; use one of its names`,
  ERR_SSL_WRONG_VERSION_NUMBER: () => 'the server does not speak TLS at this port; correct the address',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: () => 'the server does not speak TLS at this port; correct the address',
};

/** The error in words with a way out; undefined for one that is no error of the system. */
export function systemErrorInWords(error: unknown): string | undefined {
  // Attempts on several addresses of one name: each has a code, and the error of all of them has none or no text.
  const one: unknown = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  if (!(one instanceof Error)) return undefined;
  const { code } = one as { readonly code?: unknown };
  if (typeof code !== 'string' || !Object.hasOwn(systemErrors, code)) return undefined;
  return systemErrors[code]?.(one as unknown as SystemError);
}
