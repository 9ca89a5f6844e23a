/** Links, redirects and forms that carry what was masked: they lead where they led, for the session that saw them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { aGrant, fromAddresses, opened } from '../../../../../kit/objects/grant.ts';
import { aMatrix } from '../../../../../kit/objects/matrix.ts';
import { withMetadata, withSpec } from '../../../../../kit/objects/object.ts';
import { aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

type Gateway = Awaited<ReturnType<typeof aServedGateway>>;
let gateway: Gateway;

afterEach(() => gateway.close());

/** A small application with one person, who can be looked up, edited and found by a redirect. */
async function anApplicationWithPeople() {
  const stored = { mail: "o'hara+x@x.com", note: 'first & "last"\nline' };
  const asked: string[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push(request.url ?? '');
    const url = new URL(request.url ?? '/', 'https://app.example');
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.method === 'POST') {
      const isJson = request.headers['content-type'] === 'application/json';
      Object.assign(stored, isJson ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body)));
      response.writeHead(303, { location: `/jobs/${encodeURIComponent(stored.mail)}` }).end();
    } else if (url.pathname === '/jobs') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(stored));
    } else {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('found');
    }
  };
  gateway = await aServedGateway((request, response) => void serve(request, response));
  gateway.state.pseudonyms = true;
  const matrix = aMatrix(withSpec({ maskedFields: ['note'] }), withMetadata({ resourceVersion: '2' }));
  gateway.objects.put(matrix, aGrant(opened({ matrix }), fromAddresses('127.0.0.0/8')));
  return { stored, asked };
}

describe('what was masked and is sent back', () => {
  it('CC-10 EC-18 is stored as it was, by a form and by JSON, and the redirect leads to it', async () => {
    const { stored, asked } = await anApplicationWithPeople();
    const before = { ...stored };
    const page = await gateway.ask('/jobs');
    expect(page.body).not.toMatch(/hara|last/);
    const shown = JSON.parse(page.body) as Record<string, string>;
    for (const [type, body] of [
      ['application/json', page.body],
      ['application/x-www-form-urlencoded', new URLSearchParams(shown).toString()],
    ] as const) {
      Object.assign(stored, { mail: '', note: '' });
      const saved = await gateway.ask('/jobs/1/run', {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
      expect(saved.status).toBe(303);
      expect(stored).toEqual(before);
      const location = String(saved.headers['location']);
      expect(location).toMatch(/^\/jobs\/e-mail-[0-9a-f]{4}\.[\w-]+(?:@|%40)hidden\.invalid$/);
      expect(await gateway.ask(location)).toMatchObject({ status: 200, body: 'found' });
      expect(decodeURIComponent(asked.at(-1) ?? '')).toBe(`/jobs/${before.mail}`);
    }
    expect(await gateway.ask(`/jobs?mail=${shown['mail']}&x=1`)).toMatchObject({ status: 200 });
    expect(new URLSearchParams(asked.at(-1)?.split('?')[1]).get('mail')).toBe(before.mail);
    expect(JSON.stringify(gateway.trail.records)).not.toMatch(/hara|last/);
  });

  it('is refused where it is only the name of a person, of another session, or was changed', async () => {
    const { stored, asked } = await anApplicationWithPeople();
    const { mail = '' } = JSON.parse((await gateway.ask('/jobs')).body) as Record<string, string>;
    const before = { ...stored };
    const reached = asked.length;
    const others = [
      mail.replace(/\.[\w-]{6}/, '.AAAAAA'),
      '‹e-mail 7f3a›',
      '[field-hidden]',
      '-404040404040404',
    ];
    for (const other of others) {
      const body = new URLSearchParams({ mail: other }).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      expect(await gateway.ask('/jobs/1/run', { method: 'POST', body, headers }), other).toMatchObject({
        status: 400,
      });
      expect(await gateway.ask(`/jobs/${encodeURIComponent(other)}`), other).toMatchObject({ status: 400 });
    }
    expect(gateway.refused).toEqual(others.flatMap(() => ['MaskedValue', 'MaskedValue']));
    expect(stored).toEqual(before);
    expect(asked.slice(reached).filter((url) => !url.endsWith('/run'))).toEqual([]);
  });

  it('CC-10 is refused where the application would show it: in a search, and in a comment', async () => {
    const { stored, asked } = await anApplicationWithPeople();
    const { note = '', mail = '' } = JSON.parse((await gateway.ask('/jobs')).body) as Record<string, string>;
    const before = { ...stored };
    const reached = asked.length;
    expect(await gateway.ask(`/jobs?q=${note}`)).toMatchObject({ status: 400 });
    for (const comment of [note, `git@${mail}`]) {
      const headers = { 'content-type': 'application/json' };
      const saved = await gateway.ask('/jobs/1/run', {
        method: 'POST',
        body: JSON.stringify({ comment }),
        headers,
      });
      expect(saved.status, comment).toBe(400);
    }
    expect(gateway.refused).toEqual(['MaskedValue', 'MaskedValue', 'MaskedValue']);
    expect(stored).toEqual(before);
    expect(asked.slice(reached).filter((url) => !url.endsWith('/run'))).toEqual([]);
  });

  it('does not become a word that means another action, nor another place', async () => {
    const { stored, asked } = await anApplicationWithPeople();
    for (const note of ['1/run', '../admin', 'a?b', 'a#b', '.', '..', ';x']) {
      stored.note = note;
      const shown = JSON.parse((await gateway.ask('/jobs')).body) as Record<string, string>;
      const reached = asked.length;
      const { status } = await gateway.ask(`/jobs/${shown['note']}`);
      const seen = asked.slice(reached);
      expect([status, seen.map(decodeURIComponent)], note).toEqual(
        status === 200 ? [200, [`/jobs/${note}`]] : [400, []],
      );
    }
  });
});
