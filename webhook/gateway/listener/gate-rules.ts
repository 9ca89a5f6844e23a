/**
 * THE rules of the request gate: what no request may have, as two programs would read it in two ways. Each says what it
 * found, shortened and without the values of lines that may be secrets, and what to do.
 */
import type { IncomingMessage } from 'node:http';
import { printable } from '../../../crds/rules/problem.ts';
import {
  among,
  counts,
  identityLines,
  isNoHopWord,
  isOddlyNamed,
  type Line,
  packedLines,
  protocolLines,
  proxyLines,
  singleLines,
  wordsOf,
} from './header-lines.ts';
import { isWebSocketHandshake } from './websocket-handshake.ts';

/** What the gate looks at; an `http.IncomingMessage` is one. */
export type RawRequest = Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'rawHeaders'> & {
  readonly socket: {
    readonly remoteAddress?: string | undefined;
    /** What the handshake named; false where it named nothing. */
    readonly servername?: string | false | undefined;
  };
};

/** What is known of the other end of a connection before a request is read. */
export interface Peer {
  /** It is one of the policy's trusted hops. */
  readonly isTrusted: boolean;
  /** Whose a request of a trusted hop is that names no host, as HTTP/1.0 allows. */
  readonly supportHost?: string | undefined;
  /** Whom it reported by the PROXY protocol. */
  readonly reported?: string | undefined;
}

/** What the rules look at. */
export interface Seen {
  readonly request: RawRequest;
  readonly method: string;
  readonly lines: readonly Line[];
  readonly peer: Peer;
}

export const knownMethods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** Methods whose requests have no body. */
export const bodilessMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** Most header lines of a request: browsers send some twenty, proxies add some ten. */
export const mostLines = 100;

/** Lines that no honest client sends here. */
export const forbiddenLines: readonly RegExp[] = [
  ...identityLines,
  ...protocolLines,
  ...proxyLines,
  ...packedLines,
];

interface GateRule {
  readonly name: string;
  readonly status: number;
  readonly rule: string;
  /** What breaks the rule, as it may be shown; undefined where nothing does. */
  readonly broken: (seen: Seen) => string | undefined;
  /** What to do, as a sentence. */
  readonly fix: string;
}

const everyVersion =
  'For HTTP/1.0, name the proxy in spec.network.trustedHops of the policy (docs/network.md).';

/** Each rule with what it says; the first one broken decides. */
export const gateRules: readonly GateRule[] = [
  {
    name: 'Version',
    status: 505,
    rule: 'must be HTTP/1.1, or HTTP/1.0 of a trusted proxy',
    broken: ({ request: { httpVersion }, peer }) =>
      httpVersion === '1.1' || (httpVersion === '1.0' && peer.isTrusted) ? undefined : `HTTP/${httpVersion}`,
    fix: `Set the client, or the proxy in front of the gateway, to HTTP/1.1. ${everyVersion}`,
  },
  {
    name: 'Method',
    status: 405,
    rule: `must have one of the methods ${knownMethods.join(', ')}`,
    broken: ({ method }) => (knownMethods.includes(method) ? undefined : `the method ${shown(method)}`),
    fix: 'Use one of them, for example GET.',
  },
  {
    name: 'Lines',
    status: 431,
    rule: `must have at most ${mostLines} header lines`,
    broken: ({ lines }) => (lines.length > mostLines ? `${lines.length} header lines` : undefined),
    fix: 'Remove what the client or a proxy adds.',
  },
  {
    name: 'Target',
    status: 400,
    rule: 'must ask for a path',
    // No absolute form, no `*`, no authority form: they name a host beside the Host line.
    broken: ({ request: { url = '' } }) => (url.startsWith('/') ? undefined : `the target ${shown(url)}`),
    fix: 'Write the path alone, for example "GET /jobs HTTP/1.1", and the host in the Host line.',
  },
  {
    name: 'HeaderName',
    status: 400,
    rule: 'must not write the name of a header line that counts with another mark than "-"',
    // Other lines with such a name end here: nothing goes by them.
    broken: (seen) => lineWhere(seen, ({ name }) => isOddlyNamed(name) && counts(name)),
    fix: 'Remove that line in the client or in the proxy in front of the gateway, or write it as others do, for example "x-forwarded-for".',
  },
  {
    name: 'Repeated',
    status: 400,
    rule: 'must not repeat a header line that may be there once',
    broken: repeated,
    fix: 'Send that line once.',
  },
  {
    name: 'Identity',
    status: 400,
    rule: 'must not claim an identity in its header lines',
    broken: (seen) => lineWhere(seen, ({ name }) => among(identityLines)(name)),
    fix: 'Remove that line: who you are is known from the session alone.',
  },
  {
    name: 'Protocol',
    status: 400,
    rule: 'must not ask for another protocol, but for WebSocket in a whole handshake',
    broken: (seen) =>
      isWebSocketHandshake(seen.request, seen.lines)
        ? undefined
        : lineWhere(seen, ({ name, value }) => value !== '' && among(protocolLines)(name)),
    fix: 'Remove that line. For a WebSocket send a GET without a body, with "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13" and a key.',
  },
  {
    name: 'ForProxies',
    status: 400,
    rule: 'must not have a password that is meant for a proxy',
    broken: (seen) => lineWhere(seen, ({ name }) => among(proxyLines)(name)),
    fix: 'Remove that line in the client or in the proxy in front of the gateway.',
  },
  {
    name: 'PackedBody',
    status: 400,
    rule: 'must not compress its body',
    broken: (seen) => lineWhere(seen, ({ name }) => among(packedLines)(name)),
    fix: 'Send the body as it is, and remove that line.',
  },
  {
    name: 'Connection',
    status: 400,
    rule: 'must not name header lines that count in Connection',
    broken: (seen) => valueWhere(seen, 'connection', (value) => wordsOf(value).some(isNoHopWord)),
    fix: 'Send "Connection: close", "Connection: keep-alive" or no such line.',
  },
  {
    name: 'TransferEncoding',
    status: 400,
    rule: 'must have no Transfer-Encoding but chunked, and none in HTTP/1.0',
    // `xchunked` passes Node's parser and desynchronises the next one; HTTP/1.0 has none, so the next one may not know it.
    broken: (seen) =>
      valueWhere(
        seen,
        'transfer-encoding',
        (value) => value.toLowerCase() !== 'chunked' || seen.request.httpVersion === '1.0',
      ),
    fix: 'Send "Transfer-Encoding: chunked" or a Content-Length.',
  },
  {
    name: 'TwoLengths',
    status: 400,
    rule: 'must not say the length of its body in two ways',
    broken: (seen) =>
      valuesOf(seen, 'transfer-encoding').length > 0 && valuesOf(seen, 'content-length').length > 0
        ? 'both a Transfer-Encoding and a Content-Length line'
        : undefined,
    fix: 'Send one of the two.',
  },
  {
    name: 'Length',
    status: 400,
    rule: 'must give the length of its body in plain digits',
    broken: (seen) => valueWhere(seen, 'content-length', (value) => !/^(0|[1-9]\d{0,14})$/.test(value)),
    fix: 'Send, for example, "Content-Length: 17".',
  },
  {
    name: 'BodyOfRead',
    status: 400,
    rule: `must not have a body with ${bodilessMethods.join(', ')}`,
    broken: (seen) =>
      hasBody(seen) && bodilessMethods.includes(seen.method)
        ? `a body and the method ${seen.method}`
        : undefined,
    fix: 'Send it without a body, or as a POST.',
  },
  {
    name: 'Expectation',
    status: 417,
    rule: 'must expect nothing but 100-continue',
    broken: (seen) => valueWhere(seen, 'expect', (value) => value.toLowerCase() !== '100-continue'),
    fix: 'Send "Expect: 100-continue" or no such line.',
  },
  {
    name: 'Host',
    status: 400,
    rule: 'must name a host',
    broken: (seen) =>
      hostOf(seen) === undefined ? (valueWhere(seen, 'host', () => true) ?? 'no Host line') : undefined,
    fix: 'Send one by its name, without a user or an address, for example "Host: support.example.com".',
  },
];

/** What a client wrote, as it may be shown to it. */
function shown(text: string): string {
  return `"${printable(text)}"`;
}

/** The first line with such a name. Its value is not shown: it may be a secret. */
function lineWhere({ lines }: Seen, breaks: (line: Line) => boolean): string | undefined {
  const line = lines.find(breaks);
  return line && `the header line ${shown(line.name)}`;
}

/** The first line of this name, which holds no secret, with such a value. */
function valueWhere(seen: Seen, name: string, breaks: (value: string) => boolean): string | undefined {
  const value = valuesOf(seen, name).find(breaks);
  return value === undefined ? undefined : `the line ${shown(`${name}: ${value}`)}`;
}

/** The values of all lines of this name. */
export function valuesOf({ lines }: Seen, name: string): string[] {
  return lines.filter((line) => line.name === name).map(({ value }) => value);
}

function repeated({ lines }: Seen): string | undefined {
  const names = lines.map(({ name }) => name).filter((name) => singleLines.includes(name));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return twice && `more than one line ${shown(twice)}`;
}

function hasBody(seen: Seen): boolean {
  const [length = '0'] = valuesOf(seen, 'content-length');
  return valuesOf(seen, 'transfer-encoding').length > 0 || length !== '0';
}

/**
 * The Host line without its port, in lower case. A dot at its end says that the name is whole, and is no part of it. No user
 * part, no address in brackets.
 */
export function hostOf(seen: Seen): string | undefined {
  const [value = hostUnsaid(seen)] = valuesOf(seen, 'host');
  const [, name] =
    /^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)\.?(?::\d{0,5})?$/.exec(value.toLowerCase()) ?? [];
  return name;
}

/** HTTP/1.0 has no Host line: what the handshake named, else the support host, at which nothing of an application is. */
function hostUnsaid({ request: { httpVersion, socket }, peer: { supportHost = '' } }: Seen): string {
  return httpVersion === '1.0' ? socket.servername || supportHost : '';
}
