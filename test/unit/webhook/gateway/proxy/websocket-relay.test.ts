/** A WebSocket through the engine, between Node's own client and an application that writes frames. */
import { createServer, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { frameOf, opcodes } from '../../../../../webhook/gateway/proxy/websocket/frames.ts';
import { closePayload, type Received } from '../../../../../webhook/gateway/proxy/websocket/messages.ts';
import { aClient, anApplication, answering, masked, type Spoken, textIn, unmasked } from './web-socket.ts';

describe('a WebSocket', () => {
  it('carries texts both ways, and masks what the application says, across fragments too', async () => {
    const application = anApplication((spoken, received) => {
      if (textIn(received) !== 'of ada@x.com?') return;
      const begun = frameOf(opcodes.text, Buffer.from('{"mail":"ada@'), 'server');
      begun[0] = opcodes.text;
      spoken.socket.write(begun);
      spoken.say(opcodes.continuation, 'x.com"}');
    });
    const { client, told, heard, forwarded } = await aClient(masked, application, { first: 'of ada@x.com?' });
    await heard;
    expect(told).toEqual(['{"mail":"[e-mail-hidden]"}']);
    client.close(1000, 'done');
    expect(await forwarded).toEqual({
      outcome: {
        status: 101,
        upstream: 'answered',
        bytesOut: Buffer.byteLength(told[0] as string),
        masked: { EmailAddress: 1 },
      },
    });
  });

  it('asks the application with a key of its own, and with no extension', async () => {
    const asked = Promise.withResolvers<IncomingMessage>();
    const application = anApplication(() => undefined, { lines: ['Sec-WebSocket-Protocol: chat'] });
    application.on('upgrade', asked.resolve);
    const protocols = ['chat', 'base64url.bearer.authorization.k8s.io.eA'];
    const { client, open } = await aClient(masked, application, { protocols });
    const { headers } = await asked.promise;
    await open;
    expect(client.protocol).toBe('chat');
    expect(headers).toMatchObject({
      upgrade: 'websocket',
      'sec-websocket-protocol': 'chat',
      'audit-id': 'record-1',
    });
    expect(headers['sec-websocket-extensions']).toBeUndefined();
  });

  it('passes binary messages where nothing is masked, or the matrix says so', async () => {
    for (const policy of [unmasked, { ...masked, binaryPasses: true }]) {
      const { told, heard } = await aClient(policy, answering(Buffer.from([1, 2]), opcodes.binary));
      await heard;
      expect(told).toEqual([new Uint8Array([1, 2]).buffer]);
    }
  });

  it('is closed with 1011 where the application sends one that cannot be masked, and that is recorded', async () => {
    const { told, closed, forwarded } = await aClient(masked, answering('ada@x.com', opcodes.binary));
    expect(await closed).toMatchObject({
      code: 1011,
      reason: expect.stringContaining('must send no binary messages'),
    });
    expect(told).toEqual([]);
    expect(await forwarded).toMatchObject({
      outcome: { status: 101, reason: 'NotMaskable' },
      rule: expect.stringContaining('binaryMessages: Passed'),
    });
  });

  it('is told why it ends when access is taken back, and nothing of the application after that', async () => {
    const application = anApplication((spoken) => spoken.say(opcodes.text, 'one'));
    const { cut, told, heard, closed, forwarded } = await aClient(masked, application);
    await heard;
    cut.abort('Locked');
    expect(await closed).toEqual({ code: 1008, reason: expect.stringMatching(/^Locked: /) });
    expect(told).toEqual(['one']);
    expect(await forwarded).toMatchObject({ outcome: { status: 101, upstream: 'cut', reason: 'Locked' } });
  });

  it('is not told how the customer has set things up', async () => {
    const { cut, heard, closed } = await aClient(masked, answering('one'));
    await heard;
    cut.abort('ServiceChanged');
    expect((await closed).reason).toMatch(/^NotOpened: /);
  });

  it('is told to come back when the gateway stops', async () => {
    const { leaving, heard, closed, forwarded } = await aClient(masked, answering('one'));
    await heard;
    leaving.abort('GatewayStopped');
    expect(await closed).toMatchObject({ code: 1001 });
    expect(await forwarded).toMatchObject({ outcome: { upstream: 'cut', reason: 'GatewayStopped' } });
  });

  it('hands on how the application closes it, with its reason masked', async () => {
    const application = anApplication(({ socket }) =>
      socket.end(frameOf(opcodes.close, closePayload(4001, 'ada@x.com left'), 'server')),
    );
    const { closed } = await aClient(masked, application);
    expect(await closed).toEqual({ code: 4001, reason: '[e-mail-hidden] left' });
  });

  it.each<[string, (spoken: Spoken) => void]>([
    ['breaks off', ({ socket }) => socket.destroy()],
    ['masks its frames', ({ socket }) => socket.write(frameOf(opcodes.text, Buffer.from('x'), 'client'))],
    ['sends what is no text', ({ say }) => say(opcodes.text, Buffer.from([0xc3, 0x28]))],
    ['announces more than may be', ({ socket }) => socket.write(Buffer.from('817f0000000100000000', 'hex'))],
    ['floods with pings', ({ say }) => Array.from({ length: 300 }, () => say(opcodes.ping, ''))],
  ])('is closed with 1011, and the application blamed, where it %s', async (_, act) => {
    const { closed, forwarded } = await aClient(masked, anApplication(act));
    expect((await closed).code).toBe(1011);
    expect(await forwarded).toMatchObject({ outcome: { status: 101, reason: 'ResponseBroken' } });
  });

  it('is closed where the client sends back what was masked, before the application has it', async () => {
    const received: Received[] = [];
    const application = anApplication((_, message) => received.push(message));
    const { closed, forwarded } = await aClient(masked, application, { first: '{"mail":"[e-mail-hidden]"}' });
    expect(await closed).toEqual({ code: 1008, reason: expect.stringContaining('in place of a value') });
    expect((await forwarded).outcome).toMatchObject({ status: 101, reason: 'MaskedValue' });
    expect(received.filter(({ kind }) => kind === 'message')).toEqual([]);
  });

  it('tells of each message of the client, by which its session is used, and of none of the application', async () => {
    const { client, told, messages, forwarded } = await aClient(
      masked,
      anApplication((spoken) => spoken.say(opcodes.text, 'one')),
    );
    client.addEventListener('message', () => (told.length < 3 ? client.send('more') : client.close()));
    await forwarded;
    expect([told.length, messages()]).toEqual([3, 3]);
  });

  it('answers pings itself, so that nothing passes in them', async () => {
    const ponged = Promise.withResolvers<string>();
    const application = anApplication(({ say, socket }) => {
      socket.prependListener('data', (bytes: Buffer) => {
        const [first = 0, second = 0] = bytes;
        if (first === 0x8a) ponged.resolve(`${second & 0x7f} bytes`);
      });
      say(opcodes.ping, 'ada@x.com');
    });
    await aClient(masked, application);
    expect(await ponged.promise).toBe('9 bytes');
  });

  it('is no fault of the application when its client leaves', async () => {
    const { client, heard, forwarded, responseClosed } = await aClient(masked, answering('one'));
    await heard;
    client.close();
    expect((await forwarded).outcome).toMatchObject({ upstream: 'answered' });
    await responseClosed;
  });
});

describe('the handshake with an application', () => {
  it.each([
    ['does not accept the key', { accept: 'x' }, 'must accept the key'],
    [
      'uses an extension',
      { lines: ['Sec-WebSocket-Extensions: permessage-deflate'] },
      'must use no extension',
    ],
    [
      'uses a protocol that was not offered',
      { lines: ['Sec-WebSocket-Protocol: other'] },
      'that was offered',
    ],
  ])('fails where it %s', async (_, change, rule) => {
    const { open, forwarded } = await aClient(
      masked,
      anApplication(() => undefined, change),
    );
    await expect(open).rejects.toThrow('not opened');
    expect(await forwarded).toMatchObject({
      refusal: { status: 502, reason: 'ServiceUnreachable' },
      rule: expect.stringContaining(rule),
    });
  });

  it('hands on what the application answers where it speaks no WebSocket', async () => {
    const plain = createServer((_, response) => response.writeHead(404).end('no'));
    const { open, forwarded } = await aClient(masked, plain);
    await expect(open).rejects.toThrow('not opened');
    expect(await forwarded).toMatchObject({ outcome: { status: 404, upstream: 'answered' } });
  });
});
