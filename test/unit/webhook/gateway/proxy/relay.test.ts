import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { applicationPolicy } from '../../../../../webhook/gateway/handlers/application/policy.ts';
import { NotMaskable } from '../../../../../webhook/gateway/masking/masker.ts';
import { relay } from '../../../../../webhook/gateway/proxy/relay.ts';
import { BodyTooLarge, drained, sendBody } from '../../../../../webhook/gateway/proxy/request-body.ts';

const halfMegabyte = Buffer.alloc(512 * 1024);

const bounds = { limit: Number.POSITIVE_INFINITY, idleMs: 10_000, watches: [] };

/** A body of so many chunks that counts how many were taken of it. */
function aBody(chunks: number) {
  const state = { taken: 0 };
  async function* body(): AsyncGenerator<Buffer> {
    for (; state.taken < chunks; ) {
      state.taken += 1;
      yield halfMegabyte;
    }
  }
  return { state, body: body() };
}

/** A stream that takes nothing until it is told to. */
function aSlowWritable() {
  const waiting: (() => void)[] = [];
  const stream = new Writable({ write: (_chunk, _encoding, done) => void waiting.push(done) });
  const open = (): void => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) next();
  };
  return { stream, open };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('the body of a request', () => {
  it('is taken from the client no faster than the application takes it', async () => {
    const { state, body } = aBody(20);
    const { stream, open } = aSlowWritable();
    const sent = sendBody(body, stream, bounds);
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    expect(state.taken).toBe(1);
    open();
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    expect(state.taken).toBe(2);
    while (state.taken < 20) {
      open();
      await nextTurn();
    }
    open();
    await sent;
    expect(stream.listenerCount('drain') + stream.listenerCount('close')).toBe(0);
    expect(stream.writableEnded).toBe(true);
  });

  it('may take any time in all, as long as it moves', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const body = new PassThrough();
    const taken: Buffer[] = [];
    const outgoing = new Writable({ write: (chunk, _encoding, done) => done(void taken.push(chunk)) });
    const sent = sendBody(body, outgoing, { ...bounds, idleMs: 60_000 });
    for (let part = 1; part <= 20; part++) {
      body.write('x');
      while (taken.length < part) await nextTurn();
      vi.advanceTimersByTime(59_000);
    }
    body.end();
    await sent;
    expect(outgoing.writableEnded).toBe(true);
  });

  it.each([
    ['client', new Writable({ write: (_chunk, _encoding, done) => done() })],
    ['upstream', aSlowWritable().stream],
  ] as const)(
    'that stands still is ended, and blamed on the %s that keeps the other waiting',
    async (side, outgoing) => {
      const body = new PassThrough();
      body.write(halfMegabyte);
      const sent = sendBody(body, outgoing, { ...bounds, idleMs: 20 });
      await expect(sent).rejects.toMatchObject({ name: 'BodyStalled', keptWaitingBy: side });
    },
  );

  it('is not read to its end when the connection is gone', async () => {
    const { state, body } = aBody(20);
    const { stream } = aSlowWritable();
    const sent = sendBody(body, stream, bounds);
    await nextTurn();
    stream.destroy();
    await sent;
    expect(state.taken).toBeLessThanOrEqual(2);
    await drained(stream);
  });

  it('may have the limit’s bytes and not one more', async () => {
    const fitting = new Writable({ write: (_chunk, _encoding, done) => done() });
    await sendBody(aBody(2).body, fitting, { ...bounds, limit: 2 * halfMegabyte.length });
    const outgoing = new Writable({ write: (_chunk, _encoding, done) => done() });
    await expect(
      sendBody(aBody(2).body, outgoing, { ...bounds, limit: 2 * halfMegabyte.length - 1 }),
    ).rejects.toThrow(BodyTooLarge);
    expect(outgoing.writableEnded).toBe(false);
  });
});

/** A response to a client, and what is handed to it from an upstream that sends these chunks. */
function relaying(
  chunks: (client: ServerResponse, controller: AbortController) => AsyncGenerator<Buffer>,
  contentType = 'text/plain',
) {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const controller = new AbortController();
  const upstream = Object.assign(chunks(response, controller), {
    statusCode: 200,
    headers: { 'content-type': contentType },
  });
  const proxied = {
    exchange: { request, response, host: 'h', origin: { peer: '', forwardedFor: [] } },
    policy: applicationPolicy,
    upstream: { host: '127.0.0.1', port: 1, tls: false, serverName: 's' },
    authority: 'h',
    upstreamOrigins: [],
    recordId: '1',
    source: { address: undefined, ip: '' },
    session: 'handle-1',
    supportHeaders: {},
    signal: controller.signal,
    leaving: new AbortController().signal,
  };
  return { response, relayed: relay(proxied, upstream, { kind: 'pass' }) };
}

describe('a response', () => {
  it('is whole with all its bytes counted', async () => {
    const { response, relayed } = relaying(async function* () {
      yield Buffer.from('one ');
      yield Buffer.alloc(0);
      yield Buffer.from('two');
    });
    expect(await relayed).toEqual({ end: 'whole', sent: { status: 200, bytesOut: 7, masked: {} } });
    expect(response.writableEnded).toBe(true);
  });

  it('whose client left between two chunks counts nothing more', async () => {
    let sentAfter = false;
    const { relayed } = relaying(async function* (client) {
      yield Buffer.from('one ');
      client.destroy();
      yield Buffer.from('two');
      sentAfter = true;
    });
    expect(await relayed).toMatchObject({ end: 'client-gone', sent: { bytesOut: 4 } });
    expect(sentAfter).toBe(false);
  });

  it('that is cut between two chunks sends nothing more', async () => {
    const { relayed } = relaying(async function* (_client, controller) {
      yield Buffer.from('one ');
      controller.abort('Locked');
      yield Buffer.from('two');
    });
    expect(await relayed).toMatchObject({ end: 'cut', sent: { bytesOut: 4 } });
  });

  it('that is cut after its last chunk is cut, and not whole', async () => {
    const { response, relayed } = relaying(async function* (_client, controller) {
      yield Buffer.from('one ');
      controller.abort('Locked');
    });
    expect(await relayed).toMatchObject({ end: 'cut', sent: { bytesOut: 4 } });
    expect(response.writableEnded).toBe(false);
  });

  it.each([
    ['text/event-stream; charset=utf-8', true],
    ['text/plain', false],
  ])('of type %s has sent its head before there is a body: %s', async (type, expected) => {
    let sentBefore: boolean | undefined;
    const { relayed } = relaying(async function* (client) {
      sentBefore = client.headersSent;
      yield Buffer.from('data: one');
    }, type);
    expect(await relayed).toMatchObject({ end: 'whole' });
    expect(sentBefore).toBe(expected);
  });

  it('that turns out not to be maskable says by which rule, and after its head it is destroyed', async () => {
    const rule = 'must not be packed';
    const early = relaying(async function* () {
      yield Buffer.alloc(0);
      throw new NotMaskable(rule);
    });
    expect(await early.relayed).toMatchObject({ end: 'not-maskable', rule, sent: { bytesOut: 0 } });
    expect(early.response.destroyed).toBe(false);
    const late = relaying(async function* () {
      yield Buffer.from('one ');
      throw new NotMaskable(rule);
    });
    expect(await late.relayed).toMatchObject({ end: 'not-maskable', rule, sent: { bytesOut: 4 } });
    expect(late.response.destroyed).toBe(true);
  });

  it('that breaks after its head is destroyed, and before its head is not', async () => {
    const late = relaying(async function* () {
      yield Buffer.from('one ');
      throw new Error('broken');
    });
    expect(await late.relayed).toMatchObject({ end: 'broken', sent: { bytesOut: 4 } });
    expect(late.response.destroyed).toBe(true);
    const early = relaying(async function* () {
      yield Buffer.alloc(0);
      throw new Error('broken');
    });
    expect(await early.relayed).toMatchObject({ end: 'broken', sent: { bytesOut: 0 } });
    expect(early.response.destroyed).toBe(false);
  });
});
