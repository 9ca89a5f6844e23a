import { describe, expect, it, onTestFinished } from 'vitest';
import { lockOnAll } from '../../../../../../crds/rules/locks.ts';
import { pathForms } from '../../../../../../crds/rules/request/path-forms.ts';
import { anApplication, aRoute, withRoutes } from '../../../../../kit/objects/application.ts';
import {
  askAsIngress,
  type IngressName,
  type IngressResponse,
  ingressNames,
  ingressWays,
  type OriginalAsk,
} from '../../../../../kit/objects/ingress-asks.ts';
import { anInnerGateway } from '../../../../../kit/objects/inner-gateway.ts';
import { metadataOf, withMetadata, withSpec } from '../../../../../kit/objects/object.ts';

const { host } = anApplication().spec;

async function aGateway() {
  const gateway = await anInnerGateway();
  onTestFinished(async () => void (await gateway.close()));
  const ask = (ingress: IngressName, original: OriginalAsk = {}) =>
    askAsIngress(gateway.port, ingress, original);
  return { ...gateway, ask };
}

const reasonOf = ({ headers }: IngressResponse) => headers['x-support-reason'];
const aLock = { kind: 'SupportAccessLock', metadata: metadataOf('SupportAccessLock', lockOnAll) };

describe.each(ingressNames)('an ingress of the kind %s', (ingress) => {
  it('EC-17 CC-4 CC-6 EC-13 ZH-4 passes what the matrix allows, and learns that it is of support', async () => {
    const { ask, trail, touched } = await aGateway();
    const passed = await ask(ingress, { target: '/jobs?page=2' });
    expect(passed.status).toBe(200);
    expect(passed.headers).toMatchObject({
      'x-support-user-type': 'Support User',
      'x-support-licensed': 'false',
      'x-support-assignable': 'false',
      'x-support-hidden': 'true',
      'x-support-session': '5f1c9a7be2d04c11',
    });
    const target = { area: 'forward-auth', host, method: 'GET', route: '/jobs', action: 'Read' };
    expect(trail.records).toMatchObject([
      { type: 'app.request', phase: 'intent', target, decision: { effect: 'allow' } },
      { phase: 'outcome', target, outcome: { status: 200, upstream: 'unknown' } },
    ]);
    expect(touched).toEqual(['ada-1']);
  });

  it('CC-6 EC-13 refuses an assignment in an address, and a body that it could stand in', async () => {
    const { ask, objects } = await aGateway();
    const run = {
      ...aRoute('POST /jobs/{id}/run', 'Scheduled Jobs: Run'),
      methodParameter: 'Allowed' as const,
    };
    const assigning = [withRoutes(aRoute('GET /jobs', 'Scheduled Jobs: Read'), run)];
    objects.put(anApplication(...assigning, withSpec({ assignmentFields: ['assignee'] })));
    expect(reasonOf(await ask(ingress, { target: '/jobs?assignee=ada' }))).toBe('SupportAssigned');
    expect((await ask(ingress, { target: '/jobs?assignee=grace' })).status).toBe(200);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const asked = { method: 'POST', target: '/jobs/7/run', lines: form };
    expect(reasonOf(await ask(ingress, asked))).toBe('BadRequest');
    objects.put(anApplication(...assigning, withMetadata({ resourceVersion: '2' })));
    expect((await ask(ingress, asked)).status).toBe(200);
  });

  it('refuses a Static route, whose answers it does not see', async () => {
    const { ask, objects, trail } = await aGateway();
    const files = { name: 'files', type: 'Static' as const, methods: ['GET' as const], path: '/assets/*' };
    objects.put(anApplication(withRoutes(files), withMetadata({ resourceVersion: '2' })));
    expect(reasonOf(await ask(ingress, { target: '/assets/app.js' }))).toBe('NoRoute');
    expect(trail.records.at(-1)?.message).toContain('holds only where answers pass the gateway');
  });

  it('refuses what it does not, with a reason', async () => {
    const { ask } = await aGateway();
    expect(reasonOf(await ask(ingress, { target: '/unknown' }))).toBe('NoRoute');
    expect(reasonOf(await ask(ingress, { method: 'DELETE' }))).toBe('NoRoute');
    const none = await ask(ingress, { anonymous: true });
    expect([none.status, reasonOf(none)]).toEqual([401, 'NoSession']);
  });

  it.each([
    '/jobs/../admin',
    '/jobs/%2e%2e/admin',
    '/jobs//1',
    '/jobs/%252e%252e/admin',
    '/jobs;x=1',
    '/jobs/%2fadmin',
    '/jobs\\..',
    '/%6aobs',
    '/jobs#a',
    '/jobs/%00',
    '/jobs/%c0%ae',
  ])('refuses a path without a single meaning, also twice encoded: %s', async (target) => {
    const { ask, trail, objects } = await aGateway();
    // Forms of paths that the application allows are for what the gateway forwards: an ingress forwards what came.
    objects.put(
      anApplication(withSpec({ pathForms: [...pathForms] }), withMetadata({ resourceVersion: '2' })),
    );
    const refused = await ask(ingress, { target });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(['BadRequest', 'NoRoute']).toContain(reasonOf(refused));
    expect(trail.records.some(({ decision }) => decision?.effect === 'allow')).toBe(false);
  });

  it('passes an encoding in lower case, which means the same to all', async () => {
    const { ask } = await aGateway();
    expect((await ask(ingress, { target: '/jobs/caf%c3%a9' })).status).toBe(200);
  });

  it('is refused where a header is missing, there twice, or says something else than another', async () => {
    const { ask, trail } = await aGateway();
    const needed = Object.keys(ingressWays[ingress]({ method: 'GET', target: '/jobs', host }));
    for (const name of needed) {
      expect(reasonOf(await ask(ingress, { lines: { [name]: null } })), name).toBe('BadRequest');
      const value = Object.entries(ingressWays[ingress]({ method: 'GET', target: '/jobs', host })).find(
        ([one]) => one === name,
      );
      expect(
        reasonOf(await ask(ingress, { lines: { [name]: [value?.[1] ?? '', value?.[1] ?? ''] } })),
        name,
      ).toBe('BadRequest');
    }
    const others = (
      [
        ['x-original-method', 'DELETE'],
        ['x-forwarded-method', 'POST'],
        ['x-original-url', 'https://other.example.com/jobs'],
        ['x-original-url', `https://${host}/jobs/1`],
        ['x-original-url', `http://${host}/jobs`],
        ['x-original-url', 'jobs'],
        ['x-original-uri', '/jobs/1'],
        ['x-forwarded-uri', '/jobs/1'],
        ['x-rewrite-url', '/jobs/1'],
        ['x-forwarded-host', 'other.example.com'],
        ['x-original-host', 'other.example.com'],
        ['x-forwarded-proto', 'http'],
        ['x-forwarded-proto', 'https, http'],
        ['x-http-method-override', 'DELETE'],
      ] as const
    ).filter(([name]) => !needed.includes(name));
    for (const [name, value] of others) {
      const refused = await ask(ingress, { lines: { [name]: value } });
      expect(reasonOf(refused), `${name}: ${value}`).toBe('BadRequest');
    }
    expect(trail.records.some(({ decision }) => decision?.effect === 'allow')).toBe(false);
  });

  it('is believed no header of ours that came from outside', async () => {
    const { ask } = await aGateway();
    for (const name of ['x-support-user-type', 'x-support-session', 'x-support-anything']) {
      const refused = await ask(ingress, { lines: { [name]: 'x' } });
      expect([refused.status, reasonOf(refused)]).toEqual([403, 'BadRequest']);
    }
  });

  it('is answered by no one who is no trusted hop', async () => {
    const { ask, state, trail } = await aGateway();
    state.isTrusted = false;
    const refused = await ask(ingress);
    expect([refused.status, reasonOf(refused)]).toEqual([403, 'BadRequest']);
    expect(trail.records).toMatchObject([{ decision: { effect: 'deny' }, target: { area: 'forward-auth' } }]);
  });

  it('does not pass what was locked while the intent was written, and the records say so', async () => {
    const { ask, trail, told, touched } = await aGateway();
    const { append } = trail;
    Object.assign(trail, {
      append: async (records: Parameters<typeof append>[0]) => {
        const receipts = await append(records);
        told.add({ kind: 'SupportAccessLock', type: 'added', object: aLock } as unknown as Parameters<
          typeof told.add
        >[0]);
        return receipts;
      },
    });
    const refused = await ask(ingress);
    expect(reasonOf(refused)).toBe('Locked');
    expect(refused.headers['x-support-user-type']).toBeUndefined();
    expect(trail.records.slice(0, 2)).toMatchObject([
      { phase: 'intent' },
      { phase: 'outcome', outcome: { reason: 'Locked' } },
    ]);
    expect(touched).toEqual([]);
  });

  it('passes nothing while the records take nothing', async () => {
    const { ask, trail } = await aGateway();
    trail.state.away = true;
    expect(reasonOf(await ask(ingress))).toBe('RecordsUnavailable');
  });

  it('passes no body that could name another method, unless the route says that it covers it', async () => {
    const { ask, objects } = await aGateway();
    const post = (type: string) =>
      ask(ingress, {
        method: 'POST',
        target: '/jobs/1/run',
        lines: { 'content-type': type, origin: `https://${host}`, 'sec-fetch-site': 'same-origin' },
      });
    const form = await post('application/x-www-form-urlencoded');
    expect([form.status, reasonOf(form)]).toEqual([403, 'BadRequest']);
    expect((await post('application/octet-stream')).status).toBe(200);
    const route = {
      ...aRoute('POST /jobs/{id}/run', 'Scheduled Jobs: Run'),
      methodParameter: 'Allowed' as const,
    };
    objects.put(anApplication(withRoutes(route), withMetadata({ resourceVersion: 'with-forms' })));
    const allowed = await post('application/x-www-form-urlencoded');
    // The grant was consented to another set of routes only where the application is pinned by them.
    expect([200, 403]).toContain(allowed.status);
    expect(reasonOf(allowed)).not.toBe('BadRequest');
  });

  it('asks about hosts of applications alone, and about none of our own pages', async () => {
    const { ask } = await aGateway();
    for (const to of ['ecase.example.com', 'support.example.com'])
      expect(reasonOf(await ask(ingress, { host: to })), to).toBe('WrongHost');
    for (const target of ['/support-access/', '/support-access/whoami', '/support-access?x=1'])
      expect(reasonOf(await ask(ingress, { target })), target).toBe('WrongHost');
  });
});

describe('an ordinary route, which no grant is behind', () => {
  const ordinary = (ingress: IngressName) => `/authz/ordinary/${ingress}`;

  it.each(ingressNames)(
    'EC-2 lets the customer’s own people pass, and no support session, behind %s',
    async (ingress) => {
      const { ask, trail } = await aGateway();
      const path = ordinary(ingress);
      const own = await ask(ingress, { path, host: 'ecase.example.com', anonymous: true });
      expect(own.status).toBe(200);
      expect(own.headers['x-support-user-type']).toBeUndefined();
      const support = await ask(ingress, { path, host: 'ecase.example.com' });
      expect([support.status, reasonOf(support)]).toEqual([ingress === 'nginx' ? 403 : 421, 'WrongHost']);
      expect(trail.records).toMatchObject([{ decision: { effect: 'deny', reason: 'WrongHost' } }]);
      for (const cookie of ['__Host-support-access=x', 'a=1; __host-SUPPORT-access-x=y']) {
        const lines = { cookie };
        expect(reasonOf(await ask(ingress, { path, host: 'ecase.example.com', lines }))).toBe('WrongHost');
      }
      expect(reasonOf(await ask(ingress, { path, anonymous: true }))).toBe('WrongHost');
    },
  );
});

describe('nginx', () => {
  it.each([
    `http://${host}/jobs`,
    'jobs',
    `https://user@${host}/jobs`,
    `https://${host}`,
    `https://${host}\\@other/jobs`,
    `https://${host}:8443@other/jobs`,
    '/jobs',
  ])('is refused with the URL %s', async (url) => {
    const { ask } = await aGateway();
    expect(reasonOf(await ask('nginx', { lines: { 'x-original-url': url } }))).toBe('BadRequest');
  });
});

describe('Caddy', () => {
  it('may leave the query of the request behind the path that it asks at', async () => {
    const { ask, trail } = await aGateway();
    expect((await ask('caddy', { path: '/authz/caddy?page=2', target: '/jobs?page=2' })).status).toBe(200);
    expect(trail.records[0]).toMatchObject({ target: { route: '/jobs' } });
  });
});

describe('what a refusal looks like', () => {
  const page = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };

  it('is 401 or 403 without a page for nginx, which passes on nothing else', async () => {
    const { ask, state } = await aGateway();
    const none = await ask('nginx', { anonymous: true, lines: page });
    expect([none.status, none.headers['location']]).toEqual([401, undefined]);
    state.mayJudge = false;
    const busy = await ask('nginx');
    expect([busy.status, reasonOf(busy)]).toEqual([403, 'TooManyRequests']);
  });

  it.each(['traefik', 'caddy', 'envoy'] as const)(
    'leads a browser to the sign-in behind %s',
    async (ingress) => {
      const { ask, state } = await aGateway();
      const none = await ask(ingress, { target: '/jobs?a=1', anonymous: true, lines: page });
      expect([none.status, none.headers['location']]).toEqual([
        303,
        '/support-access/enter?to=%2Fjobs%3Fa%3D1',
      ]);
      state.mayJudge = false;
      expect((await ask(ingress)).status).toBe(429);
    },
  );
});
