/** The largest attachment, judged by the bytes that arrive and not by what is said of them. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../../kit/clock/eventually.ts';
import { anApplication } from '../../../../../kit/objects/application.ts';
import { withSpec } from '../../../../../kit/objects/object.ts';
import { applicationHost, aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

const megabyte = 1024 * 1024;
let gateway: Awaited<ReturnType<typeof aServedGateway>>;
/** Bytes of bodies that the application got, and how many of them were whole. */
let upstream = { bytes: 0, whole: 0 };

/** The gateway before an application whose attachments have at most one MiB. */
async function limited(): Promise<typeof gateway> {
  upstream = { bytes: 0, whole: 0 };
  gateway = await aServedGateway((request, response) => {
    request.on('data', (chunk: Buffer) => (upstream.bytes += chunk.length));
    request.on('end', () => {
      upstream.whole += 1;
      response.end('ok');
    });
  });
  gateway.objects.put(anApplication(withSpec({ maxAttachmentSizeMB: 1 })));
  return gateway;
}

afterEach(() => gateway.close());

/** A client that writes what it likes, and what it has been answered. */
async function rawClient(
  ...headers: string[]
): Promise<{ socket: Socket; answer: () => string; ended: Promise<unknown> }> {
  const { port, cookie } = await limited();
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const lines = ['POST /jobs/1/run HTTP/1.1', `Host: ${applicationHost}`, `Cookie: ${cookie}`, ...headers];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return { socket, answer: () => answer, ended: new Promise((resolve) => socket.once('close', resolve)) };
}

const answered = async (answer: () => string, status: number): Promise<void> =>
  eventually(() => {
    if (!answer().startsWith(`HTTP/1.1 ${status}`)) throw new Error(`not answered yet: ${answer()}`);
    return Promise.resolve();
  });

describe('a body that is larger than maxAttachmentSizeMB', () => {
  it('EC-5 is refused with 413 by its length, before one byte of it has come', async () => {
    const { answer, ended } = await rawClient(`Content-Length: ${megabyte + 1}`);
    await answered(answer, 413);
    expect(answer()).toMatch(/\r\nconnection: close\r\n/i);
    await ended;
    expect(gateway.reached).toHaveLength(0);
  });

  it('EC-5 is refused with 413 while it comes in chunks, and the rest is not read', async () => {
    const { socket, answer, ended } = await rawClient('Transfer-Encoding: chunked');
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 'a'), Buffer.from('\r\n')]);
    let sent = 0;
    const stopped = { yet: false };
    void ended.then(() => (stopped.yet = true));
    while (!stopped.yet && sent < 64 * megabyte) {
      sent += 0x10000;
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain').catch(() => undefined), ended]);
      else await later(0);
    }
    expect(answer()).toMatch(/^HTTP\/1\.1 413/);
    // What stood in the buffers of two sockets has gone besides; far from all that the client had.
    expect(sent).toBeLessThan(32 * megabyte);
    expect(upstream.bytes).toBeLessThanOrEqual(megabyte);
    expect(upstream.whole).toBe(0);
  });

  it('EC-5 is one body, of however many files it is made', async () => {
    const { ask } = await limited();
    const file = (name: string, size: number) =>
      `--b\r\ncontent-disposition: form-data; name="${name}"; filename="${name}"\r\n\r\n${'a'.repeat(size)}\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const send = async (size: number) =>
      ask('/jobs/1/run', {
        method: 'POST',
        headers,
        body: `${file('one', size)}${file('two', size)}--b--\r\n`,
      });
    expect((await send(megabyte / 2)).status).toBe(413);
    expect((await send(megabyte / 2 - 200)).status).toBe(200);
    expect(upstream.whole).toBe(1);
  });
});

describe('a length that is not true', () => {
  it('EC-5 that is less than what comes ends the body there, and what follows is no request of the person', async () => {
    const { socket, answer, ended } = await rawClient('Content-Length: 4');
    socket.write('runX');
    await answered(answer, 200);
    socket.write('a'.repeat(megabyte));
    await ended;
    expect(upstream).toEqual({ bytes: 4, whole: 1 });
    expect(gateway.reached).toHaveLength(1);
  });

  it('EC-5 that is more than what comes leaves the application without a whole request', async () => {
    const { socket, ended } = await rawClient('Content-Length: 1000');
    socket.end('only this');
    await ended;
    await Promise.all(gateway.served);
    expect(upstream.whole).toBe(0);
  });

  it.each([
    ['Content-Length: 4', 'Content-Length: 5'],
    ['Content-Length: 4', 'Transfer-Encoding: chunked'],
    ['Content-Length: -4'],
    ['Content-Length: 0x10'],
  ])('EC-5 or that two readers would read in two ways is no request at all: %s %s', async (...headers) => {
    const { answer, ended } = await rawClient(...headers);
    await answered(answer, 400);
    await ended;
    expect(gateway.reached).toHaveLength(0);
  });
});
