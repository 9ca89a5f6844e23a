/** Cookies, sessions and codes that are not genuine; Services that lead elsewhere; an API server or records that are away. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kinds } from '../../../../crds/kinds.ts';
import { installed } from '../../../../crds/names.ts';
import { createKubeClient } from '../../../../kube/api/create-client.ts';
import { Secrets, Services } from '../../../../kube/resources.ts';
import { keysFrom, loadKeys } from '../../../../webhook/gateway/sessions/keys.ts';
import { sessionCookieName, setCookie } from '../../../../webhook/gateway/sessions/session-cookie.ts';
import { createSingleUse } from '../../../../webhook/gateway/single-use/single-use.ts';
import { eventually } from '../../../kit/clock/eventually.ts';
import type { OwnControlPlane } from '../../../kit/control-plane/control-plane.ts';
import { aGatewayInProcess, type GatewayInProcess } from '../../../kit/installation/gateway-in-process.ts';
import { releaseNamespace } from '../../../kit/installation/install.ts';
import { applicationHost, supportHost } from '../../../kit/installation/installation.ts';
import { aPerson, type Page, type Person } from '../../../kit/people/http-person.ts';
import { dedicatedControlPlane } from '../../../kit/vitest/use-control-plane.ts';

let controlPlane: OwnControlPlane;
let installation: GatewayInProcess;
const reached: string[] = [];

beforeAll(async () => {
  controlPlane = await dedicatedControlPlane();
  installation = await aGatewayInProcess(controlPlane, (request, response) => {
    reached.push(request.url ?? '');
    if (request.url === '/static/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});

afterAll(() => installation.stop());

beforeEach(async () => {
  await eventually(async () => expect((await ask(await installation.withSession())).status).toBe(200));
  reached.length = 0;
});

const asProgram = { accept: 'application/json' };
const ask = (person: Person, origin = installation.application, path = '/jobs') =>
  person.visit(`${origin}${path}`, { headers: asProgram, stay: true });
const whoami = (person: Person, origin = installation.support) =>
  ask(person, origin, '/support-access/whoami');

/** A client that holds exactly this cookie line on a host. */
function holding(line: string, origin: string): Person {
  const person = aPerson({ ca: installation.ca });
  person.cookies.keep(line, new URL(origin));
  return person;
}

describe('a cookie that is not genuine', () => {
  it('opens nothing when it is altered, of another gateway or host, or made from the key and the stored session', async () => {
    const session = await installation.aSession();
    const proof = installation.proofOf(session);
    const cookieOf = (secret: string) => setCookie(installation.keys, { ...proof, secret }, applicationHost);
    const genuine = cookieOf(proof.secret);
    expect((await ask(holding(genuine, installation.application))).status).toBe(200);
    reached.length = 0;
    const foreign = setCookie(keysFrom(Buffer.alloc(32, 9)), proof, applicationHost);
    const ofSupportHost = setCookie(installation.keys, proof, supportHost);
    const guessed = [...Object.values(session.spec), session.metadata.uid].map(String).map(cookieOf);
    const altered = genuine.replace('v2.ecase.', 'v2.other.');
    for (const line of [foreign, ofSupportHost, altered, ...guessed, `${sessionCookieName}=; Path=/; Secure`])
      expect((await ask(holding(line, installation.application))).status).toBe(401);

    expect(reached).toEqual([]);
  });

  it('opens nothing after sign-out, on any host, and is told to be forgotten', async () => {
    const ada = await installation.withSession();
    expect((await whoami(ada)).status).toBe(200);
    const headers = { ...asProgram, 'sec-fetch-site': 'cross-site', 'content-length': '0' };
    const foreign = { method: 'POST', headers, stay: true };
    expect((await ada.visit(`${installation.support}/support-access/sign-out`, foreign)).status).toBe(403);
    const own = { ...foreign, headers: { ...headers, 'sec-fetch-site': 'same-origin' } };
    const genuine = await installation.withSession();
    const out = await genuine.visit(`${installation.support}/support-access/sign-out`, own);
    expect(out.status).toBe(204);
    expect(out.headers['set-cookie']?.[0]).toMatch(/^__Host-support-access=;.*Max-Age=0$/);
    expect((await ask(genuine)).status).toBe(401);
    expect((await ask(ada)).status).toBe(200);
  });

  it('opens nothing where somebody made the session object by hand', async () => {
    const session = await installation.aSession();
    const ref = { namespace: 'ecase', name: session.metadata.name };
    await installation.admin.delete(kinds.SupportSession, ref);
    // With all admission gone: the test's own client is system:masters, so the policy is taken away first.
    await controlPlane.kubectl(['delete', 'validatingadmissionpolicybinding', 'support-access-sessions']);
    const spec = { ...session.spec, absoluteExpirationTime: '2030-01-01T00:00:00Z' };
    await eventually(async () => installation.admin.create(kinds.SupportSession, { metadata: ref, spec }));
    const cookie = setCookie(installation.keys, installation.proofOf(session), applicationHost);
    expect((await ask(holding(cookie, installation.application))).status).toBe(401);
    expect(reached).toEqual([]);
  });
});

describe('a stranger', () => {
  it('with a password or a token is refused and recorded, without what was sent', async () => {
    const stranger = aPerson({ ca: installation.ca });
    const headers = { ...asProgram, authorization: 'Basic YWRhOnNlY3JldA==' };
    const url = `${installation.support}/support-access/sign-in/ecase/case-4711`;
    expect((await stranger.visit(url, { headers, stay: true })).status).toBe(403);
    const odd = { headers: { ...asProgram, 'impersonate-user': 'admin' }, stay: true };
    expect((await stranger.visit(url, odd)).status).toBe(400);
    await eventually(async () => {
      const lines = await installation.store.read({ after: 0, limit: 10_000 });
      expect(lines.some((line) => line.includes('"signin.failed"') && line.includes('Authorization'))).toBe(
        true,
      );
      expect(lines.some((line) => line.includes('"BadRequest"') && line.includes('"gate"'))).toBe(true);
      expect(lines.join('')).not.toContain('YWRhOnNlY3JldA');
    });
  });

  it('at a sign-in page learns nothing about which grants there are', async () => {
    const stranger = aPerson({ ca: installation.ca });
    const at = (grant: string) =>
      stranger.visit(`${installation.support}/support-access/sign-in/ecase/${grant}`, {
        headers: asProgram,
        stay: true,
      });
    const none = await at('no-such-grant');
    await installation.admin.mergePatch(
      kinds.SupportAccessGrant,
      { namespace: 'ecase', name: 'case-4711' },
      { patch: { spec: { access: 'Disabled' } } },
    );
    const disabled = await at('case-4711');
    await installation.reopen(); // another Service than consented to
    const told = (page: Page) => [page.status, page.body.replace(/"reference":"[0-9a-f-]{36}"/, '')];
    expect(told(none)).toEqual(told(disabled));
    expect(none.status).toBe(403);
  });
});

describe('two gateways', () => {
  it('fill the Secret of the keys once, and honour each other’s sessions', async () => {
    const [one, other] = await Promise.all([
      loadKeys(installation.admin, releaseNamespace),
      loadKeys(installation.admin, releaseNamespace),
    ]);
    expect(one.keyFor('session-proof')).toEqual(other.keyFor('session-proof'));
    const second = await installation.another();
    await eventually(() => expect(second.isReady()).toBe(true));
    const ada = await installation.withSession();
    const answer = await ask(ada, `https://${applicationHost}:${second.port}`);
    expect(answer.status).toBe(200);
  });

  it('that start on an empty Secret at once end with the same keys', async () => {
    const secret = await installation.admin.get(Secrets, {
      namespace: releaseNamespace,
      name: installed.gatewayKeys,
    });
    const namespace = 'ecase';
    const { name } = secret.metadata;
    await installation.admin.create(Secrets, { metadata: { name, namespace } });
    const loaded = await Promise.all([1, 2, 3, 4, 5].map(() => loadKeys(installation.admin, namespace)));
    expect(new Set(loaded.map((keys) => keys.keyFor('enter-code').toString('hex'))).size).toBe(1);
  });

  it('let one use of a code through, and forget it only when it has long been void', async () => {
    const { consume, deleteExpired } = createSingleUse(installation.admin, releaseNamespace);
    const use = { kind: 'enter-code', id: ['once'], until: Date.now() + 60_000 } as const;
    const uses = await Promise.all([1, 2, 3, 4].map(() => consume(use)));
    expect(uses.filter((each) => each === 'first')).toHaveLength(1);
    const quarterHour = 900_000;
    expect(await deleteExpired(use.until + quarterHour - 1)).toBe(0);
    expect(await deleteExpired(use.until + quarterHour)).toBe(1);
  });
});

describe('entering an application', () => {
  it('leads from the application’s host over the support host and back, with a cookie of its own', async () => {
    const session = await installation.aSession();
    const ada = holding(
      setCookie(installation.keys, installation.proofOf(session), supportHost),
      installation.support,
    );
    const page = await ada.visit(`${installation.application}/jobs?a=1`);
    expect(page.status).toBe(200);
    expect(page.url.href).toBe(`${installation.application}/jobs?a=1`);
    expect(page.redirects).toHaveLength(4);
    const code = page.redirects.at(-1) ?? '';
    expect(code).toContain('/support-access/enter?code=');
    // The same code again, in the same browser and in another: it was used, or it is not theirs.
    expect((await ada.visit(code, { stay: true })).status).toBe(403);
    expect((await aPerson({ ca: installation.ca }).visit(code, { stay: true })).status).toBe(403);
  });

  it('ends at the support host for whoever has not signed in, and at no foreign address', async () => {
    const stranger = aPerson({ ca: installation.ca });
    const page = await stranger.visit(`${installation.application}/jobs`);
    expect(page.url.hostname).toBe(supportHost);
    expect(page.status).toBe(401);
    const session = await installation.aSession();
    const ada = holding(
      setCookie(installation.keys, installation.proofOf(session), supportHost),
      installation.support,
    );
    for (const to of [
      '//evil.example/',
      'https://evil.example/',
      '/\\evil.example',
      '/support-access/enter',
    ]) {
      const entered = await ada.visit(
        `${installation.application}/support-access/enter?to=${encodeURIComponent(to)}`,
      );
      expect(entered.url.hostname).toBe(applicationHost);
    }
    const elsewhere = `${installation.support}/support-access/enter?host=evil.example&browser=x`;
    expect((await ada.visit(elsewhere, { stay: true })).status).toBe(403);
  });

  it('serves on each host only what belongs there', async () => {
    const ada = await installation.withSession();
    for (const [origin, path, status] of [
      [installation.support, '/jobs', 421],
      [installation.support, '/support-access/none', 421],
      [installation.application, '/support-access/', 421],
      [installation.application, '/support-access/sign-in/ecase/case-4711', 421],
      [installation.application, '/support-access/whoami', 200],
      [installation.support, '/support-access/whoami', 200],
    ] as const)
      expect((await ask(ada, origin, path)).status, `${origin}${path}`).toBe(status);
  });

  it('says who is signed in, and nothing without a session', async () => {
    const me = await whoami(await installation.withSession());
    expect(JSON.parse(me.body)).toMatchObject({
      name: 'Ada of Support',
      userId: 'cp-ada',
      nameId: 'ada@vendor.example',
      grant: 'ecase/case-4711',
      matrix: 'ecase-1',
    });
    expect((await whoami(aPerson({ ca: installation.ca }))).status).toBe(401);
    const home = await (await installation.withSession()).visit(`${installation.support}/support-access/`);
    expect(home.status).toBe(200);
    expect(home.body).toContain('Ada of Support');
    expect(home.headers['content-security-policy']).toContain("default-src 'none'");
  });
});

describe('a Service that leads elsewhere', () => {
  it.each([
    ['an ExternalName', { type: 'ExternalName', externalName: 'evil.example', ports: [{ port: 80 }] }],
    ['one that selects no pods', { ports: [{ port: 80 }] }],
    ['one without the port', { selector: { app: 'ecase' }, ports: [{ port: 81 }] }],
  ])('is not dialled: %s', async (_, spec) => {
    const ref = { namespace: 'ecase', name: 'ecase' };
    const ada = await installation.withSession();
    await installation.admin.delete(Services, ref);
    await installation.admin.create(Services, { metadata: ref, spec });
    try {
      expect((await ask(ada)).status).toBe(502);
      expect(reached).toEqual([]);
    } finally {
      await installation.admin.delete(Services, ref);
      const selecting = { selector: { app: 'ecase' }, ports: [{ port: 80 }] };
      await installation.admin.create(Services, { metadata: ref, spec: selecting });
      await installation.reopen(); // another Service than consented to
    }
  });
});

describe('an API server that is away', () => {
  it('means no: 503 within its five seconds, nothing forwarded, and yes again when it is back', async () => {
    const ada = await installation.withSession();
    await controlPlane.pauseApiServer();
    try {
      const began = performance.now();
      const answer = await ask(ada);
      expect(answer.status).toBe(503);
      expect(performance.now() - began).toBeLessThan(8000);
      expect(reached).toEqual([]);
    } finally {
      await controlPlane.resumeApiServer();
    }
    await eventually(async () => expect((await ask(ada)).status).toBe(200));
  });

  it('ends an open stream, since nobody can know', async () => {
    const ada = await installation.withSession();
    const stream = await ada.open(`${installation.application}/static/stream`);
    await eventually(() => expect(stream.text()).toContain('data: 1'));
    await controlPlane.killApiServer();
    await stream.ended;
    expect((await ask(ada)).status).toBe(503);
    await controlPlane.startApiServer();
    const client = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
    await eventually(async () => expect((await ask(ada)).status).toBe(200), { within: 20_000 });
    await client.close();
  });
});
