/** The customer's own nginx and Caddy, with the configurations of examples/forward-auth/, before a real application. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinds } from '../../../../crds/kinds.ts';
import { setCookie } from '../../../../webhook/gateway/sessions/session-cookie.ts';
import { eventually } from '../../../kit/clock/eventually.ts';
import { caddyAt, envoyAt, nginxAt } from '../../../kit/ingress/kinds.ts';
import { pathCorpus } from '../../../kit/ingress/path-corpus.ts';
import { type RunningIngress, startIngress } from '../../../kit/ingress/start-ingress.ts';
import {
  aGatewayInProcess,
  type GatewayInProcess,
  ordinaryHost,
} from '../../../kit/installation/gateway-in-process.ts';
import { applicationHost, supportHost } from '../../../kit/installation/installation.ts';
import { caddy, debianProgram, nginx } from '../../../kit/machine/debian-program.ts';
import { envoyProgram } from '../../../kit/machine/envoy-program.ts';
import { noteNotRun } from '../../../kit/machine/not-run.ts';
import { type RawRequest, type RawResponse, sendRaw } from '../../../kit/people/raw-client.ts';
import { dedicatedControlPlane } from '../../../kit/vitest/use-control-plane.ts';

/** Where Ada's browser is; the ingress is at the loopback's first address. */
const ada = '127.0.0.5';

const known = [
  { program: nginx, kindAt: nginxAt, found: debianProgram(nginx) },
  { program: caddy, kindAt: caddyAt, found: debianProgram(caddy) },
  { program: { name: 'envoy' }, kindAt: envoyAt, found: envoyProgram() },
];
const available = known.flatMap(({ kindAt, found, program }) =>
  typeof found === 'string' ? [[program.name, kindAt(found)] as const] : [],
);
for (const { program, found } of known)
  if (typeof found !== 'string') noteNotRun({ what: `forward-auth behind ${program.name}`, why: found.why });

let installation: GatewayInProcess;
let directory: string;
const reached: { readonly url: string; readonly headers: Record<string, unknown> }[] = [];
const running = new Map<string, RunningIngress>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ingress-'));
  installation = await aGatewayInProcess(await dedicatedControlPlane(), ({ url = '', headers }, response) => {
    reached.push({ url, headers });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const network = { exposure: 'BehindProxy', trustedHops: ['127.0.0.1/32'] };
  await installation.admin.mergePatch(
    kinds.SupportAccessPolicy,
    { name: 'default' },
    { patch: { spec: { network } } },
  );
  for (const [name, kind] of available) running.set(name, await startIngress(kind, placeOf(installation)));
  await eventually(async () => {
    for (const [name] of available) expect((await ask(name, '/jobs')).status).toBe(200);
  });
});

afterAll(async () => {
  for (const one of running.values()) await one.stop();
  await installation.stop();
  await rm(directory, { recursive: true, force: true });
});

const placeOf = ({
  gateway,
  applicationPort,
  ca,
  certificate,
}: GatewayInProcess): Parameters<typeof startIngress>[1] => ({
  directory,
  hosts: { application: applicationHost, ordinary: ordinaryHost, support: supportHost },
  ports: { application: applicationPort, gateway: gateway.port, inner: gateway.innerPort },
  ca,
  certificate: certificate.certificate,
  key: certificate.key,
});

interface Wish extends Omit<RawRequest, 'ca' | 'from' | 'host' | 'lines' | 'port' | 'target'> {
  readonly host?: string;
  readonly lines?: readonly string[];
  /** Without a session. */
  readonly anonymous?: true;
  /** Not from where Ada is. */
  readonly from?: string;
}

let cookie: string | undefined;

/** Ada's cookie for the application's host, of a session from where she is. */
async function aCookie(): Promise<string> {
  if (cookie !== undefined) return cookie;
  const session = await installation.aSession(ada);
  const [line = ''] = setCookie(installation.keys, installation.proofOf(session), applicationHost).split(';');
  cookie = line;
  return line;
}

async function send(port: number, target: string, wish: Wish = {}): Promise<RawResponse> {
  const { host = applicationHost, lines = [], anonymous, from = ada, ...others } = wish;
  const session = anonymous ? [] : [`Cookie: ${await aCookie()}`];
  const all = ['Accept: application/json', ...session, ...lines];
  return sendRaw({ ...others, ca: installation.ca, port, target, host, from, lines: all });
}

const ask = (ingress: string, target: string, wish?: Wish): Promise<RawResponse> =>
  send(running.get(ingress)?.port ?? 0, target, wish);

/** So many requests of the corpus are under way at a time. */
const together = 8;

interface Compared {
  readonly target: string;
  readonly got: string;
  /** The gateway's own proxy lets through what the application got, and the ingress passed it once, to that host. */
  readonly isSame: boolean;
}

/** Every eighth path of the corpus, one after the other; those that reached the application. */
async function inLane(name: string, lane: number): Promise<readonly Compared[]> {
  const compared: Compared[] = [];
  for (const [at, target] of pathCorpus('jobs', 'nowhere').entries()) {
    if (at % together !== lane) continue;
    const { status } = await ask(name, target, { lines: [`X-Case: ${at}`] });
    const [got, ...more] = reached.filter(({ headers }) => headers['x-case'] === String(at));
    if (got === undefined) continue;
    const host = String(got.headers['host']).split(':', 1)[0] ?? '';
    // The gateway itself, as a trusted hop would ask it: with the very path that the application got.
    const asHop = { from: '127.0.0.1', lines: [`X-Forwarded-For: ${ada}`] };
    const direct = await send(installation.gateway.port, got.url, asHop);
    const isSame = direct.status === 200 && status === 200 && more.length === 0 && host === applicationHost;
    compared.push({ target, got: `${host}${got.url}`, isSame });
  }
  return compared;
}

describe.each(available)('behind %s', (name) => {
  it('CC-4 CC-6 EC-13 EC-17 ZH-4 what may pass reaches the application as it was sent, marked as of support', async () => {
    reached.length = 0;
    expect((await ask(name, '/jobs?page=2&x=a%20b')).status).toBe(200);
    expect(reached).toMatchObject([
      {
        url: '/jobs?page=2&x=a%20b',
        headers: {
          'x-support-user-type': 'Support User',
          'x-support-licensed': 'false',
          'x-support-assignable': 'false',
          'x-support-hidden': 'true',
          'x-support-session': expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      },
    ]);
  });

  it('what may not reaches nothing, and neither does who has no session or claims to be of support', async () => {
    reached.length = 0;
    expect((await ask(name, '/nowhere')).status).toBe(403);
    expect((await ask(name, '/jobs', { method: 'DELETE' })).status).toBe(403);
    expect((await ask(name, '/jobs', { anonymous: true })).status).toBe(401);
    const forged = { lines: ['X-Support-User-Type: Administrator'] };
    expect((await ask(name, '/jobs', forged)).status).toBe(403);
    for (const line of [
      'X-Forwarded-Uri: /jobs',
      'X-Original-URI: /jobs',
      'X-HTTP-Method-Override: DELETE',
    ]) {
      const { status } = await ask(name, '/jobs/1', { lines: [line] });
      // What the ingress replaces is no disagreement; what it passes on is refused.
      if (status === 200) expect(reached.pop()?.url).toBe('/jobs/1');
      else expect([400, 403]).toContain(status);
    }
    expect(reached).toEqual([]);
  });

  it('a body passes to the application alone, and none that could name another method', async () => {
    const post = (type: string) =>
      ask(name, '/jobs/1/run', {
        method: 'POST',
        lines: [`Content-Type: ${type}`, 'Content-Length: 14', 'Sec-Fetch-Site: same-origin'],
        body: '_method=DELETE',
      });
    reached.length = 0;
    expect((await post('application/x-www-form-urlencoded')).status).toBe(403);
    expect((await post('application/json')).status).toBe(403);
    expect(reached).toEqual([]);
    expect((await post('text/plain')).status).toBe(200);
    expect(reached).toMatchObject([{ url: '/jobs/1/run', headers: { 'content-length': '14' } }]);
  });

  it('no other protocol is reached through it', async () => {
    reached.length = 0;
    const webSocket = [
      'Upgrade: websocket',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ];
    const { status } = await ask(name, '/jobs', { lines: webSocket, connection: 'Upgrade' });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(reached).toEqual([]);
  });

  it('a browser without a session is led to the sign-in of the gateway, through the ingress', async () => {
    const lines = ['Sec-Fetch-Mode: navigate', 'Accept: text/html'];
    const led = await ask(name, '/jobs', { anonymous: true, lines });
    expect(led.status).toBe(303);
    expect(led.head).toContain('/support-access/enter?to=');
    const on = await ask(name, '/support-access/enter?to=%2Fjobs', { anonymous: true, lines });
    expect(on.status).toBe(303);
    expect(on.head).toContain(`https://${supportHost}`);
    expect((await ask(name, '/support-access/whoami')).status).toBe(200);
  });

  it('EC-2 an ordinary route lets the customer’s own people pass, and no support session', async () => {
    reached.length = 0;
    expect((await ask(name, '/jobs', { host: ordinaryHost, anonymous: true })).status).toBe(200);
    expect(reached.map(({ headers }) => headers['x-support-user-type'])).toEqual([undefined]);
    expect([403, 421]).toContain((await ask(name, '/jobs', { host: ordinaryHost })).status);
    expect(reached).toHaveLength(1);
  });

  it('T-P1 the application is sent nothing that the proxy would not send it, however the path is written', async () => {
    reached.length = 0;
    const results = await Promise.all(Array.from({ length: together }, (_, lane) => inLane(name, lane)));
    const compared = results.flat();
    const differing = compared
      .filter(({ isSame }) => !isSame)
      .map(({ target, got }) => `${target} -> ${got}`);
    expect(differing).toEqual([]);
    // Else nothing was compared.
    expect(compared.length).toBeGreaterThan(3);
  });

  it('a lock holds for the next request', async () => {
    expect((await ask(name, '/jobs')).status).toBe(200);
    const ref = { namespace: 'ecase', name: 'case-4711' };
    await installation.admin.mergePatch(kinds.SupportAccessGrant, ref, {
      patch: { spec: { access: 'Disabled' } },
    });
    reached.length = 0;
    expect([401, 403]).toContain((await ask(name, '/jobs')).status);
    expect(reached).toEqual([]);
    await installation.reopen();
    cookie = undefined;
    await eventually(async () => expect((await ask(name, '/jobs')).status).toBe(200));
  });
});

describe('an ingress that the policy does not trust', () => {
  it('has no answer from the gateway, and passes nothing', async () => {
    const network = { exposure: 'BehindProxy', trustedHops: ['127.0.0.77/32'] };
    await installation.admin.mergePatch(
      kinds.SupportAccessPolicy,
      { name: 'default' },
      { patch: { spec: { network } } },
    );
    reached.length = 0;
    for (const [name] of available)
      await eventually(async () => expect((await ask(name, '/jobs')).status).not.toBe(200));
    reached.length = 0;
    for (const [name] of available) await ask(name, '/jobs', { host: ordinaryHost, anonymous: true });
    expect(reached).toEqual([]);
  });
});
