/**
 * Which header lines count here, and which end here? What a hop says to the next hop is over at the gateway, and nothing of
 * it reaches an application; a line that counts must have one name and one value for every reader.
 */
import { partsOf } from '../../../crds/rules/request/optional-white-space.ts';

export interface Line {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
}

/** Lines of which a second one would be read by one program and not by the next. */
export const singleLines: readonly string[] = [
  'host',
  'authorization',
  'proxy-authorization',
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'cookie',
  'expect',
  'origin',
  'referer',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'service-worker',
  'range',
];

/** Lines that claim an identity: of the API server's proxies, of proxies in front of us, and ours. */
export const identityLines: readonly RegExp[] = [/^impersonate-/, /^x-remote-/, /^x-support-assertion$/];
/** Lines that ask for another protocol on this connection, unless they are empty. */
export const protocolLines: readonly RegExp[] = [/^upgrade$/, /^http2-settings$/, /^sec-websocket-/];
/** A password that is meant for a proxy: who sends it here believes that it counts. */
export const proxyLines: readonly RegExp[] = [/^proxy-authorization$/];
/** A packed body cannot be looked into. */
export const packedLines: readonly RegExp[] = [/^content-encoding$/];

/** Lines that say where a request came from or went to, or what it means: programs behind us go by them. */
const meaningLines: readonly RegExp[] = [
  /^forwarded$/,
  /^x-forwarded-/,
  /^(x-)?(real|client|cluster-client|true-client)-ip$/,
  /^x-(original|rewrite)-/,
  /^x-(http-)?method/,
  /^x-support-/,
  /^audit-id$/,
  /^content-/,
  /^if-/,
  /^sec-/,
];

const countedShapes = [...identityLines, ...protocolLines, ...proxyLines, ...packedLines, ...meaningLines];

/** What hops say to each other in Connection; none of it names a line that would go further. */
const hopWords: readonly string[] = [
  'close',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'proxy-connection',
  'http2-settings',
];

export function among(shapes: readonly RegExp[]): (name: string) => boolean {
  return (name) => shapes.some((shape) => shape.test(name));
}

/** The name as servers read it that hand headers on as variables (CGI): they know one mark (CVE-2025-64484). */
function asVariable(name: string): string {
  return name.replaceAll(/[^a-z0-9]/g, '-');
}

/** Whether the gateway, or a program behind it, goes by a line of this name, however its marks are written. */
export function counts(name: string): boolean {
  const plain = asVariable(name);
  return singleLines.includes(plain) || plain === 'connection' || among(countedShapes)(plain);
}

/** A name with another mark than the hyphen. */
export function isOddlyNamed(name: string): boolean {
  return !/^[a-z0-9-]+$/.test(name);
}

/** The words of a Connection line, in lower case; a list may have empty places. */
export function wordsOf(connection: string): string[] {
  return partsOf(connection, ',').flatMap((word) => (word === '' ? [] : [word.toLowerCase()]));
}

/** Whether a word of Connection is no name, or that of a line that counts: it would be gone for the next hop (CVE-2024-45410). */
export function isNoHopWord(word: string): boolean {
  if (hopWords.includes(word)) return false;
  return !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(word) || counts(word);
}

/** Why a line ends here. */
export const endings = ['odd-name', 'named-in-connection', 'for-proxies', 'empty', 'http-1.0'] as const;

export interface EndedLine {
  readonly name: string;
  readonly why: (typeof endings)[number];
}

/** The lines that are taken for not there, so that what is judged and what is forwarded is the request without them. */
export function linesThatEnd(lines: readonly Line[], httpVersion: string): EndedLine[] {
  const named = lines
    .filter(({ name }) => name === 'connection')
    .flatMap(({ value }) => wordsOf(value))
    .filter((word) => !hopWords.includes(word));
  return lines.flatMap(({ name, value }): EndedLine[] => {
    if (isOddlyNamed(name)) return [{ name, why: 'odd-name' }];
    if (named.includes(name)) return [{ name, why: 'named-in-connection' }];
    if (name.startsWith('proxy-')) return [{ name, why: 'for-proxies' }];
    if (value === '' && among(protocolLines)(name)) return [{ name, why: 'empty' }];
    // RFC 9110, 10.1.1: such a client does not know what 100 Continue is.
    return name === 'expect' && httpVersion === '1.0' ? [{ name, why: 'http-1.0' }] : [];
  });
}
