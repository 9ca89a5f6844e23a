/** The engine with policies other than that of applications: what one entry point forbids, another may allow. */
import { createServer, type IncomingMessage, type request } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { applicationPolicy } from '../../../../../webhook/gateway/handlers/application/policy.ts';
import { aGateway, open, responseTo } from './proxied.ts';

const upgrading = { connection: 'Upgrade', upgrade: 'echo', 'sec-websocket-key': 'k', 'x-other': 'o' };

/** An upstream that changes to a protocol which sends everything back. */
function anEcho(seen: IncomingMessage[] = []) {
  const server = createServer((incoming, response) => {
    seen.push(incoming);
    response.end('not upgraded');
  });
  return server.on('upgrade', (incoming: IncomingMessage, socket: Socket) => {
    seen.push(incoming);
    socket.on('error', () => undefined);
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n' +
        'Sec-WebSocket-Accept: a\r\nServer: them\r\n\r\nhello ',
    );
    socket.pipe(socket);
  });
}

async function upgradedBy(outgoing: ReturnType<typeof request>) {
  const upgraded = Promise.withResolvers<{ head: IncomingMessage; socket: Socket; text: () => string }>();
  outgoing.on('upgrade', (head, socket, first) => {
    let text = first.toString();
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    upgraded.resolve({ head, socket, text: () => text });
  });
  outgoing.on('response', () => upgraded.reject(new Error('not upgraded')));
  outgoing.end();
  return upgraded.promise;
}

describe('a request that changes the protocol', () => {
  it('is joined with upstream where the policy allows it, and counted until it ends', async () => {
    const seen: IncomingMessage[] = [];
    const { ask, forwarded } = await aGateway(open, anEcho(seen));
    const { head, socket, text } = await upgradedBy(ask({ headers: upgrading }));
    expect(head.headers).toMatchObject({ upgrade: 'echo', 'sec-websocket-accept': 'a', 'x-own': 'ours' });
    expect(head.headers['server']).toBeUndefined();
    expect(seen[0]?.headers).toMatchObject({
      upgrade: 'echo',
      'sec-websocket-key': 'k',
      'audit-id': 'record-1',
    });
    expect(seen[0]?.headers['x-other']).toBeUndefined();
    socket.write('ping');
    socket.end();
    expect(await forwarded).toEqual({
      outcome: { status: 101, upstream: 'answered', bytesOut: 'hello ping'.length, masked: {} },
    });
    expect(text()).toBe('hello ping');
  });

  it('is cut when access is taken back', async () => {
    const { ask, cut, forwarded } = await aGateway(open, anEcho());
    const { socket } = await upgradedBy(ask({ headers: upgrading }));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    cut.abort('Locked');
    await closed;
    expect(await forwarded).toMatchObject({ outcome: { status: 101, upstream: 'cut', reason: 'Locked' } });
  });

  it.each([
    ['the policy forbids it', { upgrades: false }],
    ['something has to be masked', { masker: applicationPolicy.masker }],
  ])('is an ordinary request where %s', async (_, change) => {
    const seen: IncomingMessage[] = [];
    const { ask } = await aGateway({ ...open, ...change }, anEcho(seen));
    const { head, body } = await responseTo(ask({ headers: upgrading }));
    expect({ status: head.statusCode, body }).toEqual({ status: 200, body: 'not upgraded' });
    expect(seen[0]?.headers['upgrade']).toBeUndefined();
  });

  it('is an ordinary request where upstream does not change it', async () => {
    const plain = createServer((_, response) => response.end('stays'));
    const { ask } = await aGateway(open, plain);
    expect(await responseTo(ask({ headers: upgrading }))).toMatchObject({ body: 'stays' });
  });

  it('is refused where upstream changes it without a word to what', async () => {
    const wordless = createServer((_, response) => {
      response.socket?.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    });
    const { ask, forwarded } = await aGateway(open, wordless);
    expect((await responseTo(ask())).head.statusCode).toBe(502);
    expect(await forwarded).toEqual({
      outcome: { status: 101, upstream: 'answered', reason: 'NotMaskable' },
      refusal: { status: 502, reason: 'NotMaskable' },
      rule: 'must be a final response',
    });
  });

  it('is refused where upstream changes it unasked', async () => {
    const unasked = createServer((_, response) => {
      response.socket?.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nraw',
      );
    });
    const { ask, forwarded } = await aGateway(open, unasked);
    expect((await responseTo(ask())).head.statusCode).toBe(502);
    expect(await forwarded).toMatchObject({ refusal: { status: 502 } });
  });
});

describe('informational responses', () => {
  const telling = () =>
    createServer((_, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.end('whole');
    });

  it.each([
    ['reach the client where the policy allows them, but for early hints', true, [102]],
    ['are dropped where it does not', false, []],
  ])('%s', async (_, informational, expected) => {
    const { ask } = await aGateway({ ...open, informational }, telling());
    const outgoing = ask();
    const informed: number[] = [];
    outgoing.on('information', ({ statusCode }) => informed.push(statusCode));
    expect(await responseTo(outgoing)).toMatchObject({ body: 'whole' });
    expect(informed).toEqual(expected);
  });
});

describe('a gateway that leaves', () => {
  /** Sends one piece, and then nothing for ever. */
  async function aLastingResponse(type: string) {
    const closed = Promise.withResolvers<void>();
    const upstream = createServer((_, response) => {
      response.once('close', closed.resolve);
      response.writeHead(200, { 'content-type': type }).write('data: one\n\ndata: tw');
    });
    const gateway = await aGateway(open, upstream);
    const answer = Promise.withResolvers<IncomingMessage>();
    gateway.ask().on('response', answer.resolve).on('error', answer.reject).end();
    const head = await answer.promise;
    let text = '';
    head.on('error', () => undefined).on('data', (chunk: Buffer) => (text += chunk.toString()));
    const ended = new Promise((resolve) => head.once('close', resolve));
    await expect.poll(() => text).toContain('one');
    return { ...gateway, head, ended, closed: closed.promise };
  }

  it('ends a stream of events in good order, lets go of upstream, and says why it ended', async () => {
    const { leaving, head, ended, closed, forwarded } = await aLastingResponse(
      'text/event-stream; charset=utf-8',
    );
    leaving.abort('GatewayStopped');
    await Promise.all([ended, closed]);
    expect(head.complete).toBe(true);
    expect(await forwarded).toMatchObject({
      outcome: { status: 200, upstream: 'cut', reason: 'GatewayStopped', bytesOut: 19 },
    });
  });

  it('ends one that begins later with its head', async () => {
    const { ask, leaving, forwarded } = await aGateway(
      open,
      createServer((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: one\n\n');
      }),
    );
    leaving.abort('GatewayStopped');
    const { head } = await responseTo(ask());
    expect([head.statusCode, head.complete]).toEqual([200, true]);
    expect((await forwarded).outcome.reason).toBe('GatewayStopped');
  });

  it('takes away from it also what access was taken from: that is cut, and not a whole response', async () => {
    const { cut, leaving, head, ended, forwarded } = await aLastingResponse('text/event-stream');
    cut.abort('Locked');
    leaving.abort('GatewayStopped');
    head.destroy();
    await ended;
    expect((await forwarded).outcome.reason).toBe('Locked');
  });

  it('waits for what has an end, since a part of it must not look like the whole', async () => {
    const { cut, leaving, head, ended, forwarded } = await aLastingResponse('text/plain');
    leaving.abort('GatewayStopped');
    await new Promise((resolve) => setImmediate(resolve));
    expect(head.complete).toBe(false);
    cut.abort('GatewayStopped');
    head.destroy();
    await ended;
    expect((await forwarded).outcome).toMatchObject({ upstream: 'cut', reason: 'GatewayStopped' });
  });
});

describe('another policy', () => {
  it('has its own lists, cookies and limits', async () => {
    const seen: IncomingMessage[] = [];
    const upstream = createServer((incoming, response) => {
      seen.push(incoming);
      incoming.resume().on('end', () => {
        response.writeHead(200, { 'content-type': 'x/y', etag: '"1"', 'set-cookie': 'a=1' }).end('ada@x.com');
      });
    });
    const { ask } = await aGateway(open, upstream);
    const { head, body } = await responseTo(
      ask({ headers: { accept: 'x/y', cookie: 'a=1', origin: 'https://h', authorization: 'Bearer x' } }),
    );
    expect(body).toBe('ada@x.com');
    expect(head.headers).toMatchObject({ 'content-type': 'x/y', 'x-own': 'ours' });
    for (const name of ['etag', 'set-cookie', 'cache-control'])
      expect(head.headers[name], name).toBeUndefined();
    for (const name of ['cookie', 'origin', 'authorization'])
      expect(seen[0]?.headers[name], name).toBeUndefined();
  });

  it('refuses a longer body than it allows', async () => {
    const upstream = createServer(
      (incoming, response) => void incoming.resume().on('end', () => response.end()),
    );
    const { ask } = await aGateway(open, upstream);
    const outgoing = ask({ method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
    outgoing.write('elevenbytes');
    expect((await responseTo(outgoing)).head.statusCode).toBe(413);
  });
});
