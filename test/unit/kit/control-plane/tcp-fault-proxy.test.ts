import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../../kit/clock/eventually.ts';
import { startTcpFaultProxy, type TcpFaultProxy } from '../../../kit/control-plane/tcp-fault-proxy.ts';

let echo: Server;
let proxy: TcpFaultProxy;
let clients: Socket[];

beforeEach(async () => {
  clients = [];
  echo = createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const { port } = echo.address() as { port: number };
  proxy = await startTcpFaultProxy({ url: `tcp://127.0.0.1:${port}` });
});

afterEach(async () => {
  for (const socket of clients) socket.destroy();
  await proxy.stop();
  echo.close();
});

async function aClient(): Promise<{ socket: Socket; heard: () => string }> {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  socket.on('error', () => {});
  let heard = '';
  socket.on('data', (piece: Buffer) => {
    heard += piece.toString();
  });
  await once(socket, 'connect');
  return { socket, heard: () => heard };
}

it('passes bytes both ways and in order', async () => {
  const { socket, heard } = await aClient();
  const text = Array.from({ length: 20_000 }, (_, index) => `${index} `).join('');
  socket.write(text);
  await eventually(() => expect(heard()).toBe(text));
});

it('passes the end of a stream', async () => {
  const { socket, heard } = await aClient();
  socket.end('last words');
  await once(socket, 'end');
  expect(heard()).toBe('last words');
});

it('resets all open connections when cut, and takes new ones', async () => {
  const { socket } = await aClient();
  const closed = new Promise((resolve) => {
    socket.once('close', resolve);
  });
  let code: string | undefined;
  socket.on('error', (error: NodeJS.ErrnoException) => {
    code = error.code;
  });
  await eventually(() => expect(proxy.connections()).toBe(1));
  proxy.cut();
  await closed;
  expect(code).toBe('ECONNRESET');
  const next = await aClient();
  next.socket.write('again');
  await eventually(() => expect(next.heard()).toBe('again'));
});

it('keeps a silent connection open and hands over what it held back when it passes again', async () => {
  const { socket, heard } = await aClient();
  socket.write('before ');
  await eventually(() => expect(heard()).toBe('before '));
  proxy.silence();
  socket.write('held back');
  await expect(eventually(() => expect(heard()).not.toBe('before '), { within: 300 })).rejects.toThrow();
  expect(socket.destroyed).toBe(false);
  expect(proxy.connections()).toBe(1);
  await proxy.pass();
  await eventually(() => expect(heard()).toBe('before held back'));
});

it('hands nothing more over on connections that were lost, and takes new ones', async () => {
  const { socket, heard } = await aClient();
  expect(proxy.lose()).toBe(1);
  socket.write('lost');
  const next = await aClient();
  next.socket.write('new');
  await eventually(() => expect(next.heard()).toBe('new'));
  await proxy.pass();
  next.socket.write(' and new');
  await eventually(() => expect(next.heard()).toBe('new and new'));
  expect([heard(), socket.destroyed]).toEqual(['', false]);
});

it('accepts a connection while silent and answers nothing', async () => {
  proxy.silence();
  const { socket, heard } = await aClient();
  socket.write('anybody?');
  await expect(eventually(() => expect(heard()).not.toBe(''), { within: 300 })).rejects.toThrow();
  await proxy.pass();
  await eventually(() => expect(heard()).toBe('anybody?'));
});

it('refuses new connections while the open ones live on, then takes new ones on the same port', async () => {
  const { socket, heard } = await aClient();
  await eventually(() => expect(proxy.connections()).toBe(1));
  await proxy.refuse();
  const refused = connect(proxy.port, '127.0.0.1');
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
  socket.write('still here');
  await eventually(() => expect(heard()).toBe('still here'));
  await proxy.pass();
  const next = await aClient();
  next.socket.write('hello');
  await eventually(() => expect(next.heard()).toBe('hello'));
});

it('is late by what it was told, in order', async () => {
  const { socket, heard } = await aClient();
  proxy.delay(100);
  const from = performance.now();
  socket.write('one ');
  socket.write('two');
  await eventually(() => expect(heard()).toBe('one two'), { every: 5 });
  expect(performance.now() - from).toBeGreaterThanOrEqual(190);
});
