/** Bad input on the running product: grants and policies by kubectl, the sign-in page, hosts and Services. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionCookieName } from '../../webhook/gateway/sessions/session-cookie.ts';
import { eventually } from '../kit/clock/eventually.ts';
import {
  anExampleInstallation,
  type ExampleInstallation,
  type Manifest,
  people,
} from '../kit/installation/example-installation.ts';
import { canary, canaryComplaints } from '../kit/laws/canaries.ts';
import {
  applyGrant,
  ask,
  asProgram,
  reasonOf,
  signedIn,
  signInUrlOf,
  untilActive,
} from '../kit/people/acts.ts';
import { patchSpec, refusalOf } from '../kit/people/customer.ts';
import { aPerson, type Page, type Person } from '../kit/people/http-person.ts';
import { recordsOf } from '../kit/records/trail-reading.ts';

let installation: ExampleInstallation;

beforeAll(async () => {
  installation = await anExampleInstallation();
});

afterAll(async () => installation?.stop());

const visitor = (): Person => aPerson({ ca: installation.product.ca });

/** Whether a browser that opens the grant's address is sent to the identity provider. */
async function doorOf(name: string): Promise<Page> {
  const person = visitor();
  const page = await person.visit(signInUrlOf(installation, name), { headers: asProgram, stay: true });
  person.leave();
  return page;
}

const grantWith = (name: string, spec: object): Promise<string> =>
  installation.example('grant.yaml', (manifest: Manifest) => {
    manifest.metadata.name = name;
    Object.assign(manifest.spec, spec);
  });

describe('a grant that names what does not exist stays closed and says what is missing', () => {
  it.each([
    ['user', { userRefs: [{ name: 'nobody' }] }, 'NoUser', 'nobody'],
    ['matrix', { matrixRef: { name: 'nothing-1' } }, 'NoMatrix', 'nothing-1'],
    ['application', { applicationRef: { name: 'nowhere' } }, 'NoApplication', 'nowhere'],
  ])('a missing %s', async (what, spec, reason, name) => {
    await applyGrant(installation, { name: `no-${what}`, spec });
    await untilActive(installation, `no-${what}`, false);
    expect(await reasonOf(installation, `no-${what}`)).toBe(reason);
    const words = ['get', '-n', 'ecase', 'sag', `no-${what}`, '-o', 'jsonpath={.status.conditions}'];
    expect((await installation.kubectl(words)).stdout).toContain(name);
    // Before the sign-in it is not known that the browser belongs to the missing person.
    expect((await doorOf(`no-${what}`)).status).toBe(what === 'user' ? 303 : 403);
    const ada = visitor();
    const page = await ada.signIn(signInUrlOf(installation, `no-${what}`), people[0]).catch(() => undefined);
    expect(page?.status).not.toBe(200);
    expect(ada.cookies.for(new URL(installation.origin)).has(sessionCookieName)).toBe(false);
    ada.leave();
  });

  it('a missing policy: nothing is served at all, and everything is as before when it is back', async () => {
    const { stdout } = await installation.kubectl(['get', 'sapol', 'default', '-o', 'json']);
    const { apiVersion, kind, metadata, spec } = JSON.parse(stdout) as Manifest;
    const ada = await signedIn(installation, 'case-4711');
    await installation.kubectl(['delete', 'sapol', 'default']);
    expect((await ask(installation, ada).catch(() => undefined))?.status).not.toBe(200);
    await untilActive(installation, 'case-4711', false);
    expect(await reasonOf(installation, 'case-4711')).toMatch(/^(NoPolicy|PolicyDisabled)$/);
    const again = { apiVersion, kind, metadata: { name: metadata.name }, spec };
    await installation.kubectl(['apply', '-f', '-'], JSON.stringify(again));
    await untilActive(installation, 'case-4711');
    await eventually(async () => expect((await doorOf('case-4711')).status).toBe(303));
    ada.leave();
  });
});

describe('kubectl apply refuses, and says which field and how it must be:', () => {
  it.each([
    ['host bits set', '203.0.113.7/24'],
    ['host bits set in IPv6', '2001:db8::1/32'],
    ['an IPv4-mapped address', '::ffff:203.0.113.7'],
    ['an IPv4-mapped range', '::ffff:203.0.113.0/120'],
    ['a zone id', 'fe80::1%eth0'],
    ['an octal form', '0203.0.113.7'],
    ['a length with a leading zero', '203.0.113.0/024'],
    ['a length beyond 32', '203.0.113.0/33'],
    ['a short form', '203.0.113'],
    ['a list in one entry', '203.0.113.0/24;198.51.100.0/24'],
    ['white space', ' 203.0.113.0/24'],
    ['nothing', ''],
  ])('an address with %s', async (_, cidr) => {
    const text = await grantWith('bad-address', { allowedCIDRs: ['192.0.2.1', cidr] });
    const said = await refusalOf(installation, ['apply', '-f', '-'], text);
    expect(said).toContain('spec.allowedCIDRs[1]');
    expect(said).toMatch(
      /must be an IP address or a CIDR, such as|must have no bits set after|should be at least/,
    );
  });

  it('an end before the start', async () => {
    const text = await grantWith('backwards', {
      startTime: '2030-12-02T08:00:00Z',
      expirationTime: '2030-12-01T08:00:00Z',
    });
    const said = await refusalOf(installation, ['apply', '-f', '-'], text);
    expect(said).toContain('spec.expirationTime');
    expect(said).toContain('must be after `startTime`');
  });

  it('a second policy', async () => {
    const text = await installation.example('policy.yaml', ({ metadata }) => {
      metadata.name = 'other';
    });
    expect(await refusalOf(installation, ['apply', '-f', '-'], text)).toContain('must be `default`');
  });

  it('and none of them exists afterwards', async () => {
    for (const name of ['sag/bad-address', 'sag/backwards'])
      expect(await refusalOf(installation, ['get', '-n', 'ecase', name])).toContain('not found');
  });
});

describe('a host that another application has already', () => {
  it('stays with the older one; the newcomer is told, and its people never reach the older one’s host', async () => {
    await installation.kubectl(['create', 'namespace', 'other']);
    await installation.kubectl(['-n', 'other', 'create', 'service', 'clusterip', 'ecase', '--tcp=80:8080']);
    const namesake = await installation.example('application.yaml', (one) => {
      one.metadata.namespace = 'other';
    });
    await installation.kubectl(['apply', '-f', '-'], namesake);
    const wait = ['wait', '-n', 'other', 'sapp/ecase', '--for=condition=HostReady=false', '--timeout=30s'];
    await installation.kubectl(wait);
    const { stdout } = await installation.kubectl(['get', '-n', 'other', 'sapp/ecase', '-o', 'json']);
    expect(stdout).toContain('HostTaken');
    const ada = await signedIn(installation, 'case-4711');
    expect((await ask(installation, ada)).status).toBe(200);
    await installation.kubectl(['delete', 'namespace', 'other', '--wait=false']);
    ada.leave();
  });
});

describe('a Service that leads elsewhere is not dialled', () => {
  it.each([
    ['ExternalName', { type: 'ExternalName', externalName: 'metadata.example', selector: null }, 2],
    ['selectorless', { selector: null }, 3],
  ])('of type %s', async (_, spec, consent) => {
    const ada = await signedIn(installation, 'case-4711');
    const reached = installation.application.seen.length;
    await patchSpec(installation, ['-n', 'ecase', 'service/ecase'], spec);
    const page = await ask(installation, ada);
    expect([page.status, JSON.parse(page.body)]).toEqual([
      502,
      expect.objectContaining({ reason: 'ExternalService' }),
    ]);
    expect(installation.application.seen.length).toBe(reached);
    const wait = ['wait', '-n', 'ecase', 'sapp/ecase', '--for=condition=Ready=false', '--timeout=30s'];
    await installation.kubectl(wait);
    await installation.kubectl(['delete', '-n', 'ecase', 'service', 'ecase']);
    await installation.kubectl(['apply', '-f', 'examples/casepoint-ecase/service.yaml']);
    // The new Service was not consented to: that takes a higher number, and a new sign-in.
    await eventually(async () => expect(await reasonOf(installation, 'case-4711')).toBe('ServiceChanged'));
    await patchSpec(installation, ['-n', 'ecase', 'sag/case-4711'], { consent });
    await untilActive(installation, 'case-4711');
    const again = await signedIn(installation, 'case-4711');
    await eventually(async () => expect((await ask(installation, again)).status).toBe(200));
    again.leave();
    ada.leave();
  });
});

describe('what nobody may read afterwards', () => {
  /** As a browser or a program sends it, with a marker wherever there is room for one. */
  const marked = {
    ...asProgram,
    authorization: `Bearer ${canary('bearer')}`,
    'user-agent': canary('agent'),
    referer: `https://elsewhere.example/${canary('referer')}`,
    'x-api-key': canary('key'),
  };

  it('stands in no record, log line or refusal: queries, bodies, headers, cookies, tokens, relay states and attributes', async () => {
    const { applicationOrigin, origin, product } = installation;
    const ada = await signedIn(installation, 'case-4711');
    ada.cookies.plant(new URL(applicationOrigin), 'theirs', canary('cookie'));
    const body = JSON.stringify({ password: canary('body') });
    const post = { method: 'POST', headers: { ...marked, 'content-type': 'application/json' }, body };
    const form = new URLSearchParams({
      SAMLResponse: Buffer.from(canary('assertion')).toString('base64'),
      RelayState: canary('relay'),
    });
    const asForm = { ...marked, 'content-type': 'application/x-www-form-urlencoded' };
    const stranger = visitor();
    stranger.cookies.plant(new URL(origin), sessionCookieName, canary('forged'));
    const refusals = [
      await ada.visit(`${applicationOrigin}/${canary('path')}?q=${canary('query')}`, { headers: marked }),
      await ada.visit(`${applicationOrigin}/api/jobs?q=${canary('query')}`, post),
      await stranger.visit(`${origin}/support-access/whoami?q=${canary('query')}`, { headers: marked }),
      await stranger.visit(`${origin}/support-access/saml/acs`, {
        method: 'POST',
        headers: asForm,
        body: form.toString(),
      }),
    ];
    expect(refusals.map(({ status }) => status).filter((status) => status < 400)).toEqual([]);
    expect(
      (await ada.visit(`${applicationOrigin}/api/jobs?q=${canary('query')}`, { headers: marked })).status,
    ).toBe(200);
    ada.leave();
    stranger.leave();
    const outputs = new Map([
      ['the records', JSON.stringify(await recordsOf(installation))],
      ...refusals.map(({ body: page }, at) => [`refusal ${at}`, page] as const),
      ...(['gateway', 'webhook', 'operator'] as const).map(
        (part) => [`the log of the ${part}`, product[part].process().output()] as const,
      ),
    ]);
    expect(
      canaryComplaints(
        outputs,
        people.map(({ password }) => password),
      ),
    ).toEqual([]);
  });
});
