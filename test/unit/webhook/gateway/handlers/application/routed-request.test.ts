/** What a route says besides module and action: files that pass as they are, types of bodies, and what of the path is recorded. */
import { afterEach, describe, expect, it } from 'vitest';
import { anApplication, aRoute, type RouteSpec, withRoutes } from '../../../../../kit/objects/application.ts';
import { withSpec } from '../../../../../kit/objects/object.ts';
import { applicationHost, aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

type Gateway = Awaited<ReturnType<typeof aServedGateway>>;
let gateway: Gateway;

/** The gateway before an application with these routes, which answers every request like this. */
async function routed(
  routes: readonly RouteSpec[],
  answer: { readonly type: string; readonly body: string } = { type: 'text/plain', body: 'ok' },
): Promise<Gateway> {
  gateway = await aServedGateway((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': answer.type }).end(answer.body);
  });
  gateway.objects.put(anApplication(withRoutes(...routes)));
  return gateway;
}

afterEach(() => gateway.close());

const files: RouteSpec = { name: 'files', type: 'Static', methods: ['GET'], path: '/assets/*' };
const targets = ({ trail }: Gateway) => trail.records.map(({ target }) => target);

describe('a Static route', () => {
  const script = 'const contact = "ada@example.com";';

  it('serves a script as it is, although the matrix masks addresses and lists no such module, and it is recorded', async () => {
    const { ask, trail } = await routed([files], { type: 'text/javascript', body: script });
    expect(await ask('/assets/app.js')).toMatchObject({ status: 200, body: script });
    expect(trail.records[0]).toMatchObject({ phase: 'intent', decision: { effect: 'allow' } });
    expect(targets(gateway)[0]).toMatchObject({ action: 'Static', route: '/assets/*' });
    expect(targets(gateway)[0]).not.toHaveProperty('module');
  });

  it.each([
    ['text/html', '<p>All users</p>'],
    ['application/json', '[]'],
    ['text/javascript', '[{"mail":"ada@example.com"}]'],
  ])('passes nothing of an answer that is %s: %s', async (type, body) => {
    const { ask } = await routed([files], { type, body });
    const answer = await ask('/assets/app.js');
    expect(answer.status).toBe(502);
    expect(answer.body).not.toContain(body);
  });

  it('takes GET and HEAD, and no other method', async () => {
    const { ask, reached } = await routed([files], { type: 'text/css', body: 'p{}' });
    expect((await ask('/assets/a.css', { method: 'HEAD' })).status).toBe(200);
    expect((await ask('/assets/a.css', { method: 'POST' })).status).toBe(403);
    expect(reached).toHaveLength(1);
  });

  it('passes nothing unmasked where an application may take the request for a page as well', async () => {
    const page = aRoute('GET /assets/users', 'Email Log: Read');
    const { ask } = await routed([files, page], { type: 'text/javascript', body: script });
    // `users.js` is `users` to an application that drops suffixes
    expect((await ask('/assets/users.js')).body).not.toContain('ada@example.com');
  });

  it('serves nobody without a session', async () => {
    const { ask, reached } = await routed([files]);
    expect((await ask('/assets/app.js', { anonymous: true })).status).not.toBe(200);
    expect(reached).toHaveLength(0);
  });
});

describe('a route for uploads', () => {
  const upload = { ...aRoute('POST /jobs', 'Scheduled Jobs: Run'), contentTypes: ['multipart/form-data'] };
  const body = '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhello\r\n--x--\r\n';

  it('takes a body of its type, and refuses another one with the reason that no route says what it means', async () => {
    const { ask, reached, trail } = await routed([upload]);
    const send = async (type: string) =>
      ask('/jobs', { method: 'POST', headers: { 'content-type': type }, body });
    expect((await send('multipart/form-data; boundary=x')).status).toBe(200);
    const refused = await send('application/json');
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('The application does not say what this request means.');
    expect(reached).toHaveLength(1);
    expect(trail.records.at(-1)?.message).toContain('contentTypes');
  });
});

describe('a placeholder that is marked', () => {
  const job = { ...aRoute('GET /jobs/{id}/log/{line}', 'Scheduled Jobs: Read'), recorded: ['id'] };
  const run = { ...aRoute('DELETE /jobs/{id}', 'Scheduled Jobs: Delete'), recorded: ['id'] };

  it('CC-3 is recorded with what stood there, decoded, in intent, outcome and refusal; the others are not', async () => {
    const { ask, trail } = await routed([job, run]);
    await ask('/jobs/4%2711/log/7?x=1');
    await ask('/jobs/12', { method: 'DELETE' });
    await gateway.served.at(-1);
    expect(targets(gateway).map((target) => target?.parameters)).toEqual([
      { id: "4'11" },
      { id: "4'11" },
      { id: '12' },
    ]);
    expect(trail.records.at(-1)?.decision).toMatchObject({ effect: 'deny', reason: 'ActionNotAllowed' });
  });
});

describe('a request that writes', () => {
  const run = { ...aRoute('POST /jobs/{id}/run', 'Scheduled Jobs: Run'), recorded: ['id'] };
  const outcomes = () => gateway.trail.records.filter(({ phase }) => phase === 'outcome');
  const page = {
    origin: `https://${applicationHost}`,
    'sec-fetch-site': 'same-origin',
    referer: `https://${applicationHost}/jobs/ada?x=1`,
  };

  it('CC-3 ZH-8 is recorded with the object, the fields that it named without a value, and the page from which it came', async () => {
    const { ask, trail } = await routed([run]);
    const headers = { ...page, 'content-type': 'application/json' };
    const body = '{"job":{"schedule":"hourly","note":"for Grace"}}';
    expect((await ask('/jobs/7/run?notify=yes', { method: 'POST', headers, body })).status).toBe(200);
    await Promise.all(gateway.served);
    expect(outcomes()).toMatchObject([
      {
        actor: { name: 'ada' },
        source: { ip: '127.0.0.1' },
        target: { module: 'Scheduled Jobs', action: 'Run', parameters: { id: '7' } },
        change: { paths: ['?notify', '/job/schedule', '/job/note'] },
        page: { origin: page.origin, site: 'same-origin' },
      },
    ]);
    expect(trail.records[0]).toMatchObject({
      phase: 'intent',
      page: { origin: page.origin, site: 'same-origin' },
    });
    expect(JSON.stringify(trail.records)).not.toMatch(/hourly|Grace|jobs\/ada/);
  });

  it('CC-3 is not shown to have changed anything where the application did not take it, as one that exists already', async () => {
    gateway = await aServedGateway((request, response) => {
      request.resume();
      response.writeHead(409, { 'content-type': 'text/plain' }).end('AlreadyExists');
    });
    gateway.objects.put(anApplication(withRoutes(run)));
    const headers = { 'content-type': 'application/json' };
    await gateway.ask('/jobs/7/run', { method: 'POST', headers, body: '{"name":"x"}' });
    await Promise.all(gateway.served);
    expect(outcomes()).toMatchObject([{ outcome: { status: 409 } }]);
    expect(outcomes()[0]).not.toHaveProperty('change');
  });

  it('is refused with the page from which it came, which the browser tells', async () => {
    const { ask, trail } = await routed([run]);
    await ask('/jobs/7', { method: 'DELETE', headers: page });
    expect(trail.records.at(-1)).toMatchObject({
      decision: { effect: 'deny' },
      page: { site: 'same-origin' },
    });
  });

  it('names no fields where it only looks', async () => {
    const { ask } = await routed([aRoute('GET /jobs', 'Scheduled Jobs: Read')]);
    await ask('/jobs?status=open');
    await Promise.all(gateway.served);
    expect(outcomes()).toHaveLength(1);
    expect(outcomes()[0]).not.toHaveProperty('change');
  });
});

describe('an assignment to a person of support', () => {
  const routes = [
    aRoute('GET /jobs', 'Scheduled Jobs: Read'),
    aRoute('POST /jobs/{id}/run', 'Scheduled Jobs: Run'),
    aRoute('POST /jobs/{id}/owner/{owner}', 'Scheduled Jobs: Run'),
  ];

  async function assigning(): Promise<Gateway & { readonly whole: () => number }> {
    let whole = 0;
    gateway = await aServedGateway((request, response) => {
      request.resume();
      request.on('end', () => {
        whole += 1;
        response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
      });
    });
    gateway.objects.put(
      anApplication(withRoutes(...routes), withSpec({ assignmentFields: ['assignee', 'owner'] })),
    );
    return { ...gateway, whole: () => whole };
  }

  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'note=x&assignee=cp-ada'],
    ['JSON', 'application/json', '{"task":{"assignee":{"id":"cp-ada"}}}'],
    [
      'parts',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name=owner\r\n\r\nada\r\n--b--\r\n',
    ],
  ])(
    'CC-6 EC-13 is refused in %s, and the application never has the whole request',
    async (_, type, body) => {
      const { ask, trail, whole } = await assigning();
      const headers = { 'content-type': type };
      const refused = await ask('/jobs/7/run', { method: 'POST', headers, body });
      expect(refused.status).toBe(403);
      expect(refused.body).toContain('Support users cannot be assigned');
      expect(whole()).toBe(0);
      await Promise.all(gateway.served);
      expect(trail.records.at(-1)).toMatchObject({
        phase: 'outcome',
        outcome: { reason: 'SupportAssigned', status: 403 },
      });
      const other = body.replace(/cp-ada|ada/, 'grace');
      expect((await ask('/jobs/7/run', { method: 'POST', headers, body: other })).status).toBe(200);
      expect(whole()).toBe(1);
    },
  );

  it('CC-6 EC-13 is refused in the query and in the path, before anything is sent, and the customer reads whom', async () => {
    const { ask, trail, reached } = await assigning();
    expect((await ask('/jobs?task[assignee]=CP-ADA')).status).toBe(403);
    expect((await ask('/jobs/7/owner/ada', { method: 'POST' })).status).toBe(403);
    expect((await ask('/jobs?assignee=%ff')).status).toBe(403);
    expect(reached).toHaveLength(0);
    expect(trail.records.map(({ message }) => message)).toEqual([
      'the field task[assignee] names the SupportUser ada',
      'the field owner names the SupportUser ada',
      'the field assignee has bytes that are no text',
    ]);
    expect((await ask('/jobs?assignee=grace&by=ada')).status).toBe(200);
    expect((await ask('/jobs/7/owner/grace', { method: 'POST' })).status).toBe(200);
  });

  it('lets a body through in any pieces, to its last byte, where it assigns to nobody of support', async () => {
    let got = '';
    gateway = await aServedGateway((request, response) => {
      request.on('data', (chunk: Buffer) => (got += chunk.toString()));
      request.on('end', () => response.end('ok'));
    });
    gateway.objects.put(anApplication(withRoutes(...routes), withSpec({ assignmentFields: ['assignee'] })));
    const body = `note=${'x'.repeat(300_000)}&assignee=grace`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'transfer-encoding': 'chunked' };
    expect((await gateway.ask('/jobs/7/run', { method: 'POST', headers, body })).status).toBe(200);
    expect(got).toBe(body);
  });
});
