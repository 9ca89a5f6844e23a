/**
 * The engineer's story in a real Chromium: sign in, see what is open until when, enter the application, be refused, and
 * sign out. Where there is no browser the same story is played by plain HTTP, and the run says so.
 */
import type { Cookie, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enteredCookieName } from '../../webhook/gateway/sessions/entered-application.ts';
import { sessionCookieName } from '../../webhook/gateway/sessions/session-cookie.ts';
import { signedInMarkName } from '../../webhook/gateway/sessions/signed-in-mark.ts';
import { eventually } from '../kit/clock/eventually.ts';
import {
  anExampleInstallation,
  type ExampleInstallation,
  people,
} from '../kit/installation/example-installation.ts';
import { type BrowserResponse, ensureBrowser } from '../kit/machine/browser.ts';
import { noteNotRun } from '../kit/machine/not-run.ts';
import { hiddenAddress } from '../kit/masking/hidden.ts';
import { aBrowserPerson, type BrowserPerson, press, readByScript } from '../kit/people/browser-person.ts';
import { aPerson } from '../kit/people/http-person.ts';
import { aSiblingHost } from '../kit/people/sibling-host.ts';
import { recordsOf } from '../kit/records/trail-reading.ts';

const [ada, charles] = people;
const anAddress = /@(customer|agency)\.example/;

let installation: ExampleInstallation;
let browser: BrowserResponse;

beforeAll(async () => {
  browser = ensureBrowser();
  if ('why' in browser) noteNotRun({ what: 'sign-in through a real browser', why: browser.why });
  installation = await anExampleInstallation();
});

afterAll(async () => installation?.stop());

/** What went over the wire to a host, and what the browser complained about. */
interface Observed {
  readonly complaints: readonly string[];
  readonly cookiesSent: ReadonlyMap<string, readonly string[]>;
}

/** Notes every complaint in the console, and the cookies of every request that the browser sent. */
function observe({ context, page }: BrowserPerson): () => Promise<Observed> {
  const complaints: string[] = [];
  const sending: Promise<readonly [host: string, cookie: string]>[] = [];
  page.on('console', (message) => {
    const { url } = message.location();
    // What the provider's own pages lack is not ours to judge.
    if (message.type() === 'error' && !url.startsWith(new URL(installation.idp.signInURL).origin))
      complaints.push(`${url}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  context.on('request', (request) => {
    const header = request.headerValue('cookie').catch(() => null);
    sending.push(header.then((cookie) => [new URL(request.url()).hostname, cookie ?? ''] as const));
  });
  return async () => {
    const sent = await Promise.all(sending);
    const byHost = Map.groupBy(sent, ([host]) => host);
    const cookiesSent = new Map(
      [...byHost].map(([host, pairs]) => [host, pairs.map(([, cookie]) => cookie)]),
    );
    return { complaints, cookiesSent };
  };
}

/** The identity provider's answer page posts itself across sites, as they do; the cookies of the way in come back with it. */
async function signIn(person: BrowserPerson, who: (typeof people)[number]): Promise<void> {
  await person.signIn(installation.signInUrl, who);
  await person.page.waitForURL(`${installation.origin}/**`);
}

const ourCookies = async ({ context }: BrowserPerson): Promise<Cookie[]> =>
  (await context.cookies()).filter(({ name }) => name.toLowerCase().includes('support-access'));

const textOf = async (page: Page): Promise<string> => page.locator('main').innerText();

async function playInBrowser(path: string): Promise<void> {
  const person = await aBrowserPerson({ path, certificates: [installation.product.certificate] });
  const { page } = person;
  const observed = observe(person);
  try {
    await signIn(person, ada);
    await seeHome(page);
    const [cookie, ...others] = (await ourCookies(person)).filter(({ name }) => name !== signedInMarkName);
    expect(others).toEqual([]);
    expectHostCookie(cookie, 'support.localhost');
    await lookAround(person);
    await beRefused(page);
    await signOutAndComeBack(person);
    expectQuiet(await observed());
  } finally {
    await person.leave();
  }
}

async function seeHome(page: Page): Promise<void> {
  expect(new URL(page.url()).pathname).toBe('/support-access/');
  const home = await textOf(page);
  expect(home).toContain('Ada Lovelace (cp-1042)');
  expect(home).toContain('Mail jobs have been stuck since Monday');
  expect(home).toContain('2030-12-03 08:00 UTC');
  expect(home).toContain('Scheduled Jobs');
  // The style sheet is let in by its hash: a wrong hash would leave the page without it.
  const line = await page.locator('dl').evaluate((list) => getComputedStyle(list).display);
  expect(line).toBe('grid');
}

function expectHostCookie(cookie: Cookie | undefined, host: string): void {
  const { value: _secret, ...attributes } = cookie ?? { value: '' };
  expect(attributes).toEqual({
    name: '__Host-support-access',
    domain: host,
    path: '/',
    expires: -1,
    httpOnly: true,
    secure: true,
    sameSite: 'Lax',
  });
}

/** Through the link on the home page; each host has a cookie of its own, and the application gets none of them. */
async function lookAround(person: BrowserPerson): Promise<void> {
  const { page } = person;
  await page.getByRole('link', { name: 'Open ecase' }).click();
  await page.waitForURL(`${installation.applicationOrigin}/`);
  const all = await ourCookies(person);
  const cookies = all.filter(({ name }) => name === sessionCookieName);
  expect(cookies.map(({ domain }) => domain).toSorted()).toEqual(['ecase.localhost', 'support.localhost']);
  const marks = all.filter(({ name }) => name !== sessionCookieName);
  expect(marks.map(({ name, domain }) => `${name} ${domain}`).toSorted()).toEqual([
    `${enteredCookieName} ecase.localhost`,
    `${signedInMarkName} support.localhost`,
  ]);
  expectHostCookie(
    cookies.find(({ domain }) => domain === 'ecase.localhost'),
    'ecase.localhost',
  );
  expect(new Set(cookies.map(({ value }) => value)).size).toBe(2);

  await page.getByRole('link', { name: 'Email Log' }).click();
  await page.waitForURL('**/email-log');
  expect(installation.application.lastHeaders()).not.toHaveProperty('cookie');
  const source = await page.content();
  expect(source).toContain('Your request was received');
  expect(source).not.toMatch(anAddress);
  const links = await page
    .locator('a[href^="mailto:"]')
    .evaluateAll((anchors) => anchors.map((anchor) => anchor.getAttribute('href')));
  expect(links).toHaveLength(3);
  for (const link of links) expect(link).toMatch(new RegExp(`^mailto:${hiddenAddress.source}$`));
}

/** The matrix lets her look at jobs; the button that runs one leads to a reason, and not to the application. */
async function beRefused(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Scheduled Jobs' }).click();
  await page.waitForURL('**/scheduled-jobs');
  const before = installation.application.seen.length;
  expect(await press(page, 'Run Send notification mail')).toBe(403);
  expect(installation.application.seen.length).toBe(before);
  const told = await textOf(page);
  expect(told).toContain('The permission matrix does not allow this.');
  expect(told).toContain('ActionNotAllowed');
}

/** Out on one host is out on all: the application's host sends her to sign in anew, and so does the way back. */
async function signOutAndComeBack({ page, context }: BrowserPerson): Promise<void> {
  await page.goto(`${installation.origin}/support-access/`);
  expect(await press(page, 'Sign out')).toBe(200);
  expect(await textOf(page)).toContain('Your session has ended');
  expect(await context.cookies(installation.origin)).toEqual([]);
  const before = installation.application.seen.length;
  await page.goto(`${installation.applicationOrigin}/email-log`);
  expect(new URL(page.url()).origin).toBe(new URL(installation.idp.signInURL).origin);
  await page.locator('input[name=username]').waitFor();
  const left = await context.cookies(installation.applicationOrigin);
  expect(left.filter(({ name }) => name !== enteredCookieName)).toEqual([]);
  expect(installation.application.seen.length).toBe(before);
}

/** Chromium reports each refused document too; nothing else may be in the console, least of all from our CSP. */
function expectQuiet({ complaints, cookiesSent }: Observed): void {
  const refused = /: Failed to load resource: the server responded with a status of 403 \(Forbidden\)$/;
  expect(complaints.filter((complaint) => !refused.test(complaint))).toEqual([]);
  const sentTo = (host: string): string[] =>
    (cookiesSent.get(host) ?? []).flatMap(
      (header) => /__Host-support-access=([^;]+)/.exec(header)?.[1] ?? [],
    );
  const [support, application] = [sentTo('support.localhost'), sentTo('ecase.localhost')];
  expect([support.length, application.length].every((count) => count > 0)).toBe(true);
  expect(support.filter((value) => application.includes(value))).toEqual([]);
}

/** The same story where no browser is: what a browser decides by itself cannot be seen then. */
async function playByHttp(): Promise<void> {
  const person = aPerson({ ca: installation.product.ca });
  const home = await person.signIn(installation.signInUrl, ada);
  expect(home.body).toContain('Ada Lovelace');
  const entered = await person.visit(`${installation.applicationOrigin}/email-log`);
  expect([entered.status, anAddress.test(entered.body)]).toEqual([200, false]);
  expect(installation.application.lastHeaders()).not.toHaveProperty('cookie');
  const refused = await person.submit(await person.visit(`${installation.applicationOrigin}/scheduled-jobs`));
  expect([refused.status, refused.body.includes('ActionNotAllowed')]).toEqual([403, true]);
  const out = await person.submit(await person.visit(`${installation.origin}/support-access/`));
  expect(out.body).toContain('Your session has ended');
  const again = await person.visit(`${installation.applicationOrigin}/email-log`);
  expect(again.url.origin).toBe(new URL(installation.idp.signInURL).origin);
  person.leave();
}

/** The decisions that were recorded of requests under this session, with the sentence for the customer. */
async function toldOf(reason: string): Promise<string[]> {
  const records = await recordsOf(installation);
  return records.filter(({ decision }) => decision?.reason === reason).map(({ message }) => message ?? '');
}

async function allow(origins: readonly string[]): Promise<void> {
  const patch = JSON.stringify({ spec: { allowedOrigins: origins } });
  await installation.kubectl(['patch', '-n', 'ecase', 'sapp', 'ecase', '--type=merge', '-p', patch]);
}

const emailLog = (): string => `${installation.applicationOrigin}/email-log`;

/** Her session is alive in the same browser, and the sibling's page sends what only she may send. */
async function beLuredAway(path: string): Promise<void> {
  const sibling = await aSiblingHost(new URL(installation.applicationOrigin));
  const certificates = [installation.product.certificate, sibling.certificate];
  const person = await aBrowserPerson({ path, certificates });
  const { page } = person;
  try {
    await signIn(person, ada);
    await page.goto(`${installation.applicationOrigin}/`);
    const before = installation.application.seen.length;
    await page.goto(sibling.origin);
    expect(await readByScript(page, emailLog())).toBe('TypeError');
    expect(installation.application.seen.length).toBe(before);
    expect(await press(page, 'Win')).toBe(403);
    expect(await textOf(page)).toContain('CrossSite');
    expect(installation.application.seen.length).toBe(before);
    await eventually(async () => {
      // The image on the page, and the form.
      const told = (await toldOf('CrossSite')).filter((message) => message.includes(sibling.origin));
      expect(told).toHaveLength(2);
    });
    await page.goto(sibling.origin);
    await page.getByRole('link', { name: 'Read' }).click();
    await page.waitForURL(`${installation.applicationOrigin}/email-log`);
    expect(await page.content()).toContain('Your request was received');
    await allow([sibling.origin]);
    await page.goto(sibling.origin);
    await press(page, 'Win');
    expect(await textOf(page)).toContain('ActionNotAllowed');
    await page.goto(sibling.origin);
    expect(await readByScript(page, emailLog())).toContain('Your request was received');
    await allow([]);
    await eventually(async () => expect(await readByScript(page, emailLog())).toBe('TypeError'));
  } finally {
    await person.leave();
    sibling.close();
  }
}

describe('a support engineer with a browser', () => {
  it('T-P9 is not made to send what a page of a sibling host wants, and the customer reads which page it was', async (test) => {
    // Which headers a browser sends is what this is about.
    if ('why' in browser) return test.skip();
    await beLuredAway(browser.path);
    return undefined;
  });

  it('signs in, looks around behind masks, is refused with a reason, and EC-9 is back at the sign-in page once out', async () => {
    await ('path' in browser ? playInBrowser(browser.path) : playByHttp());
  });

  it('who is known to the provider and not named by the grant reads that, with a reference number, and gets no cookie', async () => {
    if ('why' in browser) {
      const stranger = aPerson({ ca: installation.product.ca });
      expect((await stranger.signIn(installation.signInUrl, charles)).status).toBe(403);
      stranger.leave();
      return;
    }
    const person = await aBrowserPerson({
      path: browser.path,
      certificates: [installation.product.certificate],
    });
    try {
      await signIn(person, charles);
      const told = await textOf(person.page);
      // Nothing of why: whom the customer's cluster knows is the customer's to read.
      expect(told).toContain('You are not named here');
      expect(told).toContain('Nothing was opened.');
      expect(told).toMatch(/Reference number: [0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}/);
      expect(await ourCookies(person)).toEqual([]);
    } finally {
      await person.leave();
    }
  });
});
