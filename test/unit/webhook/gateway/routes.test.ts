import { afterEach, describe, expect, it } from 'vitest';
import { type Asked, aServedGateway } from '../../../kit/objects/served-gateway.ts';

const host = 'support.example.com';
let served: Awaited<ReturnType<typeof aServedGateway>>;

/** Asks a support host whose anonymous clients have asked too often. */
async function ask(path: string, asked: Asked = {}) {
  served = await aServedGateway(() => undefined);
  served.state.mayAsk = false;
  const response = await served.ask(path, { anonymous: true, host, ...asked });
  return { response, records: served.trail.records, reason: JSON.parse(response.body).reason };
}

afterEach(() => served.close());

describe('an address that asks too often', () => {
  it.each([
    ['GET', '/support-access/sign-in/ecase/case-4711'],
    ['POST', '/support-access/saml/acs'],
    ['GET', '/support-access/saml/metadata'],
  ])('is told to wait, and nothing is read for it: %s %s', async (method, path) => {
    const { response, records, reason } = await ask(path, { method });
    expect([response.status, response.headers['retry-after'], reason]).toEqual([
      429,
      '60',
      'TooManyRequests',
    ]);
    expect(records).toMatchObject([
      { type: 'signin.failed', source: { ip: '127.0.0.1' }, decision: { reason: 'TooManyRequests' } },
    ]);
    expect(served.objects.gets).toEqual([]);
  });

  it('is not asked to wait where a session would be needed anyway', async () => {
    const { response, reason } = await ask('/support-access/whoami');
    expect([response.status, reason]).toEqual([401, 'NoSession']);
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
});
