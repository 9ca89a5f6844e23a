import { afterEach, describe, expect, it } from 'vitest';
import { anApplication, aRoute, withRoutes } from '../../../../../kit/objects/application.ts';
import { withMetadata } from '../../../../../kit/objects/object.ts';
import { aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

type Scene = Awaited<ReturnType<typeof aServedGateway>>;
let served: Scene;

async function aScene(...upstream: Parameters<typeof aServedGateway>): Promise<Scene> {
  served = await aServedGateway(...upstream);
  return served;
}

afterEach(() => served.close());

describe('a request that names another method in a parameter', () => {
  it.each([
    ['the query', { path: '/jobs/7/run?_method=DELETE', headers: {}, body: '' }, 403, 'NoRoute'],
    [
      'a form',
      {
        path: '/jobs/7/run',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: '_method=DELETE',
      },
      400,
      'BadRequest',
    ],
    [
      'JSON',
      { path: '/jobs/7/run', headers: { 'content-type': 'application/json' }, body: '{"_method":"DELETE"}' },
      400,
      'BadRequest',
    ],
  ])('in %s never reaches the application whole', async (_, { path, headers, body }, status, reason) => {
    const whole: string[] = [];
    const { ask } = await aScene((request, response) => {
      request.on('end', () => {
        if (request.complete) whole.push(request.url ?? '');
        response.end('done');
      });
      request.resume();
    });
    const answer = await ask(path, { method: 'POST', headers, body });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ reason });
    expect(whole).toEqual([]);
    const plain = await ask('/jobs/7/run', { method: 'POST', headers, body: 'method=1' });
    expect(plain.status).toBe(200);
  });
});

describe('a route twin', () => {
  it('is permitted where the matrix allows all that it may mean', async () => {
    const { ask, objects, trail } = await aScene((_, response) => response.end('ok'));
    const routes = [
      aRoute('GET /jobs/{id}', 'Scheduled Jobs: Read'),
      aRoute('GET /jobs/export', 'Scheduled Jobs: Delete'),
      aRoute('GET /jobs/log', 'Scheduled Jobs: Run'),
    ];
    objects.put(anApplication(withRoutes(...routes), withMetadata({ resourceVersion: '2' })));
    for (const path of ['/jobs/export', '/jobs/export.csv', '/jobs/export%20', '/jobs/export%C2%AD'])
      expect((await ask(path)).status, path).toBe(403);

    expect(trail.records.map(({ target, decision }) => [target?.action, decision?.reason])).toEqual(
      Array.from({ length: 4 }, () => ['Delete', 'ActionNotAllowed']),
    );
    for (const path of ['/jobs/log', '/jobs/log.csv', '/jobs/42.csv'])
      expect((await ask(path)).status, path).toBe(200);
  });
});

describe('CC-10 a request that would store a mask', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it.each([
    [
      'a form saved as it was loaded',
      form,
      new URLSearchParams({ mail: '[e-mail-hidden]', note: 'x' }).toString(),
    ],
    ['JSON', { 'content-type': 'application/json' }, '{"phone":"+[phone-hidden]","card":-404040404040404}'],
    ['a file of any type', { 'content-type': 'text/csv' }, 'name,mail\nAda,[e-mail-hidden]\n'],
  ])('as %s never reaches the application whole', async (_, headers, body) => {
    const whole: string[] = [];
    const { ask } = await aScene((request, response) => {
      request.on('end', () => {
        if (request.complete) whole.push(request.url ?? '');
        response.end('done');
      });
      request.resume();
    });
    const answer = await ask('/jobs/7/run', { method: 'POST', headers, body });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({
      reason: 'MaskedValue',
      message: expect.stringContaining('The body must not hold'),
    });
    expect(whole).toEqual([]);
    const anew = body.replaceAll(/%5B|%5D|[[\]]/g, '').replace('-404040404040404', '1');
    expect((await ask('/jobs/7/run', { method: 'POST', headers, body: anew })).status).toBe(200);
    expect(whole).toEqual(['/jobs/7/run']);
  });

  it.each(['/jobs?mail=%5Be-mail-hidden%5D', '/jobs?a=1&b=x%5Bcard-hidden%5D'])(
    'in its address %s never leaves the gateway',
    async (path) => {
      const reached: string[] = [];
      const { ask } = await aScene((request, response) => {
        reached.push(request.url ?? '');
        response.end('done');
      });
      const answer = await ask(path);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toMatchObject({
        reason: 'MaskedValue',
        message: expect.stringContaining('The address must not hold'),
      });
      expect(reached).toEqual([]);
    },
  );
});
