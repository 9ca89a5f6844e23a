import { createServer } from 'node:http';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeServer, listen } from '../../../../../process/server.ts';
import { createAdmissionHttp } from '../../../../../webhook/in-cluster/admission/http.ts';
import { noIdentities } from '../../../../kit/objects/no-identities.ts';

const state = { path: '/secret' };
const server = createServer(
  createAdmissionHttp({
    path: () => state.path,
    provesCaller: () => false,
    deps: {
      ...noIdentities,
      judge: () => Promise.resolve({ problems: [], warnings: [] }),
      advise: async () => [],
      record: () => Promise.resolve(),
      appendInBackground: () => undefined,
      tell: () => undefined,
      stamp: () => {
        throw new Error('unexpected');
      },
    },
  }),
);
let origin: string;

beforeAll(async () => {
  origin = `http://127.0.0.1:${await listen(server, { bind: '127.0.0.1', port: 0 })}`;
});
afterAll(() => closeServer(server, { graceMs: 0 }));

const review = (changes: object = {}) =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'review-1',
      operation: 'CREATE',
      kind: { group: 'supportaccess.dev', version: 'v1beta1', kind: 'SupportUser' },
      userInfo: { username: 'grace' },
      dryRun: true,
      ...changes,
    },
  });

async function ask(path: string, init: RequestInit = {}): Promise<[number, string]> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${origin}${path}`, { method: 'POST', headers, body: review(), ...init });
  return [response.status, await response.text()];
}

it('answers a review on each of its two paths', async () => {
  for (const path of ['/secret/decide', '/secret/record', '/secret/record?timeout=5s']) {
    const [status, text] = await ask(path);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ response: { uid: 'review-1', allowed: true } });
  }
});

it.each([
  ['another path', '/decide', {}],
  ['a path below', '/secret/decide/more', {}],
  ['another method', '/secret/decide', { method: 'PUT' }],
])('does not exist for %s, and says nothing', async (_, path, init) => {
  expect(await ask(path, init)).toEqual([404, '']);
});

it('says nothing to a target that cannot be parsed either', async () => {
  const { port } = new URL(origin);
  const socket = connect(Number(port), '127.0.0.1');
  socket.end('POST http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  const [head, body] = (await textOf(socket)).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 404 /);
  expect(head).not.toContain('Content-Type');
  expect(body).toBe('');
});

it('follows its path when that changes', async () => {
  state.path = '/other';
  expect((await ask('/secret/decide'))[0]).toBe(404);
  expect((await ask('/other/decide'))[0]).toBe(200);
  state.path = '/secret';
});

it.each([
  ['no review', '{}', 400],
  ['nothing', '', 400],
  ['more than eight megabytes', 'x'.repeat(8 * 1024 * 1024 + 1), 413],
])('refuses a body of %s without words', async (_, body, status) => {
  expect(await ask('/secret/decide', { body })).toEqual([status, '']);
});

it('refuses a compressed body, which no API server sends', async () => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  expect(await ask('/secret/decide', { headers, body: gzipSync(review()) })).toEqual([415, '']);
});

it('ends the connection at an error that was not expected, and goes on serving', async () => {
  await expect(ask('/secret/record', { body: review({ dryRun: false }) })).rejects.toThrow();
  expect((await ask('/secret/record'))[0]).toBe(200);
});
