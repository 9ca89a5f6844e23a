/** What of an upstream response does not reach a client where the matrix masks: sent byte by byte by a real server. */
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { applicationPolicy } from '../../../../../webhook/gateway/handlers/application/policy.ts';
import { aGateway, responseTo } from './proxied.ts';

/** An upstream that sends exactly these bytes. */
const sending = (...lines: readonly string[]) =>
  createServer((_, response) => {
    response.socket?.end(Buffer.from(lines.join('\r\n'), 'latin1'));
  });

describe('a response that has to be masked', () => {
  it.each([
    ['two types', ['Content-Type: image/png', 'Content-Type: text/html'], 'must have one Content-Type line'],
    [
      'the same type twice',
      ['Content-Type: text/html', 'Content-Type: text/html'],
      'must have one Content-Type line',
    ],
    ['a packed transfer', ['Transfer-Encoding: gzip'], 'must come with no Transfer-Encoding but chunked'],
    [
      'a packed transfer in two lines',
      ['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'],
      'must come with no Transfer-Encoding but chunked',
    ],
    [
      'a packed transfer in one line',
      ['Transfer-Encoding: gzip, chunked'],
      'must come with no Transfer-Encoding but chunked',
    ],
    [
      'a coding in the second of two lines',
      ['Content-Encoding: identity', 'Content-Encoding: gzip'],
      'must come without a Content-Encoding, as it was asked for',
    ],
  ])('is refused with %s, and the rule is told', async (_, headers, rule) => {
    const { ask, forwarded } = await aGateway(
      applicationPolicy,
      sending('HTTP/1.1 200 OK', ...headers, 'Connection: close', '', '9', 'ada@x.com', '0', '', ''),
    );
    const { head, body } = await responseTo(ask());
    expect({ status: head.statusCode, body }).toEqual({ status: 502, body: '' });
    expect(await forwarded).toMatchObject({ outcome: { reason: 'NotMaskable' }, rule });
  });

  it('is not passed on where it turns out to be packed, and breaks off where a part of it was sent', async () => {
    const packed = gzipSync('ada@x.com');
    const early = await aGateway(
      applicationPolicy,
      createServer((_, response) => response.setHeader('content-type', 'text/html').end(packed)),
    );
    expect((await responseTo(early.ask())).head.statusCode).toBe(502);
    expect(await early.forwarded).toMatchObject({
      outcome: { reason: 'NotMaskable' },
      rule: expect.stringContaining('packed'),
    });
    const upstream = createServer((_, response) => {
      response.setHeader('content-type', 'text/plain').write('a text, \n');
      setImmediate(() => setImmediate(() => response.end(packed)));
    });
    const late = await aGateway(applicationPolicy, upstream);
    const outgoing = late.ask();
    outgoing.on('response', (head) => head.on('error', () => undefined).resume());
    outgoing.on('error', () => undefined).end();
    expect((await late.forwarded).outcome).toMatchObject({ reason: 'NotMaskable', upstream: 'answered' });
  });

  it('leaves what stands beside its headers and its body behind', async () => {
    const mail = 'ada@x.com';
    const { ask } = await aGateway(
      { ...applicationPolicy, informational: true },
      sending(
        'HTTP/1.1 103 Early Hints',
        `Link: </u/${mail}>; rel=preload`,
        '',
        `HTTP/1.1 200 All of ${mail}`,
        'Transfer-Encoding: chunked',
        'Trailer: X-Mail',
        `X-Mail: ${mail}`,
        `Location: /u/ada%40x.com`,
        `Content-Disposition: attachment; filename*=UTF-8''ada%40x.com`,
        `Set-Cookie: last=ada%40x.com; Path=/`,
        '',
        `6;mail="${mail}"`,
        'to ada',
        '6',
        '@x.com',
        '0',
        `X-Mail: ${mail}`,
        '',
        '',
      ),
    );
    const outgoing = ask();
    const informed: number[] = [];
    outgoing.on('information', ({ statusCode }) => informed.push(statusCode));
    const { head, body } = await responseTo(outgoing);
    expect(body).toBe('to [e-mail-hidden]');
    expect({ informed, trailers: head.trailers, statusMessage: head.statusMessage }).toEqual({
      informed: [],
      trailers: {},
      statusMessage: 'OK',
    });
    expect(JSON.stringify(head.rawHeaders)).not.toMatch(/ada(@|%40)/);
    expect(head.headers).toMatchObject({
      location: '/u/[e-mail-hidden]',
      'content-disposition': "attachment; filename*=UTF-8''%5Be-mail-hidden%5D",
      'set-cookie': ['last=[e-mail-hidden]; Path=/', expect.stringContaining('__Host-support-access-of-')],
    });
  });
});
