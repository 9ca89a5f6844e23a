/** What an application reads in X-Support-Assertion, verified as it would by the keys that the inner listener shows. */
import { createHash } from 'node:crypto';
import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { noon } from '../../../../../kit/objects/ask.ts';
import { anInnerGateway } from '../../../../../kit/objects/inner-gateway.ts';
import { applicationHost, aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

let served: Awaited<ReturnType<typeof aServedGateway>>;

afterEach(() => served.close());

async function aGateway() {
  served = await aServedGateway((_request, response) => response.end('ok'));
  return served;
}

/** As an application does: by the keys alone. */
async function verified(token: unknown, { audience = 'ecase/ecase', at = noon } = {}): Promise<JWTPayload> {
  const inner = await anInnerGateway();
  onTestFinished(async () => void (await inner.close()));
  const { body, status } = await inner.call('/v1/jwks', { method: 'GET', token: '' });
  expect(status).toBe(200);
  const keys = createLocalJWKSet(body as Parameters<typeof createLocalJWKSet>[0]);
  const wanted = { issuer: 'https://support.example.com', audience, algorithms: ['ES256'] };
  const { payload } = await jwtVerify(String(token), keys, { ...wanted, currentDate: new Date(at) });
  return payload;
}

describe('X-Support-Assertion', () => {
  it('says who asks, under what and as what, for this application and this request', async () => {
    const { ask, reached, trail } = await aGateway();
    await ask('/jobs/7?x=1');
    const headers = reached[0]?.headers ?? {};
    const request = createHash('sha256').update(`GET\n${applicationHost}\n/jobs/7?x=1`).digest('base64url');
    expect(await verified(headers['x-support-assertion'])).toMatchObject({
      sub: 'ada',
      user: { name: 'ada', type: 'Support User', userId: expect.any(String) },
      session: headers['x-support-session'],
      grant: { namespace: 'ecase', name: 'case-4711', uid: expect.any(String) },
      application: { namespace: 'ecase', name: 'ecase' },
      module: 'Scheduled Jobs',
      action: 'Read',
      request,
      jti: headers['audit-id'],
      iat: noon / 1000,
      exp: noon / 1000 + 60,
    });
    expect(trail.records[0]?.id).toBe(headers['audit-id']);
  });

  it('is of the address that the application is asked for, with the values put back', async () => {
    served = await aServedGateway((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"mail":"jane.doe@x.com"}'),
    );
    const { ask, reached, state } = served;
    state.pseudonyms = true;
    const { mail = '' } = JSON.parse((await ask('/jobs')).body) as Record<string, string>;
    expect((await ask(`/jobs?mail=${mail}`)).status).toBe(200);
    const { url, headers } = reached[1] ?? {};
    expect(decodeURIComponent(String(url))).toBe('/jobs?mail=jane.doe@x.com');
    const request = createHash('sha256').update(`GET\n${applicationHost}\n${url}`).digest('base64url');
    expect(await verified(headers?.['x-support-assertion'])).toMatchObject({ request });
  });

  it('ZH-7 names the person as the owner of what the request adds', async () => {
    const { ask, reached } = await aGateway();
    await ask('/jobs/7/run', { method: 'POST' });
    const { owner, user } = await verified(reached[0]?.headers['x-support-assertion']);
    expect(owner).toBe((user as { userId: string }).userId);
  });

  it('is worth nothing to another application, nor after a minute', async () => {
    const { ask, reached } = await aGateway();
    await ask('/jobs');
    const token = reached[0]?.headers['x-support-assertion'];
    await expect(verified(token, { audience: 'ecase/other' })).rejects.toThrow('aud');
    await expect(verified(token, { at: noon + 60_000 })).rejects.toThrow('exp');
  });

  it('is the gateway’s own, whatever a client sends under that name', async () => {
    const { ask, reached } = await aGateway();
    await ask('/jobs', { headers: { 'x-support-assertion': 'forged', 'X-Support-Session': 'forged' } });
    const { 'x-support-assertion': token, 'x-support-session': session } = reached[0]?.headers ?? {};
    expect((await verified(token)).session).toBe(session);
  });

  it('is another one for each request, and stands in no record', async () => {
    const { ask, reached, trail, failures } = await aGateway();
    await Promise.all([ask('/jobs'), ask('/jobs')]);
    const tokens = reached.map(({ headers }) => String(headers['x-support-assertion']));
    expect(new Set(tokens).size).toBe(2);
    const told = JSON.stringify([trail.records, failures]);
    for (const token of tokens) expect(told).not.toContain(token.split('.')[2]);
  });
});
