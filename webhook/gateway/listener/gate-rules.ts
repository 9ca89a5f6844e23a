/**
 * THE rules of the request gate: what no request may have, as two programs would read it in two ways. Each says what it
 * found, shortened and without the values of lines that may be secrets, and what to do.
 */
import type { IncomingMessage } from 'node:http';
import { printable } from '../../../crds/rules/problem.ts';

/** What the gate looks at; an `http.IncomingMessage` is one. */
export type RawRequest = Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'rawHeaders'> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
};

export interface Line {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
}

/** What the rules look at. */
export interface Seen {
  readonly request: RawRequest;
  readonly method: string;
  readonly lines: readonly Line[];
}

export const knownMethods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** Methods whose requests have no body. */
export const bodilessMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

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

/** Most header lines of a request: browsers send some twenty, proxies add some ten. */
export const mostLines = 100;

/** Lines that claim an identity: of the API server's proxies, and of proxies in front of us. */
const identityLines: readonly RegExp[] = [/^impersonate-/, /^x-remote-/];
/** Lines that ask for another protocol on this connection. */
const protocolLines: readonly RegExp[] = [/^upgrade$/, /^http2-settings$/, /^sec-websocket-/];
/** Lines that are meant for a proxy, and end at it. */
const proxyLines: readonly RegExp[] = [/^proxy-/];
/** A packed body cannot be looked into. */
const packedLines: readonly RegExp[] = [/^content-encoding$/];

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

/** Each rule with what it says; the first one broken decides. */
export const gateRules: readonly GateRule[] = [
  {
    name: 'Version',
    status: 505,
    rule: 'must be HTTP/1.1',
    broken: ({ request: { httpVersion } }) => (httpVersion === '1.1' ? undefined : `HTTP/${httpVersion}`),
    fix: 'Set the client, or the proxy in front of the gateway, to HTTP/1.1.',
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
    rule: 'must name its headers with letters, digits and hyphens only',
    // `_` and `-` are one and the same to CGI-style servers (CVE-2025-64484).
    broken: (seen) => lineWhere(seen, (name) => !/^[a-z0-9-]+$/.test(name)),
    fix: 'Remove it or give it another name, for example "x-request-id" for "x_request_id".',
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
    broken: (seen) => lineWhere(seen, among(identityLines)),
    fix: 'Remove that line: who you are is known from the session alone.',
  },
  {
    name: 'Protocol',
    status: 400,
    rule: 'must not ask for another protocol',
    broken: (seen) => lineWhere(seen, among(protocolLines)),
    fix: 'Remove that line: the gateway serves neither WebSockets nor HTTP/2.',
  },
  {
    name: 'ForProxies',
    status: 400,
    rule: 'must not have header lines that are meant for a proxy',
    broken: (seen) => lineWhere(seen, among(proxyLines)),
    fix: 'Remove that line in the client or in the proxy in front of the gateway.',
  },
  {
    name: 'PackedBody',
    status: 400,
    rule: 'must not compress its body',
    broken: (seen) => lineWhere(seen, among(packedLines)),
    fix: 'Send the body as it is, and remove that line.',
  },
  {
    name: 'Connection',
    status: 400,
    rule: 'must not name headers in Connection',
    // What is named there is removed by the next hop, our identity headers too (CVE-2024-45410).
    broken: (seen) => valueWhere(seen, 'connection', (value) => !/^(close|keep-alive)$/i.test(value)),
    fix: 'Send "Connection: close", "Connection: keep-alive" or no such line.',
  },
  {
    name: 'TransferEncoding',
    status: 400,
    rule: 'must have no Transfer-Encoding but chunked',
    // `xchunked` passes Node's parser and desynchronises the next one.
    broken: (seen) => valueWhere(seen, 'transfer-encoding', (value) => value.toLowerCase() !== 'chunked'),
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
    fix: 'Send one by its name, without an end dot, a user or an address, for example "Host: support.example.com".',
  },
];

/** What a client wrote, as it may be shown to it. */
function shown(text: string): string {
  return `"${printable(text)}"`;
}

function among(shapes: readonly RegExp[]): (name: string) => boolean {
  return (name) => shapes.some((shape) => shape.test(name));
}

/** The first line with such a name. Its value is not shown: it may be a secret. */
function lineWhere({ lines }: Seen, breaks: (name: string) => boolean): string | undefined {
  const line = lines.find(({ name }) => breaks(name));
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

/** The Host line without its port, in lower case. No user part, no trailing dot, no address in brackets. */
export function hostOf(seen: Seen): string | undefined {
  const [value = ''] = valuesOf(seen, 'host');
  const [, name] = /^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::\d{1,5})?$/.exec(value.toLowerCase()) ?? [];
  return name;
}
