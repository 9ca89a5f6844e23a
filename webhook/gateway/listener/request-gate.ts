/**
 * Is this request written in the one way that every reader takes the same? Judged on the raw header lines, before
 * anything else looks at the request: Node joins or drops duplicates. What has no single meaning is refused; what is over
 * at this hop is told, and the rest is judged and forwarded without it. It knows nothing of hosts or people.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { withoutOptionalSpace } from '../../../crds/rules/request/optional-white-space.ts';
import { gateRules, hostOf, type Peer, type RawRequest, type Seen, valuesOf } from './gate-rules.ts';
import { type EndedLine, type Line, linesThatEnd } from './header-lines.ts';
import type { Origin } from './source-address.ts';

export type GateResult = GatePass | GateRefusal;

export interface GatePass {
  readonly ok: true;
  readonly host: string;
  readonly origin: Origin;
  /** The lines that the request is judged and forwarded without. */
  readonly ended: readonly EndedLine[];
}

/** What stands against a request as it is written. */
export interface GateRefusal {
  readonly ok: false;
  readonly status: number;
  /** Which rule: one of a short closed list, for metrics. */
  readonly name: string;
  /** Follows "The request"; the same for every request, so that it can stand in records. */
  readonly rule: string;
  /** The rule, what breaks it and the way out, for who wrote the request. */
  readonly message: string;
  readonly origin: Origin;
}

/** One request that passed the gate, with its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Host without port, lower case; one that this installation serves. */
  readonly host: string;
  readonly origin: Origin;
}

/** What the gate says of one request, from its raw lines alone. */
export function judgeRequest(request: RawRequest, peer: Peer): GateResult {
  const lines = headerLines(request.rawHeaders);
  const seen: Seen = { request, method: request.method ?? '', lines, peer };
  const origin: Origin = {
    peer: request.socket.remoteAddress ?? '',
    forwardedFor: valuesOf(seen, 'x-forwarded-for'),
    forwarded: valuesOf(seen, 'forwarded'),
    reported: peer.reported,
  };
  for (const { name, status, rule, broken, fix } of gateRules) {
    const found = broken(seen);
    if (found !== undefined)
      return { ok: false, status, name, rule, message: gateMessage(rule, found, fix), origin };
  }
  return { ok: true, host: hostOf(seen) ?? '', origin, ended: linesThatEnd(lines, request.httpVersion) };
}

/** The rule, what breaks it and the way out, in one text. */
export function gateMessage(rule: string, found: string, fix: string): string {
  return `The request ${rule}, and it has ${found}. ${fix}`;
}

/** The header lines with their names in lower case. */
export function headerLines(raw: readonly string[]): Line[] {
  const lines: Line[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2)
    lines.push({ name: (raw[at] ?? '').toLowerCase(), value: withoutOptionalSpace(raw[at + 1] ?? '') });

  return lines;
}
