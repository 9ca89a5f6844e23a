/** Conditional requests of a client that has masked bodies, against an application that knows only its own tags. */
import { afterEach, describe, expect, it } from 'vitest';
import { anApplication, aRoute } from '../../../../../kit/objects/application.ts';
import { withMetadata, withSpec } from '../../../../../kit/objects/object.ts';
import { type Asked, aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

let served: Awaited<ReturnType<typeof aServedGateway>>;

afterEach(() => served.close());

/** A job that has versions, each with a tag, and that is changed only by who knows the last one. */
async function aGateway(tagOf = (version: number): string => `"v${version}"`) {
  let version = 3;
  served = await aServedGateway((request, response) => {
    const tag = tagOf(version);
    const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
    response.setHeader('etag', tag);
    response.setHeader('last-modified', 'Tue, 01 Dec 2026 08:00:00 GMT');
    if (request.method === 'PUT') {
      const mayChange = match === '*' || match?.split(', ').includes(tag) === true;
      if (mayChange) version += 1;
      response.writeHead(mayChange ? 204 : 412).end();
    } else if (noneMatch?.split(', ').includes(tag) === true) {
      response.writeHead(304).end();
    } else {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"mail":"ada@x.com"}');
    }
  });
  served.state.pseudonyms = true;
  const put = { ...aRoute('PUT /jobs/{id}', 'Scheduled Jobs: Run') };
  served.objects.put(
    anApplication(
      withSpec({ routes: [...anApplication().spec.routes, put] }),
      withMetadata({ resourceVersion: '2' }),
    ),
  );
  const ask = (headers: Readonly<Record<string, string>> = {}, asked: Asked = {}) =>
    served.ask('/jobs/7', { ...asked, headers });
  return { ...served, ask };
}

describe('a client of a masked application', () => {
  it('reads what it has not changed once, and changes what it has read', async () => {
    const { ask } = await aGateway();
    const first = await ask();
    expect(first.body).toMatch(/^\{"mail":"e-mail-[0-9a-f]{4}\.[\w-]+@hidden\.invalid"\}$/);
    const tag = String(first.headers.etag);
    expect(tag).toMatch(/^"masked-[\w-]{8}-[\w-]{40}"$/);
    const again = await ask({ 'if-none-match': tag });
    expect([again.status, again.body, again.headers.etag]).toEqual([304, '', tag]);
    const changed = await ask({ 'if-match': tag }, { method: 'PUT' });
    expect([changed.status, String(changed.headers.etag)]).toEqual([204, tag]);
    expect((await ask({ 'if-match': tag }, { method: 'PUT' })).status).toBe(412);
    expect((await ask({ 'if-none-match': tag })).status).toBe(200);
  });

  it('is sent all of what it has not masked as it would be now', async () => {
    const { ask } = await aGateway();
    expect((await ask({ 'if-none-match': '"v3"' })).status).toBe(200);
    expect((await ask({ 'if-none-match': '"masked-12345678-v3"' })).status).toBe(200);
  });

  it('may name the version by what the application told it otherwise', async () => {
    const { ask } = await aGateway();
    expect((await ask({ 'if-match': '"v3"' }, { method: 'PUT' })).status).toBe(204);
    expect((await ask({ 'if-match': '*' }, { method: 'PUT' })).status).toBe(204);
  });

  it('knows when it was changed', async () => {
    const { ask, reached } = await aGateway();
    const { headers } = await ask({ 'if-modified-since': 'Tue, 01 Dec 2026 08:00:00 GMT' });
    expect(headers['last-modified']).toBe('Tue, 01 Dec 2026 08:00:00 GMT');
    expect(reached[0]?.headers['if-modified-since']).toBe('Tue, 01 Dec 2026 08:00:00 GMT');
  });

  it('gets a tag that tells nothing, whatever the application writes into it', async () => {
    const { ask } = await aGateway((version) => `"ada@x.com-${version}"`);
    const tag = String((await ask()).headers.etag);
    expect(tag).toMatch(/^"masked-[\w-]{8}-[\w-]{40,}"$/);
    expect((await ask({ 'if-none-match': tag })).status).toBe(304);
  });

  it('CC-10 gets none where no key of a session seals it', async () => {
    const { ask, state } = await aGateway();
    state.pseudonyms = false;
    const { headers, body } = await ask();
    expect([headers.etag, body]).toEqual([undefined, '{"mail":"[e-mail-hidden]"}']);
  });
});
