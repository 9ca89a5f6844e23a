/** Machines that hold connections open and send slowly, on real sockets. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createConnections,
  limitBody,
  usualBounds,
} from '../../../../../webhook/gateway/listener/client-limits.ts';
import { eventually } from '../../../../kit/clock/eventually.ts';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A connection, and whether the other side has ended it. */
async function connected(port: number): Promise<{ socket: Socket; ended: () => boolean }> {
  const socket = connect(port, '127.0.0.1');
  let over = false;
  socket.on('error', () => (over = true));
  socket.on('close', () => (over = true));
  socket.resume();
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', resolve));
  return { socket, ended: () => over };
}

/** Bounds small enough to be reached. */
const bounds = {
  silent: { ofOne: 3, ofAll: 6 },
  anonymous: { ofOne: 3, ofAll: 6 },
  ofSessions: { ofOne: 4, ofAll: 20 },
};

/** A server whose requests prove a session where their path is `/session/<name>`; `/held` gets no response. */
async function bounded(isShared = false, most = bounds) {
  const connections = createConnections({
    isShared: () => isShared,
    neighbourAt: ({ forwardedFor }) => forwardedFor.join(),
    mayConnect: () => true,
    bounds: most,
  });
  const server = createServer((request, response) => {
    const peer = request.socket.remoteAddress ?? '';
    const client = request.headers['x-forwarded-for'];
    connections.began(request, response, { peer, forwardedFor: client === undefined ? [] : [client].flat() });
    const [, kind, name] = (request.url ?? '').split('/');
    if (kind === 'session') connections.judged(request, name);
    if (kind === 'over') connections.judged(request, undefined);
    if (kind !== 'held') response.end('ok');
  });
  connections.watch(server);
  const port = await listening(server);
  const ask = (each: Awaited<ReturnType<typeof connected>>, path: string, client = 'a'): Promise<void> => {
    each.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${client}\r\n\r\n`);
    return new Promise((resolve) => each.socket.once('data', () => resolve()).once('close', () => resolve()));
  };
  const open = async (count: number, path?: string) => {
    const all = [];
    for (let number = 0; number < count; number += 1) {
      const one = await connected(port);
      if (path !== undefined) await ask(one, path);
      all.push(one);
    }
    return all;
  };
  const left = async (all: readonly { readonly ended: () => boolean }[], count: number): Promise<void> => {
    await eventually(() => expect(all.filter(({ ended }) => !ended())).toHaveLength(count));
  };
  return { open, ask, left };
}

describe('connections of one address', () => {
  it('that say nothing push out their own oldest, and none of a person with a session', async () => {
    const { open, ask, left } = await bounded();
    const ada = await open(4, '/session/ada');
    const bare = await open(20);
    await left(bare, 3);
    expect(bare.slice(0, 17).every(({ ended }) => ended())).toBe(true);
    const [grace] = await open(1, '/session/grace');
    for (const each of [...ada, grace]) if (each) await ask(each, '/session/again');
    await left([...ada, ...(grace ? [grace] : [])], 4);
  });

  it('of an office of 250 people who come back at the same moment are all served', async () => {
    const { open, ask, left } = await bounded(false, usualBounds);
    const office = await open(250);
    await Promise.all(office.map((each, person) => ask(each, `/session/${person}`)));
    await left(office, 250);
  });

  it('that send requests without a session push out their own oldest, and leave room to connect', async () => {
    const { open, left } = await bounded();
    const ada = await open(2, '/session/ada');
    const flood = await open(20, '/sign-in');
    await left(flood, 3);
    const [newcomer] = await open(1, '/sign-in');
    expect(newcomer?.ended()).toBe(false);
    await left(ada, 2);
  });

  it('are without a session again when that is over', async () => {
    const { open, ask, left } = await bounded();
    const [ada] = await open(1, '/session/ada');
    if (ada === undefined) throw new Error('not connected');
    await ask(ada, '/over');
    await open(3, '/sign-in');
    await left([ada], 0);
  });

  it('of one session are bounded, the oldest first', async () => {
    const { open, left } = await bounded();
    const stolen = await open(10, '/session/stolen');
    const ada = await open(2, '/session/ada');
    await left(stolen, 4);
    await left(ada, 2);
  });
});

describe('connections of a trusted proxy', () => {
  it('are not counted, and of the requests without a session those of one client are', async () => {
    const { open, ask, left } = await bounded(true);
    const idle = await open(20);
    const held = await open(5);
    const other = await open(1);
    for (const each of held) void ask(each, '/held', '203.0.113.7');
    for (const each of other) void ask(each, '/held', '203.0.113.8');
    await left(held, 3);
    await left([...idle, ...other], 21);
  });
});

describe('a body of one of our own paths', () => {
  const request = (length: number): string =>
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;

  it('that does not come in time ends the connection', async () => {
    const port = await listening(
      createServer((incoming, response) => {
        limitBody(incoming, 50);
        incoming.on('end', () => response.end('read')).resume();
      }),
    );
    const { socket, ended } = await connected(port);
    socket.write(`${request(100)}slow`);
    await eventually(() => expect(ended()).toBe(true));
  });

  it('that came in time leaves the connection as it is, however long the answer takes', async () => {
    const answered = Promise.withResolvers<void>();
    const port = await listening(
      createServer((incoming, response) => {
        limitBody(incoming, 30);
        incoming.on('end', () => setTimeout(() => response.end('late'), 80)).resume();
      }),
    );
    const { socket, ended } = await connected(port);
    socket.on('data', () => answered.resolve());
    socket.write(`${request(4)}fast`);
    await answered.promise;
    expect(ended()).toBe(false);
  });
});
