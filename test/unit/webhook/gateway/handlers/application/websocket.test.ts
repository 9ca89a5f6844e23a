/** Which routes let a handshake pass, and from whose pages. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { frameOf, opcodes } from '../../../../../../webhook/gateway/proxy/websocket/frames.ts';
import { anApplication, aRoute, type RouteSpec } from '../../../../../kit/objects/application.ts';
import { withMetadata, withSpec } from '../../../../../kit/objects/object.ts';
import { applicationHost, aServedGateway } from '../../../../../kit/objects/served-gateway.ts';
import { aUser } from '../../../../../kit/objects/user.ts';

let served: Awaited<ReturnType<typeof aServedGateway>>;

afterEach(() => served.close());

const handshake = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const live: RouteSpec = { ...aRoute('GET /live', 'Scheduled Jobs: Read'), upgrade: 'WebSocket' };

async function aGateway(...routes: RouteSpec[]) {
  served = await aServedGateway((_request, response) => response.end('no WebSocket here'));
  served.objects.put(
    anApplication(
      withSpec({ routes, allowedOrigins: ['https://reports.apps.example.com'] }),
      withMetadata({ resourceVersion: '2' }),
    ),
  );
  return served;
}

describe('a WebSocket handshake', () => {
  it('reaches the application where its route says so, with its own lines', async () => {
    const { ask, reached } = await aGateway(live);
    expect((await ask('/live', { headers: handshake })).status).toBe(200);
    expect(reached[0]?.headers).toMatchObject({ upgrade: 'websocket', connection: 'Upgrade' });
    expect(reached[0]?.headers['sec-websocket-key']).not.toBe(handshake['sec-websocket-key']);
  });

  it('is refused where it does not, and the record names the field', async () => {
    const { ask, reached, trail } = await aGateway(aRoute('GET /live', 'Scheduled Jobs: Read'));
    const refused = await ask('/live', { headers: handshake });
    expect([refused.status, reached]).toEqual([403, []]);
    expect(refused.body).toContain('NoRoute');
    expect(trail.records[0]).toMatchObject({ message: expect.stringContaining('"upgrade: WebSocket"') });
  });

  it('is refused where the application may take the path for another route that does not', async () => {
    const { ask, reached } = await aGateway(
      { ...aRoute('GET /{any}', 'Scheduled Jobs: Read'), upgrade: 'WebSocket' },
      aRoute('GET /jobs', 'Scheduled Jobs: Read'),
    );
    expect((await ask('/live', { headers: handshake })).status).toBe(200);
    expect((await ask('/jobs.json', { headers: handshake })).status).toBe(403);
    expect(reached).toHaveLength(1);
  });

  it.each([
    ['of a sibling host', { origin: 'https://evil.apps.example.com', 'sec-fetch-site': 'same-site' }],
    ['of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['of a browser that says its origin alone', { origin: 'https://evil.example' }],
    ['that hides its origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ])('from a page %s is refused', async (_, said) => {
    const { ask, reached } = await aGateway(live);
    const refused = await ask('/live', { headers: { ...handshake, ...said, 'sec-fetch-mode': 'websocket' } });
    expect([refused.status, reached]).toEqual([403, []]);
    expect(refused.body).toContain('CrossSite');
  });

  it('CC-6 EC-13 leads to the end where a message assigns to a person of support', async () => {
    const received: Buffer[] = [];
    const acceptOf = ({ headers }: IncomingMessage): string =>
      createHash('sha1')
        .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64');
    served = await aServedGateway(
      (_request, response) => response.end('no WebSocket here'),
      (asked, socket) => {
        socket.on('data', (bytes: Buffer) => received.push(bytes)).on('end', () => socket.end());
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${acceptOf(asked)}\r\n\r\n`,
        );
      },
    );
    const spec = { routes: [live], assignmentFields: ['assignee'] };
    served.objects.put(anApplication(withSpec(spec), withMetadata({ resourceVersion: '2' })));
    const headers = { host: applicationHost, cookie: served.cookie, ...handshake };
    const sent = request({ host: '127.0.0.1', port: served.port, path: '/live', headers, agent: false });
    const [, socket] = (await once(sent.end(), 'upgrade')) as [IncomingMessage, Socket];
    const message = `{"assignee":"${aUser().spec.userId}"}`;
    socket.resume().write(frameOf(opcodes.text, Buffer.from(message), 'client'));
    await once(socket, 'close');
    await Promise.all(served.served);
    expect(served.trail.records.at(-1)).toMatchObject({
      phase: 'outcome',
      outcome: { status: 101, reason: 'SupportAssigned' },
    });
    expect(Buffer.concat(received)[0]).toBe(0x88);
  });

  it('from a page of a listed origin passes', async () => {
    const { ask } = await aGateway(live);
    const said = { origin: 'https://reports.apps.example.com', 'sec-fetch-site': 'same-site' };
    expect((await ask('/live', { headers: { ...handshake, ...said } })).status).toBe(200);
  });
});
