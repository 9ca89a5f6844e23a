import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../../kit/clock/eventually.ts';
import { anApplication } from '../../../../../kit/objects/application.ts';
import { aGrant, fromAddresses, opened } from '../../../../../kit/objects/grant.ts';
import { aMatrix } from '../../../../../kit/objects/matrix.ts';
import { withMetadata, withSpec } from '../../../../../kit/objects/object.ts';
import { applicationHost, aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

type Gateway = Awaited<ReturnType<typeof aServedGateway>>;
let gateway: Gateway;

async function aGateway(...upstream: Parameters<typeof aServedGateway>): Promise<Gateway> {
  gateway = await aServedGateway(...upstream);
  return gateway;
}

afterEach(() => gateway.close());

/** Waits for the outcome, which follows the last byte. */
async function outcomeOf({ trail }: Gateway) {
  return eventually(async () => {
    const outcome = trail.records.find(({ phase }) => phase === 'outcome');
    if (outcome === undefined) throw new Error('no outcome yet');
    return outcome;
  });
}

describe('a permitted request', () => {
  it('is recorded before it is sent, carries the intent’s id upstream, and is closed with its outcome', async () => {
    let recordedBefore = 0;
    const { ask, trail, reached } = await aGateway((request, response) => {
      recordedBefore = gateway.trail.records.filter(({ phase }) => phase === 'intent').length;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"mail":"ada@x.com","n":1}');
      void request;
    });
    const answer = await ask('/jobs');
    expect(answer).toMatchObject({ status: 200, body: '{"mail":"[e-mail-hidden]","n":1}' });
    expect(recordedBefore).toBe(1);
    const intent = trail.records[0];
    expect(reached[0]?.headers['audit-id']).toBe(intent?.id);
    expect(intent).toMatchObject({
      type: 'app.request',
      phase: 'intent',
      actor: { kind: 'support', name: 'ada', userType: 'Support User', userId: 'cp-ada' },
      source: { ip: '127.0.0.1' },
      target: {
        module: 'Scheduled Jobs',
        action: 'Read',
        method: 'GET',
        route: '/jobs',
        host: applicationHost,
      },
      decision: { effect: 'allow', matrix: 'ecase-1' },
    });
    expect(await outcomeOf(gateway)).toMatchObject({
      phase: 'outcome',
      cause: intent?.id,
      outcome: {
        status: 200,
        upstream: 'answered',
        masked: { EmailAddress: 1 },
        bytesOut: answer.body.length,
      },
    });
  });

  it('is served until its last byte, and notes the activity of the session', async () => {
    const held = Promise.withResolvers<ServerResponse>();
    const { ask, served, touched, openResponses, failures } = await aGateway((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).write('one ');
      held.resolve(response);
    });
    const answer = ask('/jobs');
    const upstream = await held.promise;
    expect(await Promise.race([served[0], Promise.resolve('open')])).toBe('open');
    expect(openResponses.size).toBe(1);
    expect(touched).toEqual([]);
    upstream.end('two');
    expect((await answer).body).toBe('one two');
    await served[0];
    expect(openResponses.size).toBe(0);
    expect(touched).toEqual(['ada-1']);
    expect(failures).toEqual([]);
  });

  it('shows the application a set of headers of our own: no credentials, no cookies of ours, no hops', async () => {
    const { ask, reached } = await aGateway((_, response) => response.end('ok'));
    await ask('/jobs', {
      headers: {
        cookie: '',
        authorization: 'Bearer stolen',
        'x-forwarded-for': '1.2.3.4',
        'x-support-assertion': 'forged',
        'x-original-url': '/admin',
        'x-http-method-override': 'DELETE',
        'accept-encoding': 'gzip',
        te: 'trailers',
        accept: 'application/json',
      },
      anonymous: true,
    });
    expect(reached).toHaveLength(0);
    const own = await ask('/jobs', { headers: { authorization: 'Bearer x', 'x-forwarded-for': '1.2.3.4' } });
    expect(own.status).toBe(200);
    const headers = reached[0]?.headers ?? {};
    expect(headers).toMatchObject({
      host: applicationHost,
      'accept-encoding': 'identity',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
    });
    for (const name of ['authorization', 'cookie', 'te', 'upgrade'])
      expect(headers[name], name).toBeUndefined();
  });

  it('CC-4 CC-6 EC-13 EC-17 ZH-4 tells the application that support asks, whatever the client says of it', async () => {
    const { ask, reached } = await aGateway((_request, response) => response.end('jobs'));
    const forged = {
      'x-support-user-type': 'Administrator',
      'x-support-licensed': 'true',
      'x-support-assignable': 'true',
      'x-support-hidden': 'false',
      'x-support-session': 'of another',
      'x-support-anything': 'else',
    };
    expect((await ask('/jobs', { headers: forged })).status).toBe(200);
    const { headers = {} } = reached[0] ?? {};
    const ours = Object.entries(headers).filter(([name]) => name.startsWith('x-support-'));
    expect(Object.fromEntries(ours)).toEqual({
      'x-support-user-type': 'Support User',
      'x-support-licensed': 'false',
      'x-support-assignable': 'false',
      'x-support-hidden': 'true',
      'x-support-session': '5f1c9a7be2d04c11',
      'x-support-assertion': expect.stringMatching(/^[\w-]+[.][\w-]+[.][\w-]+$/),
    });
  });

  it('passes bodies up to the limit of the application, and not one byte more', async () => {
    const sizes: number[] = [];
    const { ask, objects } = await aGateway((request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => (bytes += chunk.length));
      request.on('end', () => {
        sizes.push(bytes);
        response.end('run');
      });
    });
    objects.put(anApplication(withSpec({ maxAttachmentSizeMB: 1 }), withMetadata({ resourceVersion: '2' })));
    const megabyte = 1024 * 1024;
    expect((await ask('/jobs/1/run', { method: 'POST', body: Buffer.alloc(megabyte) })).status).toBe(200);
    const tooLong = { method: 'POST', body: Buffer.alloc(megabyte + 1) };
    expect((await ask('/jobs/1/run', tooLong)).status).toBe(413);
    const chunked = await ask('/jobs/1/run', {
      ...tooLong,
      headers: { 'transfer-encoding': 'chunked' },
    }).catch(() => undefined);
    expect(chunked?.status ?? 413).toBe(413);
    expect(sizes).toEqual([megabyte]);
  });

  it('keeps redirects to the application on its host, and cookies with our names away', async () => {
    const { ask } = await aGateway((_, response) => {
      response.writeHead(302, {
        location: `https://${applicationHost}//evil.example/jobs?mail=ada%40x.com`,
        'set-cookie': [
          'theirs=1; Domain=example.com; Path=/',
          '__Host-support-access=forged; Secure; Path=/',
          ' __HOST-Support-Access-enter=forged',
          '=__Host-support-access=nameless; Secure; Path=/',
        ],
        'x-powered-by': 'them',
        'service-worker-allowed': '/',
        'clear-site-data': '"*"',
      });
      response.end();
    });
    const { headers } = await ask('/jobs');
    expect(headers.location).toBe('/evil.example/jobs?mail=[e-mail-hidden]');
    expect(headers['set-cookie']).toEqual([
      'theirs=1; Path=/',
      expect.stringMatching(/^__Host-support-access-of-[^=]+=[\w-]+[.][\w-]+; Path=\/; Secure; HttpOnly/),
    ]);
    for (const name of ['x-powered-by', 'service-worker-allowed', 'clear-site-data'])
      expect(headers[name], name).toBeUndefined();

    expect(headers['cache-control']).toBe('no-store');
  });

  it('keeps redirects to the application’s own URL on its host here, and leaves others alone', async () => {
    const { ask, objects } = await aGateway((request, response) => {
      const location = request.headers.accept ?? '';
      response.writeHead(302, { location }).end();
    });
    const locationOf = async (accept: string) =>
      (await ask('/jobs', { headers: { accept } })).headers.location;
    objects.put(
      anApplication(withSpec({ url: 'https://app.internal/x' }), withMetadata({ resourceVersion: '2' })),
    );
    expect(await locationOf('https://app.internal/jobs')).toBe('/jobs');
    expect(await locationOf('https://other.internal/jobs')).toBe('https://other.internal/jobs');
    const { url: _none, ...spec } = anApplication().spec;
    objects.put({ ...anApplication(withMetadata({ resourceVersion: '3' })), spec });
    expect(await locationOf('https://app.internal/jobs')).toBe('https://app.internal/jobs');
  });

  it('passes unmasked, with sizes and tags, where the matrix does not mask', async () => {
    const { ask, objects } = await aGateway((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 9, etag: '"1"' });
      response.end('ada@x.com');
    });
    expect((await ask('/jobs')).headers.etag).toBeUndefined();
    const matrix = aMatrix(withSpec({ masking: 'Disabled' }), withMetadata({ resourceVersion: '2' }));
    objects.put(matrix, aGrant(opened({ matrix }), fromAddresses('127.0.0.0/8')));
    const plain = await ask('/jobs');
    expect(plain).toMatchObject({ status: 200, body: 'ada@x.com' });
    expect(plain.headers).toMatchObject({ etag: '"1"', 'content-length': '9' });
  });

  it('masks every class where masking is on and the list of classes is empty', async () => {
    const { ask, objects } = await aGateway((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end('ada@x.com');
    });
    const matrix = aMatrix(withSpec({ maskedClasses: [] }), withMetadata({ resourceVersion: '2' }));
    objects.put(matrix, aGrant(opened({ matrix }), fromAddresses('127.0.0.0/8')));
    expect((await ask('/jobs')).body).not.toContain('ada@x.com');
  });

  it.each([['ShoeSize'], ['EmailAddress', 'ShoeSize']])(
    'is not sent at all where the matrix masks a class that this version does not know (%s)',
    async (...classes) => {
      const { ask, objects, reached, trail } = await aGateway((_, response) => response.end('ok'));
      const matrix = aMatrix(withMetadata({ resourceVersion: '2' }));
      // As an API server sends it whose schema is newer than this program.
      Object.assign(matrix.spec, { maskedClasses: classes });
      objects.put(matrix, aGrant(opened({ matrix }), fromAddresses('127.0.0.0/8')));
      const { status, body } = await ask('/jobs');
      expect(status).toBe(502);
      expect(JSON.parse(body)).toMatchObject({ reason: 'NotMaskable' });
      expect(body).not.toContain('ShoeSize');
      expect(reached).toHaveLength(0);
      expect(trail.records).toMatchObject([
        {
          phase: 'point',
          decision: { effect: 'deny', reason: 'NotMaskable' },
          message: 'this version cannot mask ShoeSize, which the matrix has masked',
        },
      ]);
    },
  );

  it.each([204, 304])(
    'passes a status that has no body as it is, whatever type it claims (%i)',
    async (status) => {
      const { ask } = await aGateway((_, response) => {
        response.writeHead(status, { 'content-type': 'text/plain; charset=utf-16' }).end();
      });
      expect(await ask('/jobs')).toMatchObject({ status, body: '' });
    },
  );

  it('hides the size of an answer to HEAD', async () => {
    const { ask } = await aGateway((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 1234 });
      response.end();
    });
    const { status, headers } = await ask('/jobs', { method: 'HEAD' });
    expect(status).toBe(200);
    expect(headers['content-length']).toBeUndefined();
  });
});
