import { afterEach, describe, expect, it } from 'vitest';
import { anApplication } from '../../../../../kit/objects/application.ts';
import { withMetadata, withSpec } from '../../../../../kit/objects/object.ts';
import { applicationHost, aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

let served: Awaited<ReturnType<typeof aServedGateway>>;

const sibling = { 'sec-fetch-site': 'same-site', origin: 'https://evil.apps.example.com' };
const form = { 'content-type': 'text/plain', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

afterEach(() => served.close());

async function aGateway() {
  served = await aServedGateway((_request, response) => response.end('run'));
  return served;
}

describe('a form on a sibling host that posts to the application in the engineer’s session', () => {
  it('T-P9 is refused, reaches nothing, and is recorded with where it came from', async () => {
    const { ask, reached, trail, touched } = await aGateway();
    const posted = await ask('/jobs/7/run', { method: 'POST', headers: { ...form, ...sibling }, body: 'x' });
    expect(posted.status).toBe(403);
    expect(reached).toHaveLength(0);
    expect(touched).toEqual([]);
    expect(trail.records).toHaveLength(1);
    expect(trail.records[0]).toMatchObject({
      phase: 'point',
      actor: { name: 'ada' },
      target: { module: 'Scheduled Jobs', action: 'Run' },
      decision: { effect: 'deny', reason: 'CrossSite' },
      outcome: { status: 403 },
    });
    expect(trail.records[0]?.message).toContain('https://evil.apps.example.com');
  });

  it('is told from what the matrix refuses and from what no route names', async () => {
    const { ask, trail } = await aGateway();
    for (const [method, path] of [
      ['DELETE', '/jobs/7'],
      ['POST', '/unknown'],
      ['POST', '/jobs/../jobs'],
    ] as const)
      expect((await ask(path, { method, headers: sibling })).body).toContain('CrossSite');

    expect(trail.records.map(({ decision }) => decision?.reason)).toEqual([
      'CrossSite',
      'CrossSite',
      'CrossSite',
    ]);
  });

  it('passes when the application lists the origin, and only then', async () => {
    const { ask, objects, reached } = await aGateway();
    const allowedOrigins = ['https://evil.apps.example.com/'];
    objects.put(anApplication(withSpec({ allowedOrigins }), withMetadata({ resourceVersion: '2' })));
    const asked = { method: 'POST', headers: { ...form, ...sibling }, body: 'x' };
    expect((await ask('/jobs/7/run', asked)).status).toBe(200);
    expect(reached).toHaveLength(1);
    objects.put(anApplication(withMetadata({ resourceVersion: '3' })));
    expect((await ask('/jobs/7/run', asked)).status).toBe(403);
  });
});

describe('the application’s own pages, the person and her programs', () => {
  it.each([
    ['a form', { ...form, 'sec-fetch-site': 'same-origin', origin: `https://${applicationHost}` }],
    ['a form of a page without a referrer', { ...form, 'sec-fetch-site': 'same-origin', origin: 'null' }],
    ['a form in a browser without Fetch Metadata', { origin: `https://${applicationHost}` }],
    ['a program', {}],
  ])('go on as before: %s', async (_, headers) => {
    const { ask } = await aGateway();
    expect((await ask('/jobs/7/run', { method: 'POST', headers, body: 'x' })).status).toBe(200);
  });

  it('follow links from elsewhere that only look', async () => {
    const { ask } = await aGateway();
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await ask('/jobs', { headers: link })).status).toBe(200);
    const image = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    expect((await ask('/jobs', { headers: image })).status).toBe(403);
  });
});
