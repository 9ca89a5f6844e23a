/** Paths and headers that an application lets pass beyond the usual, from the request to the application and back. */
import { afterEach, describe, expect, it } from 'vitest';
import type { SupportApplication } from '../../../../../../crds/generated/support-application.ts';
import { pathForms } from '../../../../../../crds/rules/request/path-forms.ts';
import { anApplication, aRoute } from '../../../../../kit/objects/application.ts';
import { withMetadata, withSpec } from '../../../../../kit/objects/object.ts';
import { aServedGateway } from '../../../../../kit/objects/served-gateway.ts';
import { refused } from '../../../../crds/rules/request/refused-targets.ts';

type Scene = Awaited<ReturnType<typeof aServedGateway>>;
let served: Scene;
let version = 1;

afterEach(() => served.close());

/** The application of the scene as it is read from now on. */
function set(spec: Partial<SupportApplication['spec']>): void {
  version += 1;
  served.objects.put(anApplication(withSpec(spec), withMetadata({ resourceVersion: String(version) })));
}

async function aScene(
  spec: Partial<SupportApplication['spec']> = {},
  upstream: Parameters<typeof aServedGateway>[0] = (_request, response) => response.end('ok'),
): Promise<Scene> {
  served = await aServedGateway(upstream);
  set(spec);
  return served;
}

const reason = (body: string): string => (JSON.parse(body) as { readonly reason: string }).reason;

describe('a path of a form that the application allows', () => {
  it.each([
    ['MatrixParameters', '/jobs/7;jsessionid=0A1B2C?a=%2F', '/jobs/7;jsessionid=0A1B2C?a=%2F'],
    ['EmptySegments', '//jobs///7', '/jobs/7'],
    ['EncodedSlash', '/jobs/a%2fb', '/jobs/a%2Fb'],
    ['EncodedPercent', '/jobs/100%25.pdf', '/jobs/100%25.pdf'],
  ] as const)('is judged, and forwarded in its one form: %s', async (form, path, forwarded) => {
    await aScene({ pathForms: [form] });
    expect((await served.ask(path)).status).toBe(200);
    expect(served.reached.map(({ url }) => url)).toEqual([forwarded]);
    set({ pathForms: pathForms.filter((other) => other !== form) });
    const answer = await served.ask(path);
    expect([answer.status, reason(answer.body)]).toEqual([400, 'BadRequest']);
    expect(answer.body).toContain(`add ${form} to spec.pathForms`);
    expect(served.reached).toHaveLength(1);
  });

  it.each([
    '/%73upport-access/whoami',
    '//support-access/whoami',
    '/support-access;x=1/whoami',
    '/support-access%2Fwhoami',
  ])('is never one of the gateway’s own in another spelling: %s', async (path) => {
    const routes = [aRoute('GET /*', 'Scheduled Jobs: Read'), aRoute('GET /{any}', 'Scheduled Jobs: Read')];
    await aScene({ pathForms: [...pathForms], routes });
    const answer = await served.ask(path);
    expect([answer.status, reason(answer.body)]).toEqual([400, 'BadRequest']);
    expect(served.reached).toEqual([]);
  });

  it('brings what all readers take the same into one form, without any word of the application', async () => {
    await aScene();
    expect((await served.ask('/%6aobs/%7Eada')).status).toBe(200);
    expect(served.reached.map(({ url }) => url)).toEqual(['/jobs/~ada']);
  });

  it.each(pathForms)(
    'lets no attack reach the application, of those that are no matter of %s',
    async (form) => {
      await aScene({ pathForms: [form] });
      for (const target of Object.values(refused).filter((each) => /^\/[\x21-\x7e]*$/.test(each))) {
        const before = served.reached.length;
        const { status } = await served.ask(target);
        const [reached] = served.reached.slice(before);
        if (reached === undefined) expect([target, status]).not.toEqual([target, 200]);
        else expect(decodeURIComponent(reached.url ?? '')).not.toMatch(/\/\.\.?(\/|$)|\\/);
      }
    },
  );
});

describe('a redirect of the application', () => {
  const to = (location: string): Parameters<typeof aServedGateway>[0] => {
    return (_request, response) => void response.writeHead(302, { location }).end();
  };

  it.each([
    ['/jobs/;jsessionid=0A1B2C', '/jobs/'],
    ['/jobs//7', '/jobs/7'],
    ['/jobs/7', '/jobs/7'],
  ])('leads to where it is served: %s', async (location, passed) => {
    await aScene({}, to(location));
    const answer = await served.ask('/jobs');
    expect([answer.status, answer.headers.location]).toEqual([302, passed]);
  });

  it('is not passed on where it would be refused in each form, and the records say why', async () => {
    await aScene({}, to('/jobs/a%2Fb'));
    const answer = await served.ask('/jobs');
    expect([answer.status, reason(answer.body), answer.headers.location]).toEqual([
      502,
      'RedirectRefused',
      undefined,
    ]);
    await Promise.all(served.served);
    expect(served.trail.records.at(-1)).toMatchObject({
      outcome: { status: 302, reason: 'RedirectRefused' },
      message: 'the response must not redirect to a path that must not encode a "/"',
    });
  });

  it('is passed on as it came where the application allows its form', async () => {
    await aScene({ pathForms: ['EncodedSlash'] }, to('/jobs/a%2Fb'));
    expect((await served.ask('/jobs')).headers.location).toBe('/jobs/a%2Fb');
  });
});

describe('headers that the application asks for', () => {
  const headers = { authorization: 'Basic eA==', 'x-api-key': 'k', 'x-other': 'o' };

  it('pass in each direction, and are masked on the way back', async () => {
    await aScene(
      { forwardHeaders: { request: ['Authorization'], response: ['X-Job-Owner'] } },
      (_, response) => response.writeHead(200, { 'x-job-owner': 'ada@x.com', 'x-other': 'o' }).end(),
    );
    const answer = await served.ask('/jobs', { headers });
    expect(served.reached[0]?.headers).toMatchObject({ authorization: 'Basic eA==' });
    expect(served.reached[0]?.headers).not.toHaveProperty('x-api-key');
    expect(answer.headers['x-job-owner']).toBe('[e-mail-hidden]');
    expect(answer.headers['x-other']).toBeUndefined();
  });

  it('pass only where they are asked for', async () => {
    await aScene();
    await served.ask('/jobs', { headers });
    for (const name of Object.keys(headers)) expect(served.reached[0]?.headers).not.toHaveProperty(name);
  });

  it('never pass where they are of identity, of one hop or of the gateway itself, whatever is stored', async () => {
    const names = [
      'Impersonate-User',
      'X-Forwarded-User',
      'X-Remote-User',
      'X-Support-User',
      'Connection',
      'TE',
    ];
    await aScene(
      { forwardHeaders: { request: names, response: ['Set-Cookie2', 'Clear-Site-Data'] } },
      (_, response) =>
        response.writeHead(200, { 'clear-site-data': '"cookies"', 'set-cookie2': 'a=1' }).end(),
    );
    const sent = {
      'impersonate-user': 'x',
      'x-forwarded-user': 'x',
      'x-remote-user': 'x',
      'x-support-user': 'x',
    };
    const answer = await served.ask('/jobs', { headers: { ...sent, te: 'trailers' } });
    for (const name of [...Object.keys(sent), 'te']) expect(served.reached[0]?.headers[name]).not.toBe('x');
    expect(served.reached[0]?.headers['te']).toBeUndefined();
    expect([answer.headers['clear-site-data'], answer.headers['set-cookie2']]).toEqual([
      undefined,
      undefined,
    ]);
  });
});
