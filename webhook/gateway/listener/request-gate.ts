/**
 * Is this request written in the one way that every reader takes the same? Judged on the raw header lines, before
 * anything else looks at the request: Node joins or drops duplicates, and what is repaired here could be read
 * otherwise by the application. It refuses and never repairs, and knows nothing of hosts or people.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { withoutOptionalSpace } from '../../../crds/rules/request/optional-white-space.ts';
import type { Origin } from './source-address.ts';

export type GateResult =
  | { readonly ok: true; readonly host: string; readonly origin: Origin }
  | { readonly ok: false; readonly status: number; readonly rule: string };

/** One request that passed the gate, with its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Host without port, lower case; one that this installation serves. */
  readonly host: string;
  readonly origin: Origin;
}

/** What the gate looks at; an `http.IncomingMessage` is one. */
export type RawRequest = Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'rawHeaders'> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
};

interface Line {
  readonly name: string;
  readonly value: string;
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

/** Lines that claim an identity or another connection; no honest client sends them here. */
export const forbiddenLines: readonly RegExp[] = [
  /^impersonate-/,
  /^x-remote-/,
  /^upgrade$/,
  /^http2-settings$/,
  /^sec-websocket-/,
  /^proxy-/,
  /^content-encoding$/,
];

/** Each rule with what it says; the first one broken decides. */
const rules: readonly { readonly status: number; readonly rule: string; broken(seen: Seen): boolean }[] = [
  { status: 505, rule: 'must be HTTP/1.1', broken: ({ request }) => request.httpVersion !== '1.1' },
  { status: 405, rule: 'must use a known method', broken: ({ method }) => !knownMethods.includes(method) },
  {
    status: 431,
    rule: 'must have at most 100 header lines',
    broken: ({ lines }) => lines.length > mostLines,
  },
  // No absolute form, no `*`, no authority form: they name a host beside the Host line.
  { status: 400, rule: 'must ask for a path', broken: ({ request }) => !request.url?.startsWith('/') },
  {
    status: 400,
    rule: 'must have plain header names',
    // `_` and `-` are one and the same to CGI-style servers (CVE-2025-64484).
    broken: ({ lines }) => lines.some(({ name }) => !/^[a-z0-9-]+$/.test(name)),
  },
  { status: 400, rule: 'must not repeat a header line that may be there once', broken: repeats },
  {
    status: 400,
    rule: 'must not claim an identity or another protocol',
    broken: ({ lines }) => lines.some(({ name }) => forbiddenLines.some((shape) => shape.test(name))),
  },
  {
    status: 400,
    rule: 'must not name headers in Connection',
    // What is named there is removed by the next hop, our identity headers too (CVE-2024-45410).
    broken: (seen) => valuesOf(seen, 'connection').some((value) => !/^(close|keep-alive)$/i.test(value)),
  },
  { status: 400, rule: 'must frame its body in one way', broken: framesOddly },
  {
    status: 417,
    rule: 'must expect nothing but 100-continue',
    broken: (seen) => valuesOf(seen, 'expect').some((value) => value.toLowerCase() !== '100-continue'),
  },
  { status: 400, rule: 'must name a host', broken: (seen) => hostOf(seen) === undefined },
];

interface Seen {
  readonly request: RawRequest;
  readonly method: string;
  readonly lines: readonly Line[];
}

/** What the gate says of one request, from its raw lines alone. */
export function judgeRequest(request: RawRequest): GateResult {
  const seen: Seen = { request, method: request.method ?? '', lines: linesOf(request.rawHeaders) };
  const broken = rules.find((rule) => rule.broken(seen));
  if (broken !== undefined) return { ok: false, status: broken.status, rule: broken.rule };
  const forwardedFor = valuesOf(seen, 'x-forwarded-for');
  const peer = request.socket.remoteAddress ?? '';
  return { ok: true, host: hostOf(seen) ?? '', origin: { peer, forwardedFor } };
}

function linesOf(raw: readonly string[]): Line[] {
  const lines: Line[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2)
    lines.push({ name: (raw[at] ?? '').toLowerCase(), value: withoutOptionalSpace(raw[at + 1] ?? '') });

  return lines;
}

function valuesOf({ lines }: Seen, name: string): string[] {
  return lines.filter((line) => line.name === name).map(({ value }) => value);
}

function repeats({ lines }: Seen): boolean {
  const names = lines.map(({ name }) => name).filter((name) => singleLines.includes(name));
  return new Set(names).size !== names.length;
}

function framesOddly(seen: Seen): boolean {
  const [encoding] = valuesOf(seen, 'transfer-encoding');
  const [length] = valuesOf(seen, 'content-length');
  // `xchunked` passes Node's parser and desynchronises the next one.
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') return true;
  if (encoding !== undefined && length !== undefined) return true;
  if (length !== undefined && !/^(0|[1-9]\d{0,14})$/.test(length)) return true;
  const hasBody = encoding !== undefined || (length !== undefined && length !== '0');
  return hasBody && bodilessMethods.includes(seen.method);
}

/** The Host line without its port, in lower case. No user part, no trailing dot, no address in brackets. */
function hostOf(seen: Seen): string | undefined {
  const [value = ''] = valuesOf(seen, 'host');
  const [, name] = /^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::\d{1,5})?$/.exec(value.toLowerCase()) ?? [];
  return name;
}
