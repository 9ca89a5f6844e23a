/** What is said of bytes that Node's parser takes for no request: the same as the gate says, on the bare socket. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type GateRefusal, gateMessage } from './request-gate.ts';

interface ParserRule extends Pick<GateRefusal, 'name' | 'status' | 'rule'> {
  readonly found: string;
  readonly fix: string;
}

/** Most bytes of all header lines together. */
export const headerBytes = 32 * 1024;
/** A head that takes longer is given up, milliseconds. */
export const headMs = 20_000;

const malformed: ParserRule = {
  name: 'Malformed',
  status: 400,
  rule: 'must be written as RFC 9112 describes HTTP/1.1',
  found: 'something else',
  fix: 'Send it with a client that does, for example curl or a browser.',
};

/** THE table, by the code of Node's error; every other error is `malformed`. */
export const parserRules: Readonly<Record<string, ParserRule>> = {
  malformed,
  HPE_HEADER_OVERFLOW: {
    name: 'HeaderBytes',
    status: 431,
    rule: `must have at most ${headerBytes / 1024} KiB of header lines`,
    found: 'more',
    fix: 'In a browser, delete the cookies of this host; they are the usual cause.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    name: 'Late',
    status: 408,
    rule: `must send its header lines within ${headMs / 1000} seconds, and its body within ten minutes`,
    found: 'taken longer',
    fix: 'Send it again.',
  },
};

/** CONNECT asks for a tunnel: the bytes after such a head have no known meaning. */
export const tunnelRule: ParserRule = {
  name: 'Tunnel',
  status: 405,
  rule: 'must not ask for a tunnel',
  found: 'the method CONNECT',
  fix: 'Do not use the gateway as a proxy; ask it for the page itself.',
};

/** Which rule an error of the parser stands for. */
export function parserRuleOf(error: Error): ParserRule {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && Object.hasOwn(parserRules, code)
    ? (parserRules[code] ?? malformed)
    : malformed;
}

/** Answers on the socket itself, as there is no response to write to, and closes it. */
export function refuseRaw(socket: Duplex, { status, name, rule, found, fix }: ParserRule): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({ reason: 'BadRequest', rule: name, message: gateMessage(rule, found, fix) });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
