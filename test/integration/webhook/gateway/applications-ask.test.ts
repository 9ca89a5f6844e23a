/** What an application learns at the inner listener, with tokens of a real API server; and what a balancer tells the gateway. */
import { readFile, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { kinds } from '../../../../crds/kinds.ts';
import { reviewsAudience } from '../../../../crds/names.ts';
import { type RunningApplication, startApplication } from '../../../../examples/application/application.ts';
import {
  createSupportAccess,
  type SupportAccessSettings,
} from '../../../../examples/application/support-access.ts';
import { Namespaces, ServiceAccounts } from '../../../../kube/resources.ts';
import { eventually } from '../../../kit/clock/eventually.ts';
import type { OwnControlPlane } from '../../../kit/control-plane/control-plane.ts';
import { conforms } from '../../../kit/documents/api-document.ts';
import { aGatewayInProcess, type GatewayInProcess } from '../../../kit/installation/gateway-in-process.ts';
import { supportHost } from '../../../kit/installation/installation.ts';
import { anApplication, aRoute } from '../../../kit/objects/application.ts';
import { aLock } from '../../../kit/objects/lock.ts';
import { overTls, overTlsAfter } from '../../../kit/people/raw-request.ts';
import { dedicatedControlPlane } from '../../../kit/vitest/use-control-plane.ts';

let controlPlane: OwnControlPlane;
let installation: GatewayInProcess;
let token: string;
const headersAtApplication: Record<string, unknown>[] = [];
/** The example application, from when it knows how to ask. */
let example: RunningApplication;

beforeAll(async () => {
  controlPlane = await dedicatedControlPlane();
  installation = await aGatewayInProcess(controlPlane, (incoming, response) => {
    headersAtApplication.push(incoming.headers);
    example.serve(incoming, response);
  });
  const callers = [{ serviceAccountName: 'ecase' }];
  const routes = [
    ...anApplication().spec.routes,
    aRoute('GET /scheduled-jobs', 'Scheduled Jobs: Read'),
    aRoute('GET /email-log', 'Email Log: Read'),
  ];
  const ref = { namespace: 'ecase', name: 'ecase' };
  const patch = { spec: { callers, routes } };
  await installation.admin.mergePatch(kinds.SupportApplication, ref, { patch });
  await installation.reopen(); // another application than was consented to
  token = await tokenOf('ecase', 'ecase', reviewsAudience);
  example = await startApplication({ support: createSupportAccess(await settingsOfPod()) });
  await eventually(async () => expect((await review(await aHandle())).body).toMatchObject({ allowed: true }));
});

afterAll(async () => {
  await example.stop();
  await installation.stop();
});

/** What a pod of the application has mounted. */
async function settingsOfPod(): Promise<SupportAccessSettings> {
  const [tokenFile, caFile] = ['token', 'ca.crt'].map((name) => join(controlPlane.directory, `pod-${name}`));
  if (tokenFile === undefined || caFile === undefined) throw new Error('two files');
  await writeFile(tokenFile, token);
  await writeFile(caFile, installation.ca);
  const url = `https://127.0.0.1:${installation.gateway.innerPort}`;
  return { url, tokenFile, caFile, serverName: supportHost, application: 'ecase' };
}

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
      action: at % 2 ? 'Read' : `Clear ${at}`,
    }));
    const body = { application: 'ecase', reviews: wishes };
    const answered = await call('POST', '/v1/reviews/batch', { body });
    const { results } = answered.body as { results: { allowed: boolean }[] };
    expect(results.filter(({ allowed }) => allowed)).toHaveLength(500);
    const lines = await installation.store.read({ after: 0, limit: 10_000 });
    const yes = lines.filter((line) => line.includes('"app.review"') && line.includes(session));
    // What is asked twice is recorded once.
    expect(yes.filter((line) => line.includes('"effect":"allow"'))).toHaveLength(1);
    const tooMany = { application: 'ecase', reviews: [...wishes, wishes[0]] };
    expect(await call('POST', '/v1/reviews/batch', { body: tooMany })).toMatchObject({ status: 400 });
  });

  it('lists the people of support, with what they are', async () => {
    expect((await call('GET', '/v1/directory')).body).toMatchObject({
      items: [{ name: 'ada', licensed: false, assignable: false, hidden: true }],
    });
  });
});

describe('the example application', () => {
  const own = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${example.port}${path}`, init);
  const assign = (person: number) =>
    own('/scheduled-jobs/1/assign', {
      method: 'POST',
      body: new URLSearchParams({ person: String(person) }),
    });

  it('shows a person of support what the matrix allows, and its own people everything', async () => {
    const ada = await installation.withSession();
    const { status, body } = await ada.visit(`${installation.application}/scheduled-jobs`);
    expect(status).toBe(200);
    expect(body).toContain('Run Index new documents');
    expect(body).not.toContain('Assign Index new documents');
    expect([...body.matchAll(/<a href="([^"]+)"/g)].map(([, path]) => path)).toEqual([
      '/scheduled-jobs',
      '/email-log',
    ]);
    const page = await (await own('/scheduled-jobs')).text();
    expect(page).toContain('Assign Index new documents');
    expect(page).toContain('href="/system-settings"');
  });

  it('CC-4 CC-6 EC-13 EC-17 ZH-4 offers no one of support for a job, takes none, counts no license, and lists who they are', async () => {
    const jobs = await (await own('/scheduled-jobs')).text();
    expect(jobs).toContain('<option value="1">Grace Hopper</option>');
    expect(jobs).not.toContain('Ada of Support');
    expect((await assign(3)).status).toBe(422);
    expect((await assign(1)).status).toBe(200);
    const people = await (await own('/people')).text();
    const [shown = '', ofSupport = ''] = people.split('People of support');
    expect(shown).toContain('Alan Turing');
    expect(shown).not.toContain('ada@vendor.example');
    expect(shown).toContain('2 licenses are used');
    expect(ofSupport).toContain('ada@vendor.example');
  });

  it('offers and takes no one while it does not know who is of support', async () => {
    const settings = { ...(await settingsOfPod()), url: 'https://127.0.0.1:1' };
    const alone = await startApplication({ support: createSupportAccess(settings) });
    onTestFinished(() => alone.stop());
    const at = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${alone.port}${path}`, init);
    expect(await (await at('/scheduled-jobs')).text()).not.toContain('<option');
    expect((await at('/people')).status).toBe(503);
    const sent = { method: 'POST', body: new URLSearchParams({ person: '1' }) };
    expect((await at('/scheduled-jobs/1/assign', sent)).status).toBe(503);
  });
});

describe('a lock', () => {
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

describe('behind a balancer that passes TLS through', () => {
  const odd = 'GET / HTTP/1.0\r\nImpersonate-User: admin\r\n\r\n';
  const whoami10 = 'GET /support-access/whoami HTTP/1.0\r\n\r\n';
  const port = (): number => Number(new URL(installation.support).port);
  // No server name: the balancer dials the pod's address.
  const tls = () => ({
    port: port(),
    host: '127.0.0.1',
    ca: installation.ca,
    checkServerIdentity: () => undefined,
  });
  const through = (header: string, bytes: string) => overTlsAfter([header], tls(), bytes);
  const setNetwork = (network: object | null) =>
    installation.admin.mergePatch(
      kinds.SupportAccessPolicy,
      { name: 'default' },
      { patch: { spec: { network } } },
    );

  it('the address is what its PROXY header says, also in the records, and nothing is served without one', async () => {
    const header = 'PROXY TCP4 203.0.113.77 127.0.0.1 51234 443\r\n';
    await setNetwork({ exposure: 'BehindProxy', trustedHops: ['127.0.0.1'], proxyProtocol: 'Required' });
    try {
      await eventually(async () => expect(await through(header, whoami10)).toContain(' 401 '));
      await expect(overTls(tls(), whoami10)).rejects.toThrow();
      expect(await through(header, odd)).toContain(' 400 ');
      await eventually(async () => {
        const lines = await installation.store.read({ after: 0, limit: 10_000 });
        expect(lines.some((line) => line.includes('"gate"') && line.includes('203.0.113.77'))).toBe(true);
      });
    } finally {
      await setNetwork(null);
    }
    await eventually(async () => expect(await overTls(tls(), odd)).toContain(' 505 '));
    await expect(through(header, odd)).rejects.toThrow();
  });
});
