/** Machines that hold connections open and send slowly, on real sockets. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { boundConnections, limitBody } from '../../../../../webhook/gateway/listener/client-limits.ts';
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

describe('connections of one address', () => {
  it('are closed beyond the bound, and there is room again when one ends', async () => {
    const server = createServer();
    boundConnections(server, { most: 2, isShared: () => false });
    const port = await listening(server);
    const [first, second] = [await connected(port), await connected(port)];
    const third = await connected(port);
    await eventually(() => expect(third.ended()).toBe(true));
    expect([first.ended(), second.ended()]).toEqual([false, false]);
    first.socket.destroy();
    await eventually(async () => {
      const fourth = await connected(port);
      fourth.socket.write('GET / HTTP/1.1\r\n');
      await new Promise((resolve) => setImmediate(resolve));
      const count = await new Promise((resolve) => server.getConnections((_, open) => resolve(open)));
      expect([count, fourth.ended()]).toEqual([2, false]);
    });
    expect(second.ended()).toBe(false);
  });

  it('are not counted where many people share the address', async () => {
    const server = createServer();
    boundConnections(server, { most: 1, isShared: (peer) => peer === '127.0.0.1' });
    const port = await listening(server);
    const all = [await connected(port), await connected(port), await connected(port)];
    const count = () => new Promise((resolve) => server.getConnections((_, open) => resolve(open)));
    await eventually(async () => expect(await count()).toBe(3));
    expect(all.map(({ ended }) => ended())).toEqual([false, false, false]);
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
