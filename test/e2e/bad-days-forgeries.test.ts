/** Forgeries on the running product: cookies, session objects and SAML responses that are not what they claim to be. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import { keysFrom } from '../../webhook/gateway/sessions/keys.ts';
import {
  cookieValue,
  newSecret,
  readCookie,
  sessionCookieName,
} from '../../webhook/gateway/sessions/session-cookie.ts';
import { eventually } from '../kit/clock/eventually.ts';
import { callerOf } from '../kit/control-plane/caller.ts';
import {
  anExampleInstallation,
  type ExampleInstallation,
  people,
} from '../kit/installation/example-installation.ts';
import { ask, asProgram, signedIn, signInUrlOf } from '../kit/people/acts.ts';
import { refusalOf } from '../kit/people/customer.ts';
import { aPerson, type Page, type Person } from '../kit/people/http-person.ts';
import { recordsOf } from '../kit/records/trail-reading.ts';

let installation: ExampleInstallation;

beforeAll(async () => {
  installation = await anExampleInstallation();
});

afterAll(async () => installation?.stop());

const visitor = (): Person => aPerson({ ca: installation.product.ca });

describe('a cookie that is not the gateway’s own, for this host, for a living session', () => {
  const applicationUrl = (): URL => new URL(installation.applicationOrigin);

  /** Sends exactly this cookie to the application's host. */
  async function tryCookie(value: string): Promise<void> {
    const reached = installation.application.seen.length;
    const thief = visitor();
    thief.cookies.plant(applicationUrl(), sessionCookieName, value);
    const page = await ask(installation, thief);
    thief.leave();
    expect([page.status, page.body]).toEqual([401, expect.stringContaining('NoSession')]);
    expect(installation.application.seen.length).toBe(reached);
  }

  function cookieOf(person: Person, url: URL): string {
    const value = person.cookies.for(url).get(sessionCookieName);
    if (value === undefined) throw new Error(`no session cookie for ${url.href}`);
    return value;
  }

  it('is refused when it is altered, of the other host, or made by another installation’s gateway; and recorded', async () => {
    const ada = await signedIn(installation, 'case-4711');
    const genuine = cookieOf(ada, applicationUrl());
    const refusals = async (): Promise<number> =>
      (await recordsOf(installation)).filter(({ decision }) => decision?.reason === 'NoSession').length;
    const before = await refusals();
    const foreign = keysFrom(randomBytes(32));
    const [, namespace = '', name = '', grant = ''] = genuine.split('.');
    const proof = {
      session: { namespace, name },
      grant: Buffer.from(grant, 'base64url').toString(),
      secret: newSecret(),
    };
    const made = cookieValue(foreign, proof, applicationUrl().hostname);
    expect(readCookie(foreign, made, applicationUrl().hostname)).toEqual(proof);
    const flipped = genuine.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const renamed = genuine.replace('case-4711', 'case-4712').replace(name, name.replace(/.$/, 'x'));
    const stolen = [
      made,
      flipped,
      renamed,
      `${genuine}.`,
      '',
      'v2',
      cookieOf(ada, new URL(installation.origin)),
    ];
    for (const value of stolen) await tryCookie(value);
    expect((await ask(installation, ada)).status).toBe(200);
    await eventually(async () => expect(await refusals()).toBe(before + stolen.length));
    ada.leave();
  });

  it('is refused after its person signed out, and so is every copy of it', async () => {
    const ada = await signedIn(installation, 'case-4711');
    const copy = cookieOf(ada, applicationUrl());
    const out = await ada.visit(`${installation.origin}/support-access/sign-out`, {
      method: 'POST',
      headers: { ...asProgram, origin: installation.origin, 'sec-fetch-site': 'same-origin' },
      body: '',
    });
    expect(out.status).toBeLessThan(400);
    ada.leave();
    const thief = visitor();
    thief.cookies.plant(applicationUrl(), sessionCookieName, copy);
    const reached = installation.application.seen.length;
    expect((await ask(installation, thief)).status).toBe(401);
    expect(installation.application.seen.length).toBe(reached);
    thief.leave();
  });
});

describe('a session object made by hand', () => {
  const sessions = '/apis/supportaccess.dev/v1beta1/namespaces/ecase/supportsessions';

  async function sessionOf(person: Person): Promise<SupportSession> {
    const value = person.cookies.for(new URL(installation.applicationOrigin)).get(sessionCookieName) ?? '';
    const words = ['get', '-n', 'ecase', 'ssess', value.split('.')[2] ?? '', '-o', 'json'];
    return JSON.parse((await installation.kubectl(words)).stdout) as SupportSession;
  }

  it('is refused to the administrator, whose kubectl says what to do instead', async () => {
    const ada = await signedIn(installation, 'case-4711');
    const { apiVersion, kind, metadata, spec } = await sessionOf(ada);
    const copy = { apiVersion, kind, metadata: { namespace: metadata.namespace, name: 's-by-hand' }, spec };
    const said = await refusalOf(installation, ['create', '-f', '-'], JSON.stringify(copy));
    expect(said).toContain('must not be written by others than the gateway: sign in at the address');
    ada.leave();
  });

  it.each([
    ['with a later end', { absoluteExpirationTime: '2030-01-01T00:00:00Z' }, 'SessionInvalid'],
    ['word for word', {}, 'RolledBack'],
  ])(
    'is void when it was written again %s with the gateway’s own rights, under a person’s genuine cookie',
    async (_, changes, reason) => {
      const account = await installation.controlPlane.serviceAccountKubeconfig(
        'support-access',
        'support-access-gateway',
      );
      const gateway = callerOf(account.kubeconfig);
      const ada = await signedIn(installation, 'case-4711');
      const { apiVersion, kind, metadata, spec } = await sessionOf(ada);
      expect((await gateway('DELETE', `${sessions}/${metadata.name}`)).status).toBe(200);
      const { name, namespace, labels, ownerReferences } = metadata;
      const made = {
        apiVersion,
        kind,
        metadata: { name, namespace, labels, ownerReferences },
        spec: { ...spec, ...changes },
      };
      const answer = await gateway('POST', sessions, { body: made });
      expect(answer.status, answer.text).toBe(201);
      const reached = installation.application.seen.length;
      const page = await ask(installation, ada);
      expect(page.status).toBe(401);
      expect(installation.application.seen.length).toBe(reached);
      await eventually(async () => {
        const refusals = (await recordsOf(installation)).filter(({ session }) => session === spec.handle);
        expect(refusals.map(({ decision }) => decision?.reason)).toContain(reason);
      });
      await gateway('DELETE', `${sessions}/${metadata.name}`);
      account.stop();
      ada.leave();
    },
  );
});

describe('the same SAML answer', () => {
  interface Answer {
    readonly page: Page;
    readonly cookies: ReadonlyMap<string, string>;
  }

  /** The page with which the identity provider answers, before the browser carries it over. */
  async function anAnswer(person: Person): Promise<Answer> {
    const login = await person.visit(signInUrlOf(installation, 'case-4711'));
    const page = await person.submit(login, { username: people[0].user, password: people[0].password });
    expect(page.body).toContain('SAMLResponse');
    return { page, cookies: person.cookies.for(new URL(installation.origin)) };
  }

  /** A browser with the cookies of the one that asked, that carries the answer to the gateway on `port`. */
  async function post({ page, cookies }: Answer, port: number): Promise<number> {
    const person = visitor();
    for (const [name, value] of cookies) person.cookies.plant(new URL(installation.origin), name, value);
    const field = (name: string): string =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(page.body)?.[1] ?? '';
    const answer = await person.visit(
      `${installation.origin.replace(/:\d+$/, `:${port}`)}/support-access/saml/acs`,
      {
        method: 'POST',
        stay: true,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: new URL(installation.idp.metadataURL).origin,
          'sec-fetch-site': 'cross-site',
        },
        body: new URLSearchParams({
          SAMLResponse: field('SAMLResponse'),
          RelayState: field('RelayState'),
        }).toString(),
      },
    );
    person.leave();
    return answer.status;
  }

  const failures = async (): Promise<number> =>
    (await recordsOf(installation)).filter(({ type }) => type === 'signin.failed').length;

  it('signs in once; the second time it is refused and recorded', async () => {
    const ada = visitor();
    const answer = await anAnswer(ada);
    const { port } = installation.product.gateway;
    const before = await failures();
    expect(await post(answer, port)).toBe(303);
    expect(await post(answer, port)).toBe(403);
    await eventually(async () => expect(await failures()).toBe(before + 1));
    ada.leave();
  });

  it('posted to two gateways at the same moment signs in at one of them', async () => {
    const second = await installation.product.startSecondGateway();
    const ports = [
      installation.product.gateway.port,
      second.port,
      installation.product.gateway.port,
      second.port,
    ];
    const count = async (): Promise<number> =>
      (await installation.kubectl(['get', '-n', 'ecase', 'ssess', '-o', 'name'])).stdout
        .split('\n')
        .filter(Boolean).length;
    for (let round = 0; round < 5; round += 1) {
      // More than a person may have at once would end the oldest, and none would be counted.
      await installation.kubectl(['delete', '-n', 'ecase', 'ssess', '--all']);
      const ada = visitor();
      const answer = await anAnswer(ada);
      const before = await count();
      const statuses = await Promise.all(ports.map((port) => post(answer, port)));
      expect(statuses.toSorted((a, b) => a - b)).toEqual([303, 403, 403, 403]);
      expect(await count()).toBe(before + 1);
      ada.leave();
    }
    await second.process.stop();
  });
});
