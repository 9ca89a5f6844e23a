/** An application that breaks off in mid-answer is told as that, and never as one whose answer cannot be masked. */
import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { applicationPolicy } from '../../../../../webhook/gateway/handlers/application/policy.ts';
import type { ProxyPolicy } from '../../../../../webhook/gateway/proxy/policy.ts';
import { aGateway } from './proxied.ts';

const masked: ProxyPolicy = applicationPolicy;
const unmasked: ProxyPolicy = { ...applicationPolicy, masker: undefined };

/** The heads and the first pieces of a body, which goes on in each kind. */
const bodies = {
  chunked: [
    'Transfer-Encoding: chunked',
    'Content-Type: text/html',
    '',
    '14',
    '<p>of ada@x.com</p>\n',
    '20',
    '<p>and',
  ],
  'chunked, between two chunks': [
    'Transfer-Encoding: chunked',
    'Content-Type: text/plain',
    '',
    '6',
    'a part',
    '',
  ],
  'with a Content-Length': [
    'Content-Length: 100',
    'Content-Type: application/json',
    '',
    '{"mail": "ada@x.com", "and',
  ],
  'of events': [
    'Transfer-Encoding: chunked',
    'Content-Type: text/event-stream',
    '',
    'd',
    'data: one\n\n\n\n',
    '40',
    'data: tw',
  ],
  'of events with a Content-Length': [
    'Content-Length: 100',
    'Content-Type: text/event-stream',
    '',
    'data: one\n\ndata: tw',
  ],
} as const;

const heads: Readonly<Record<string, readonly string[]>> = {
  chunked: ['Transfer-Encoding: chunked', 'Content-Type: text/html', '', ''],
  'with a Content-Length': ['Content-Length: 100', 'Content-Type: text/html', '', ''],
};

const ways: Readonly<Record<string, (socket: Socket) => void>> = {
  'closes the connection': (socket) => socket.end(),
  'is killed': (socket) => socket.resetAndDestroy(),
};

/** Sends the lines, and breaks off once they have left: what has arrived is read before the end is seen. */
function breaking(lines: readonly string[], way: (socket: Socket) => void) {
  return createServer((_, { socket }) => {
    const sent = Buffer.from(['HTTP/1.1 200 OK', ...lines].join('\r\n'), 'latin1');
    socket?.write(sent, () => way(socket));
  });
}

/** What the client has of it when it ends, in whichever way. */
async function seenBy(outgoing: ReturnType<Awaited<ReturnType<typeof aGateway>>['ask']>) {
  const seen = Promise.withResolvers<{ status: number | undefined; complete: boolean }>();
  outgoing.on('error', () => seen.resolve({ status: undefined, complete: false }));
  outgoing.on('response', (head: IncomingMessage) => {
    head.on('error', () => undefined).resume();
    head.on('close', () => seen.resolve({ status: head.statusCode, complete: head.complete }));
  });
  outgoing.end();
  return seen.promise;
}

const cases = Object.keys(bodies).flatMap((kind) =>
  Object.keys(ways).flatMap((way) =>
    [masked, unmasked].map((policy) => ({
      kind,
      way,
      policy,
      what: policy === masked ? 'masked' : 'not masked',
    })),
  ),
) as readonly { kind: keyof typeof bodies; way: string; policy: ProxyPolicy; what: string }[];

describe('an application', () => {
  it.each(cases)(
    'that $way in a body $kind, $what, leaves a broken response and the outcome says so',
    async (each) => {
      const upstream = breaking(bodies[each.kind], ways[each.way] ?? expect.unreachable(each.way));
      const { ask, forwarded } = await aGateway(each.policy, upstream);
      expect(await seenBy(ask())).toMatchObject({ complete: false });
      const { outcome, refusal, rule } = await forwarded;
      expect(outcome).toMatchObject({ status: 200, upstream: 'unknown', reason: 'ResponseBroken' });
      expect({ refusal, rule }).toEqual({ refusal: undefined, rule: undefined });
    },
  );

  it.each(Object.keys(heads).flatMap((kind) => Object.keys(ways).map((way) => [way, kind] as const)))(
    'that %s before the first byte of a body %s is told as one that cannot be reached',
    async (way, kind) => {
      const upstream = breaking(heads[kind] ?? [], ways[way] ?? expect.unreachable(way));
      const { ask, forwarded } = await aGateway(masked, upstream);
      expect(await seenBy(ask())).toEqual({ status: 502, complete: true });
      expect(await forwarded).toMatchObject({
        outcome: { upstream: 'unknown', reason: 'ResponseBroken' },
        refusal: { status: 502, reason: 'ServiceUnreachable' },
      });
    },
  );
});
