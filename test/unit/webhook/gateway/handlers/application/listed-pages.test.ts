import { afterEach, describe, expect, it } from 'vitest';
import { anApplication, aRoute } from '../../../../../kit/objects/application.ts';
import { withMetadata, withSpec } from '../../../../../kit/objects/object.ts';
import { type Asked, aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

let served: Awaited<ReturnType<typeof aServedGateway>>;

const listed = 'https://reports.apps.example.com';
const listing = anApplication(
  withSpec({ allowedOrigins: [`${listed}/`] }),
  withMetadata({ resourceVersion: '2' }),
);
const preflight = {
  origin: listed,
  'access-control-request-method': 'PUT',
  'access-control-request-headers': 'content-type,x-csrf-token',
  'sec-fetch-site': 'same-site',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
};
const script = { ...preflight, 'content-type': 'application/json' };

afterEach(() => served.close());

/** An application that would let any origin read what it answers, and that takes it for CORS of its own. */
async function aGateway() {
  served = await aServedGateway((_request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('vary', 'Accept-Language');
    response.end('done');
  });
  served.objects.put(listing);
  served.seen.application = listing;
  return served;
}

const corsHeaders = (headers: object): string[] =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe('a preflight', () => {
  it('of a listed origin is answered without a cookie, reaches nothing and is no refusal', async () => {
    const { ask, reached, trail, refused } = await aGateway();
    const { status, headers, body } = await ask('/jobs/7', {
      method: 'OPTIONS',
      anonymous: true,
      headers: preflight,
    });
    expect([status, body]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': listed,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    expect(headers['access-control-allow-methods']?.split(', ')).toContain('PUT');
    expect(headers['access-control-allow-headers']?.split(', ')).toEqual(
      expect.arrayContaining(['content-type', 'x-csrf-token']),
    );
    expect([reached, trail.records, refused]).toEqual([[], [], []]);
  });

  it('is told the headers that the application asks for, too', async () => {
    const { ask, seen } = await aGateway();
    seen.application = anApplication(
      withSpec({ allowedOrigins: [`${listed}/`], forwardHeaders: { request: ['X-Api-Key', 'Cookie'] } }),
    );
    const { headers } = await ask('/jobs/7', { method: 'OPTIONS', anonymous: true, headers: preflight });
    const told = headers['access-control-allow-headers']?.split(', ');
    expect(told).toContain('x-api-key');
    expect(told).not.toContain('cookie');
  });

  it('does not tell which paths and methods have a route', async () => {
    const { ask } = await aGateway();
    const told = await Promise.all(
      ['/jobs', '/jobs/7/run', '/unknown', '/%'].map((path) =>
        ask(path, { method: 'OPTIONS', anonymous: true, headers: preflight }),
      ),
    );
    const answers = told.map(({ status, headers }) => JSON.stringify([status, { ...headers, date: '' }]));
    expect(new Set(answers).size).toBe(1);
  });

  it('does not offer what the gateway never passes on', async () => {
    const { ask } = await aGateway();
    const { headers } = await ask('/jobs', { method: 'OPTIONS', anonymous: true, headers: preflight });
    const offered = headers['access-control-allow-headers']?.split(', ') ?? [];
    for (const name of ['authorization', 'cookie', 'x-http-method-override', 'x-forwarded-for', '*'])
      expect(offered, name).not.toContain(name);
  });

  const notListed: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['another origin', { origin: 'https://evil.apps.example.com' }],
    ['the listed host with another port', { origin: `${listed}:8443` }],
    ['the listed host without TLS', { origin: listed.replace('https', 'http') }],
    ['a host that begins like a listed one', { origin: `${listed}.evil.example` }],
    ['a host that ends like a listed one', { origin: 'https://x.reports.apps.example.com' }],
    ['an origin that is hidden', { origin: 'null' }],
    ['a list of origins', { origin: `${listed} https://evil.example` }],
  ];

  it.each(notListed)(
    'of %s is refused by name, without a record, and reaches nothing',
    async (_, headers) => {
      const { ask, reached, trail } = await aGateway();
      const asked: Asked = { method: 'OPTIONS', anonymous: true, headers: { ...preflight, ...headers } };
      const refused = await ask('/jobs/7', asked);
      expect(refused.status).toBe(403);
      expect(refused.body).toMatch(/"CrossSite".*The customer can list their origin in spec\.allowedOrigins/);
      expect(corsHeaders(refused.headers)).toEqual([]);
      expect([reached, trail.records]).toEqual([[], []]);
    },
  );

  const claims: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['a token', { authorization: 'Bearer x' }],
    ['a cookie', { cookie: '__Host-support-access=forged' }],
    ['no method that is known', { 'access-control-request-method': 'TRACE' }],
  ];

  it.each(claims)('that has %s is none, and refused as any request without a session', async (_, headers) => {
    const { ask, reached } = await aGateway();
    const foreign = { ...preflight, origin: 'https://evil.apps.example.com', ...headers };
    const refused = await ask('/jobs/7', { method: 'OPTIONS', anonymous: true, headers: foreign });
    expect([refused.status, reached]).toEqual([401, []]);
  });
});

describe('any other OPTIONS request', () => {
  it('has the meaning that a route gives it, and none without one', async () => {
    const { ask, objects, reached } = await aGateway();
    expect((await ask('/jobs', { method: 'OPTIONS' })).body).toContain('NoRoute');
    const routes = [...listing.spec.routes, aRoute('OPTIONS /jobs', 'Scheduled Jobs: Read')];
    objects.put(anApplication(withSpec({ routes }), withMetadata({ resourceVersion: '3' })));
    expect((await ask('/jobs', { method: 'OPTIONS' })).status).toBe(200);
    expect(reached).toHaveLength(1);
  });
});

describe('a script of a listed page', () => {
  it('sends what was preflighted in the session, and reads the response', async () => {
    const { ask, reached } = await aGateway();
    const sent = await ask('/jobs/7/run', { method: 'POST', headers: script, body: '{}' });
    expect([sent.status, sent.body]).toEqual([200, 'done']);
    expect(reached).toHaveLength(1);
    expect(sent.headers).toMatchObject({
      'access-control-allow-origin': listed,
      'access-control-allow-credentials': 'true',
    });
    expect(sent.headers['access-control-expose-headers']?.split(', ')).toContain('content-disposition');
    expect(sent.headers['vary']?.split(', ')).toEqual(['Accept-Language', 'Origin']);
  });

  it('reads why it is refused, also when the session is over', async () => {
    const { ask } = await aGateway();
    const refused = await ask('/unknown', { method: 'PUT', headers: script });
    expect(refused.body).toContain('NoRoute');
    const over = await ask('/jobs', { anonymous: true, headers: script });
    expect(over.body).toContain('NoSession');
    for (const { headers } of [refused, over]) expect(headers['access-control-allow-origin']).toBe(listed);
  });

  it('is refused from the moment in which the list no longer has its origin, whatever a browser still holds', async () => {
    const { ask, objects, reached } = await aGateway();
    objects.put(anApplication(withMetadata({ resourceVersion: '3' })));
    const sent = await ask('/jobs', { headers: script });
    expect([sent.status, reached.length]).toEqual([403, 0]);
  });
});

it('no page of another origin can read what its application would let it read', async () => {
  const { ask } = await aGateway();
  const own = await ask('/jobs');
  const foreign = await ask('/jobs', { headers: { ...script, origin: 'https://evil.apps.example.com' } });
  expect([own, foreign].map(({ headers }) => corsHeaders(headers))).toEqual([[], []]);
});
