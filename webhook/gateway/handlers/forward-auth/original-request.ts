/**
 * Which request does an ingress ask about? Read from its headers into the one request that passes the gate, or refused: where
 * something is missing, where two headers differ, and where one is there twice. Its peer is one that the policy trusts, and believed no further than that (T-P2).
 */
import type { IncomingMessage } from 'node:http';
import { printable } from '../../../../crds/rules/problem.ts';
import { judgeRequest } from '../../listener/request-gate.ts';
import { type Ingress, otherMethods, type Part, saidIn, tellingLines, valuesNamed } from './ingresses.ts';

/** The request as the client sent it to the ingress. */
export interface OriginalRequest {
  readonly method: string;
  /** Path and query, as the client wrote them. */
  readonly target: string;
  /** As the client wrote it. */
  readonly authority: string;
  /** Without the port, in lower case. */
  readonly host: string;
}

export type ReadOriginal =
  | { readonly ok: true; readonly original: OriginalRequest }
  /** A sentence for who set up the ingress. */
  | { readonly ok: false; readonly message: string };

type Said = Readonly<Record<Part, readonly string[]>>;

/** Reads what this ingress asks about. `prefix` is what stands before the target of one that asks in place. */
export function readOriginal(
  request: IncomingMessage,
  { ingress, prefix }: { readonly ingress: Ingress; readonly prefix: string },
): ReadOriginal {
  const missing = ingress.needs.find((name) => valuesNamed(request, name).length === 0);
  if (missing !== undefined) return no(`The ingress must send ${missing}, and it is missing.`);
  const twice = tellingLines.find((name) => valuesNamed(request, name).length > 1);
  if (twice !== undefined) return no(`${twice} must be there once, and is there more often.`);
  const override = otherMethods.find((name) => valuesNamed(request, name).length > 0);
  if (override !== undefined) {
    return no(
      `The request must not have ${override}: the application could take it for one with another method.`,
    );
  }
  const said = allSaid(request, { ingress, prefix });
  if (said === undefined)
    return no('x-original-url must be a URL, such as https://ecase.apps.example.com/jobs?x=1.');
  const parts = agreed(said);
  if (typeof parts === 'string') return no(parts);
  if (parts.scheme !== 'https')
    return no(`The request must have come by https, and came by "${printable(parts.scheme)}".`);
  return throughGate(request, parts);
}

function no(message: string): ReadOriginal {
  return { ok: false, message };
}

/** Every value that any header gives for each part; undefined where the URL of the request cannot be taken apart. */
function allSaid(
  request: IncomingMessage,
  { ingress, prefix }: { readonly ingress: Ingress; readonly prefix: string },
): Said | undefined {
  const [url] = valuesNamed(request, 'x-original-url');
  const ofUrl = url === undefined ? undefined : urlParts(url);
  if (url !== undefined && ofUrl === undefined) return undefined;
  const inPlace = ingress.asksInPlace ? inPlaceParts(request, prefix) : undefined;
  const of = (part: Part): string[] => [
    ...saidIn[part].flatMap((name) => valuesNamed(request, name)),
    ...(ofUrl === undefined ? [] : [ofUrl[part] ?? []].flat()),
    ...(inPlace === undefined ? [] : [inPlace[part] ?? []].flat()),
  ];
  return { method: of('method'), target: of('target'), host: of('host'), scheme: of('scheme') };
}

/** By its letters alone: what a parser of URLs would repair is what we must see. */
function urlParts(url: string): Partial<Record<Part, string>> | undefined {
  // Some ingresses are set up to send the target alone.
  if (url.startsWith('/')) return { target: url };
  const [, scheme, host, target] = /^(https?):\/\/([^/?#@\\]+)(\/.*)$/i.exec(url) ?? [];
  return scheme === undefined || host === undefined || target === undefined
    ? undefined
    : { scheme: scheme.toLowerCase(), host, target };
}

function inPlaceParts(
  { method, url = '', headers }: IncomingMessage,
  prefix: string,
): Partial<Record<Part, string>> {
  return { method: method ?? '', target: url.slice(prefix.length), host: headers.host ?? '' };
}

/** One value for each part, or a sentence on what is missing or differs. */
function agreed(said: Said): Record<Part, string> | string {
  const parts: Partial<Record<Part, string>> = {};
  for (const part of ['method', 'target', 'host', 'scheme'] as const) {
    const [first, ...others] = said[part].map((value) => comparable(part, value));
    if (first === undefined || first === '')
      return `The ingress must say the ${part} of the request, and does not.`;
    const other = others.find((value) => value !== first);
    if (other !== undefined)
      return `Two headers say different things of the ${part} of the request: "${printable(first)}" and "${printable(other)}". Have the ingress remove the one that it does not write itself.`;
    parts[part] = first;
  }
  return parts as Record<Part, string>;
}

/** Names of hosts are the same in either case, and with the port that https has anyway. */
function comparable(part: Part, value: string): string {
  if (part === 'host') return value.toLowerCase().replace(/:443$/, '');
  return part === 'scheme' ? value.toLowerCase() : value;
}

/** The gate of every other request, for this one: the lines of the client, with the method, target and host that it had. */
function throughGate(request: IncomingMessage, { method, target, host }: Record<Part, string>): ReadOriginal {
  const { rawHeaders, socket } = request;
  const lines = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 && !tellingLines.includes(name.toLowerCase()) ? [name, rawHeaders[at + 1] ?? ''] : [],
  );
  const judged = judgeRequest(
    { method, url: target, httpVersion: '1.1', rawHeaders: ['Host', host, ...lines], socket },
    { isTrusted: true },
  );
  if (!judged.ok) return no(judged.message);
  // What ends at the gateway does not end at an ingress, which forwards the request as it came.
  const forwarded = judged.ended.find(({ why }) => why === 'odd-name' || why === 'named-in-connection');
  if (forwarded !== undefined) {
    const line = printable(forwarded.name);
    return no(
      `The request must not have the header line "${line}", which programs read differently. Remove it.`,
    );
  }
  return { ok: true, original: { method, target, authority: host, host: judged.host } };
}
