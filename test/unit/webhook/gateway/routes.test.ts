import { afterEach, describe, expect, it } from 'vitest';
import { applicationRoutes, supportRoutes } from '../../../../webhook/gateway/routes.ts';
import { type Asked, applicationHost, aServedGateway } from '../../../kit/objects/served-gateway.ts';

const host = 'support.example.com';
let served: Awaited<ReturnType<typeof aServedGateway>> | undefined;

/** Asks a support host whose anonymous clients have asked too often. */
async function ask(path: string, asked: Asked = {}) {
  const made = await aServedGateway(() => undefined);
  served = made;
  made.state.mayAsk = false;
  const response = await made.ask(path, { anonymous: true, host, ...asked });
  const { reason } = JSON.parse(response.body) as { readonly reason: string };
  return { response, records: made.trail.records, gets: made.objects.gets, reason };
}

afterEach(() => served?.close());

describe('the table of routes', () => {
  it('is this one, route by route', () => {
    const lines = (routes: typeof supportRoutes): string[] =>
      routes.map(({ method, path, handle, costly }) =>
        [method, path, handle.name, costly === undefined ? '' : `costs ${costly}`].join(' ').trim(),
      );
    expect(lines(supportRoutes)).toEqual([
      'GET /support-access/ home',
      'GET /support-access/whoami whoami',
      'POST /support-access/sign-out signOut',
      'GET /support-access/sign-in/{namespace}/{grant} beginSignIn costs begin-sign-in',
      'POST /support-access/saml/acs completeSignIn costs complete-sign-in',
      'GET /support-access/saml/metadata metadata costs metadata',
      'GET /support-access/enter leaveForApplication',
    ]);
    expect(lines(applicationRoutes)).toEqual([
      'GET /support-access/enter enterApplication',
      'GET /support-access/whoami whoami',
      'POST /support-access/sign-out signOut',
    ]);
  });
});

describe('an address that asks too often', () => {
  it.each([
    ['GET', '/support-access/sign-in/ecase/case-4711'],
    ['POST', '/support-access/saml/acs'],
    ['GET', '/support-access/saml/metadata'],
  ])('is told to wait, and nothing is read for it: %s %s', async (method, path) => {
    const { response, records, gets, reason } = await ask(path, { method });
    expect([response.status, response.headers['retry-after'], reason]).toEqual([
      429,
      '60',
      'TooManyRequests',
    ]);
    expect(records).toMatchObject([
      { type: 'signin.failed', source: { ip: '127.0.0.1' }, decision: { reason: 'TooManyRequests' } },
    ]);
    expect(gets).toEqual([]);
  });

  it.each([
    ['GET', host, '/support-access/'],
    ['GET', host, '/support-access/whoami'],
    ['POST', host, '/support-access/sign-out'],
    ['GET', applicationHost, '/jobs'],
  ])('has nothing read for a genuine cookie whose session is over: %s %s%s', async (method, at, path) => {
    const made = await aServedGateway(() => undefined);
    served = made;
    made.state.mayJudge = false;
    const response = await made.ask(path, { method, host: at, headers: { 'sec-fetch-site': 'same-origin' } });
    expect([response.status, response.headers['retry-after']]).toEqual([429, '60']);
    expect(response.headers['set-cookie']).toBeUndefined();
    expect([made.objects.gets, made.reached]).toEqual([[], []]);
    expect(made.trail.records).toMatchObject([
      { type: 'app.request', actor: { kind: 'anonymous' }, decision: { reason: 'TooManyRequests' } },
    ]);
  });

  it('is not asked to wait where a session would be needed anyway', async () => {
    const { response, reason } = await ask('/support-access/whoami');
    expect([response.status, reason]).toEqual([401, 'NoSession']);
  });
});

describe('a client that waits before it sends a body', () => {
  it('is told to go on where a page of ours reads it', async () => {
    const made = await aServedGateway(() => undefined);
    served = made;
    const waits = async (path: string, method: string): Promise<boolean> => {
      let isTold = false;
      const headers = { expect: '100-continue', 'sec-fetch-site': 'same-origin' };
      await made.ask(path, { method, host: applicationHost, headers, onContinue: () => (isTold = true) });
      return isTold;
    };
    expect(await waits('/support-access/sign-out', 'POST')).toBe(true);
    expect(await waits('/support-access/whoami', 'POST')).toBe(false);
  });
});

describe('a request that no route takes', () => {
  it.each([
    ['a method that the path does not have', '/support-access/whoami', { method: 'POST' }, '405 BadRequest'],
    ['a path of ours that does not exist', '/support-access/nothing', {}, '421 WrongHost'],
    ['a path of an application on the support host', '/jobs', {}, '421 WrongHost'],
    ['a host that is not served', '/jobs', { host: 'evil.example' }, '421 WrongHost'],
    ['a name that no grant can have', '/support-access/sign-in/ecase/Case_1', {}, '421 WrongHost'],
  ])('is refused: %s', async (_, path, asked, expected) => {
    const { response, reason } = await ask(path, asked);
    expect(`${response.status} ${reason}`).toBe(expected);
  });

  it('is refused with credentials of another kind on our own paths, and recorded without them', async () => {
    const { response, records, reason } = await ask('/support-access/whoami', {
      headers: { authorization: 'Basic YWRhOnNlY3JldA==' },
    });
    expect([response.status, reason]).toEqual([403, 'SignInFailed']);
    expect(records).toMatchObject([{ type: 'signin.failed', decision: { reason: 'SignInFailed' } }]);
    expect(JSON.stringify(records)).not.toContain('YWRh');
  });

  it('is answered as without them beside a session, as a proxy in front may ask for its own password', async () => {
    const made = await aServedGateway(() => undefined);
    served = made;
    const response = await made.ask('/support-access/whoami', {
      host: applicationHost,
      headers: { authorization: 'Basic YWRhOnNlY3JldA==' },
    });
    expect(response.status).toBe(200);
    expect(made.trail.records).toEqual([]);
  });
});
