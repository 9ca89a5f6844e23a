import type { AddressInfo } from 'node:net';
import { connect, createSecureContext, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAddress } from '../../../../../crds/rules/address/address.ts';
import { createConnections } from '../../../../../webhook/gateway/listener/client-limits.ts';
import { createHandshakes, handshakeBounds } from '../../../../../webhook/gateway/listener/handshakes.ts';
import { createListener } from '../../../../../webhook/gateway/listener/listener.ts';
import { neighbourOf } from '../../../../../webhook/gateway/listener/neighbour.ts';
import { aStepClock } from '../../../../kit/clock/step-clock.ts';
import { createAuthority } from '../../../../kit/control-plane/pki.ts';

/** What a gateway lets in that has a session of an office, and how many of `times` at once. */
function aGateway(sessions: readonly string[] = ['198.51.100.7', '2001:db8:7:1::5']) {
  const clock = aStepClock();
  let lists = 0;
  const may = createHandshakes({
    addressesOfSessions: () => {
      lists += 1;
      return sessions;
    },
    clock: () => clock.monotonic(),
  });
  const granted = (neighbour: string, times: number): number =>
    Array.from({ length: times }, () => may(neighbour)).filter(Boolean).length;
  return { clock, granted, lists: () => lists };
}

const office = neighbourOf(parseAddress('198.51.100.7'));
const officeV6 = neighbourOf(parseAddress('2001:db8:7:2::9'));

describe('handshakes', () => {
  it('of one address are bounded, at once and for as long as it goes on', async () => {
    const { clock, granted } = aGateway();
    const { size, reserve, everyMs } = handshakeBounds.anonymous;
    let most = granted('4/1', 10_000);
    expect(most).toBe(size - reserve);
    for (let second = 0; second < 60; second++) {
      await clock.step(1000);
      most += granted('4/1', 10_000);
    }
    expect(most).toBe(size - reserve + 60_000 / everyMs);
  });

  it('of all addresses without a session together are bounded, however many they are', () => {
    const { granted } = aGateway();
    const all = Array.from({ length: 5000 }, (_, at) => granted(`4/${at}`, 3));
    expect(all.reduce((sum, one) => sum + one)).toBe(handshakeBounds.anonymous.size);
  });

  it('of an address that connects rarely are let in beside a flood of another one', async () => {
    const { clock, granted } = aGateway();
    for (let second = 0; second < 60; second++) {
      granted('4/1', 10_000);
      expect(granted(`4/${100 + second}`, 6)).toBe(6);
      await clock.step(1000);
    }
  });

  it('of addresses with a session are let in while all the others use up what is theirs', () => {
    const { granted } = aGateway();
    for (let at = 0; at < 5000; at++) granted(`4/${at}`, 3);
    expect(granted('4/77777', 1)).toBe(0);
    expect(granted(office, 500)).toBe(500);
    expect(granted(officeV6, 100)).toBe(100);
  });

  it('of an office whose machine floods from behind the same address take nothing from another office', () => {
    const { granted } = aGateway();
    expect(granted(office, 10_000)).toBe(handshakeBounds.known.size - handshakeBounds.known.reserve);
    expect(granted(officeV6, 100)).toBe(100);
  });

  it('do not have the sessions listed for each of them', () => {
    const { granted, lists } = aGateway();
    granted('4/1', 10_000);
    expect(lists()).toBe(1);
  });
});

/** The listener itself, with so many handshakes for all, and time that stands still. */
async function aListener({ of, isHop = false }: { readonly of: number; readonly isHop?: boolean }) {
  const authority = await createAuthority('handshakes test');
  const { certificate: cert, key } = await authority.issueLoopbackServer(['support.localhost']);
  const context = createSecureContext({ cert, key });
  const few = { size: of, everyMs: 1000, reserve: 0, few: of };
  const server = createListener({
    contextFor: () => context,
    defaultPair: () => undefined,
    idleMs: 1000,
    peerAt: () => ({ isTrusted: false }),
    serve: async ({ response }) => void response.end('served'),
    onRefused: () => undefined,
    refuse: ({ response }) => void response.destroy(),
    connections: createConnections({
      isShared: () => isHop,
      neighbourAt: () => '',
      mayConnect: createHandshakes({
        addressesOfSessions: () => [],
        clock: () => 0,
        bounds: { anonymous: few, known: few },
      }),
    }),
    onFailure: () => undefined,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const shake = (options = {}): Promise<TLSSocket | undefined> =>
    new Promise((resolve) => {
      const servername = 'support.localhost';
      const socket = connect({ port, servername, ca: authority.certificate, ...options });
      onTestFinished(() => void socket.destroy());
      socket.once('secureConnect', () => resolve(socket)).once('error', () => resolve(undefined));
    });
  return { shake };
}

describe('the listener', () => {
  it('closes connections unread that are beyond the bound, and leaves those that are open', async () => {
    const { shake } = await aListener({ of: 10 });
    const made = await Promise.all(Array.from({ length: 40 }, () => shake()));
    const open = made.filter((socket) => socket !== undefined);
    expect(open).toHaveLength(10);
    const [first] = open;
    first?.write('GET / HTTP/1.1\r\nHost: support.localhost\r\n\r\n');
    const text = await new Promise<string>((resolve) => first?.once('data', (data) => resolve(`${data}`)));
    expect(text).toContain('200 OK');
  });

  it('bounds no trusted proxy, which connects for many', async () => {
    const { shake } = await aListener({ of: 1, isHop: true });
    const made = await Promise.all(Array.from({ length: 20 }, () => shake()));
    expect(made.filter((socket) => socket !== undefined)).toHaveLength(20);
  });

  it('gives one handshake for each connection', async () => {
    const { shake } = await aListener({ of: 1 });
    const socket = await shake({ maxVersion: 'TLSv1.2' });
    const error = await new Promise<Error | null>((resolve) => {
      socket?.once('error', resolve);
      socket?.renegotiate({}, resolve);
    });
    expect(String(error)).toContain('no renegotiation');
  });
});
