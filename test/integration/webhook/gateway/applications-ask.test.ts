/** What an application learns at the inner listener, with tokens that a real API server gives and takes back. */
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinds } from '../../../../crds/kinds.ts';
import { reviewsAudience } from '../../../../crds/names.ts';
import { Namespaces, ServiceAccounts } from '../../../../kube/resources.ts';
import { eventually } from '../../../kit/clock/eventually.ts';
import type { OwnControlPlane } from '../../../kit/control-plane/control-plane.ts';
import { conforms } from '../../../kit/documents/api-document.ts';
import { aGatewayInProcess, type GatewayInProcess } from '../../../kit/installation/gateway-in-process.ts';
import { supportHost } from '../../../kit/installation/installation.ts';
import { aLock } from '../../../kit/objects/lock.ts';
import { dedicatedControlPlane } from '../../../kit/vitest/use-control-plane.ts';

let controlPlane: OwnControlPlane;
let installation: GatewayInProcess;
let token: string;
const headersAtApplication: Record<string, unknown>[] = [];

beforeAll(async () => {
  controlPlane = await dedicatedControlPlane();
  installation = await aGatewayInProcess(controlPlane, ({ headers }, response) => {
    headersAtApplication.push(headers);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const callers = [{ serviceAccountName: 'ecase' }];
  const ref = { namespace: 'ecase', name: 'ecase' };
  await installation.admin.mergePatch(kinds.SupportApplication, ref, { patch: { spec: { callers } } });
  await installation.reopen(); // another application than was consented to
  token = await tokenOf('ecase', 'ecase', reviewsAudience);
  await eventually(async () => expect((await review(await aHandle())).body).toMatchObject({ allowed: true }));
});

afterAll(() => installation.stop());

/** A token of a ServiceAccount, made where there is none. */
async function tokenOf(namespace: string, name: string, audience?: string): Promise<string> {
  const apply = { fieldManager: 'customer', force: true };
  await installation.admin.apply(Namespaces, { metadata: { name: namespace } }, apply);
  await installation.admin.apply(ServiceAccounts, { metadata: { namespace, name } }, apply);
  const account = await controlPlane.serviceAccountKubeconfig(
    namespace,
    name,
    audience === undefined ? {} : { audience },
  );
  account.stop();
  return readFile(account.tokenFile, 'utf8');
}

async function aHandle(): Promise<string> {
  return (await installation.aSession()).spec.handle;
}

interface Called {
  readonly status: number;
  readonly body: unknown;
}

/** One call of an application, with its own TLS connection to the inner listener. */
async function call(
  method: string,
  path: string,
  sent: { body?: unknown; as?: string } = {},
): Promise<Called> {
  const text = sent.body === undefined ? undefined : JSON.stringify(sent.body);
  const agent = new Agent({ ca: installation.ca });
  const { promise, resolve, reject } = Promise.withResolvers<Called>();
  request(
    {
      agent,
      host: '127.0.0.1',
      port: installation.gateway.innerPort,
      servername: supportHost,
      method,
      path,
      headers: {
        host: supportHost,
        authorization: `Bearer ${sent.as ?? token}`,
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
    },
    (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(body) }));
    },
  )
    .on('error', reject)
    .end(text);
  const called = await promise.finally(() => agent.destroy());
  expect(conforms({ method, path, ...called })).toEqual([]);
  return called;
}

const read = { module: 'Scheduled Jobs', action: 'Read' };
const review = (session: string, as?: string, application = 'ecase') =>
  call('POST', '/v1/reviews', {
    body: { application, session, ...read },
    ...(as === undefined ? {} : { as }),
  });

describe('an application that asks with its ServiceAccount', () => {
  it('has the handle of the session from the request itself, and no answer that is older than its call', async () => {
    const session = await installation.aSession();
    const ada = await installation.withSession(session);
    await ada.visit(`${installation.application}/jobs`, { headers: { accept: 'application/json' } });
    const handle = String(headersAtApplication.at(-1)?.['x-support-session']);
    expect((await review(handle)).body).toMatchObject({ allowed: true });
    const { namespace, name } = session.metadata;
    await installation.admin.delete(kinds.SupportSession, { namespace, name });
    expect((await review(handle)).body).toMatchObject({ allowed: false, reason: 'NoSession' });
  });

  it('asks a thousand at once, and has each yes in the records before it has it itself', async () => {
    const session = await aHandle();
    const wishes = Array.from({ length: 1000 }, (_, at) => ({
      session,
      ...read,
      action: at % 2 ? 'Read' : 'Clear',
    }));
    const body = { application: 'ecase', reviews: wishes };
    const answered = await call('POST', '/v1/reviews/batch', { body });
    const { results } = answered.body as { results: { allowed: boolean }[] };
    expect(results.filter(({ allowed }) => allowed)).toHaveLength(500);
    const lines = await installation.store.read({ after: 0, limit: 10_000 });
    const yes = lines.filter((line) => line.includes('"app.review"') && line.includes(session));
    expect(yes.filter((line) => line.includes('"effect":"allow"'))).toHaveLength(500);
    const tooMany = { application: 'ecase', reviews: [...wishes, wishes[0]] };
    expect(await call('POST', '/v1/reviews/batch', { body: tooMany })).toMatchObject({ status: 400 });
  });

  it('lists the people of support, with what they are', async () => {
    expect((await call('GET', '/v1/directory')).body).toMatchObject({
      items: [{ name: 'ada', licensed: false, assignable: false, hidden: true }],
    });
  });

  it('is told no in the moment in which a lock is there', async () => {
    const handle = await aHandle();
    expect((await review(handle)).body).toMatchObject({ allowed: true });
    const { spec } = aLock('all');
    await installation.admin.create(kinds.SupportAccessLock, { metadata: { name: 'all' }, spec });
    const { body } = await review(handle);
    // A gateway that has seen the lock has ended the session as well.
    expect(body).toMatchObject({ allowed: false, reason: expect.stringMatching(/^(Locked|NoSession)$/) });
  });
});

describe('a token', () => {
  it('of another audience, another namespace, another account or none is worth nothing', async () => {
    const handle = await aHandle();
    for (const [as, reason] of [
      [await tokenOf('ecase', 'ecase'), 'TokenUnknown'],
      [await tokenOf('ecase', 'ecase', 'support-access'), 'TokenUnknown'],
      [await tokenOf('ecase', 'other', reviewsAudience), 'NotACaller'],
      [await tokenOf('elsewhere', 'ecase', reviewsAudience), 'NotACaller'],
      [`${token.slice(0, -8)}AAAAAAAA`, 'TokenUnknown'],
    ] as const)
      expect((await review(handle, as)).body, reason).toMatchObject({ reason });
  });

  it('is worth nothing any more when the application lists its account no longer', async () => {
    const handle = await aHandle();
    const ref = { namespace: 'ecase', name: 'ecase' };
    await installation.admin.mergePatch(kinds.SupportApplication, ref, {
      patch: { spec: { callers: null } },
    });
    expect((await review(handle)).body).toMatchObject({ reason: 'NotACaller' });
    expect((await call('GET', '/v1/directory')).body).toMatchObject({ reason: 'NotACaller' });
  });
});
