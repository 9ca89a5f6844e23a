/** Which routes let a handshake pass, and from whose pages. */
import { afterEach, describe, expect, it } from 'vitest';
import { anApplication, aRoute, type RouteSpec } from '../../../../../kit/objects/application.ts';
import { withMetadata, withSpec } from '../../../../../kit/objects/object.ts';
import { aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

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

  it('from a page of a listed origin passes', async () => {
    const { ask } = await aGateway(live);
    const said = { origin: 'https://reports.apps.example.com', 'sec-fetch-site': 'same-site' };
    expect((await ask('/live', { headers: { ...handshake, ...said } })).status).toBe(200);
  });
});
