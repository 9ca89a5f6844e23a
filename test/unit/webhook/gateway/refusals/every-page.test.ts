/** Walks every reason through a real refusal of a browser, and reads the page: heading, meaning, way out, in plain words. */
import { afterEach, describe, expect, it } from 'vitest';
import type { RefusedAs } from '../../../../../crds/rules/reason-rule.ts';
import { type Reason, reasons } from '../../../../../crds/rules/reasons.ts';
import { refusalTexts, textsFor, toldToSupport } from '../../../../../crds/rules/refusal-texts.ts';
import { type SamlReason, samlReasons } from '../../../../../saml/reasons.ts';
import { signInWords } from '../../../../../webhook/gateway/sign-in/sign-in-reason.ts';
import { plainComplaints, refusalComplaints } from '../../../../kit/messages/good-message.ts';
import { aServedGateway } from '../../../../kit/objects/served-gateway.ts';
import { waysToBeRefused } from '../../../../kit/objects/ways-to-be-refused.ts';

type Scene = Awaited<ReturnType<typeof aServedGateway>>;
let gateway: Scene;

afterEach(() => gateway.close());

const signInPage = 'https://support.example.com/support-access/sign-in/ecase/case-4711';
const browser = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };

async function asBrowser(reason: keyof typeof waysToBeRefused, path?: string) {
  const way = waysToBeRefused[reason];
  gateway = await aServedGateway((_request, response) => {
    if (way.upstream === undefined) response.end('fine');
    else way.upstream(response);
  });
  way.arrange?.(gateway);
  const { asked = {} } = way;
  const headers = { ...browser, ...asked.headers };
  return gateway.ask(path ?? way.path ?? '/jobs', { ...asked, headers });
}

/** What stands on a page, without its markup. */
function textOf(html: string): string {
  const [, main = ''] = /<main>([\s\S]*)<\/main>/.exec(html) ?? [];
  return main
    .replaceAll(/<\/?(?:span|a)\b[^>]*>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

const headingOf = (html: string): string | undefined => /<h1>(.*)<\/h1>/.exec(html)?.[1];

/** The way out itself is a page of its own. */
const names = (Object.keys(waysToBeRefused) as (keyof typeof waysToBeRefused)[]).filter(
  (reason) => reason !== 'SignedOut',
);

const goesBySignIn = (reason: Reason): boolean =>
  reasons[reason].status === 401 && textsFor(reason).signIn === 'at once';

describe('the page of a refused browser', () => {
  it.each(names.filter((reason) => !goesBySignIn(reason)))(
    'says for %s what is so and what to do',
    async (reason) => {
      const { status, headers, body } = await asBrowser(reason);
      expect([status, headers.location]).toEqual([reasons[reason].status, undefined]);
      const told = toldToSupport(reason);
      const { heading, means = '', next } = textsFor(told.reason);
      const text = textOf(body);
      expect(headingOf(body)).toBe(heading);
      for (const part of [means, next, `Reason code: ${told.reason}`]) expect(text).toContain(part);
      expect(plainComplaints(text)).toEqual([]);
    },
  );

  it.each(names.filter(goesBySignIn))(
    'is skipped for %s, where signing in is all there is to do',
    async (reason) => {
      const { status, headers } = await asBrowser(reason);
      expect(status).toBe(303);
      expect(headers.location).toMatch(/\/support-access\/(sign-in\/ecase\/case-4711|enter\?to=)/);
    },
  );

  it('tells of the records only where the refusal is in them', async () => {
    const inRecords = 'The customer can see the details in the records.';
    expect(textOf((await asBrowser('ActionNotAllowed')).body)).toContain(inRecords);
    await gateway.close();
    expect(textOf((await asBrowser('NotMaskable')).body)).toContain(inRecords);
    await gateway.close();
    expect(textOf((await asBrowser('WrongHost')).body)).not.toContain(inRecords);
    await gateway.close();
    expect(textOf((await asBrowser('RecordsUnavailable')).body)).not.toContain(inRecords);
    await gateway.close();
    gateway = await aServedGateway((_request, response) => response.end());
    gateway.trail.state.away = true;
    const refused = await gateway.ask('/unknown', { headers: browser });
    expect(textOf(refused.body)).not.toContain(inRecords);
  });
});

describe('a person who loses access in mid-work', () => {
  it.each(['Locked', 'PolicyDisabled', 'Disabled', 'Expired', 'NoGrant'] as const)(
    'for %s reads that, and is not sent round in a circle',
    async (reason) => {
      const { body, headers } = await asBrowser(reason);
      expect(headingOf(body)).toBe('Access is closed');
      expect(textOf(body)).toContain(toldToSupport(reason).message);
      expect(textOf(body)).toContain(signInPage);
      expect([headers.location, body.includes('class="button"')]).toEqual([undefined, false]);
    },
  );

  it('is told at the sign-in that access is not open, and not that it never was', async () => {
    const { status, body } = await asBrowser('Locked', '/support-access/sign-in/ecase/case-4711');
    expect(status).toBe(421);
    await gateway.close();
    gateway = await aServedGateway((_request, response) => response.end());
    waysToBeRefused.Locked.arrange?.(gateway);
    const entering = await gateway.ask('/support-access/sign-in/ecase/case-4711', {
      host: 'support.example.com',
      anonymous: true,
      headers: browser,
    });
    expect(headingOf(entering.body)).toBe('Access is not open');
    expect(entering.body).not.toMatch(/has not been opened|class="button"/);
    expect(body).toContain('There is no page at');
  });
});

describe('a request that is written wrongly', () => {
  it.each([
    ['BadRequest', undefined, '/jobs/../jobs'],
    ['BadRequest', '/jobs//7', '/jobs//7'],
    ['WrongHost', undefined, 'evil.example'],
    ['BodyTooLarge', undefined, '1 bytes'],
  ] as const)('is told what is wrong with it: %s %s', async (reason, path, value) => {
    const { body } = await asBrowser(reason, path);
    expect(refusalComplaints({ text: textOf(body), value })).toEqual([]);
  });

  it('hides the query of a path that is not canonical, which may hold a secret', async () => {
    const { body } = await asBrowser('BadRequest', '/jobs//7?token=s3cret');
    expect(body).not.toContain('s3cret');
  });

  it('is told the methods of the page, also in Allow', async () => {
    gateway = await aServedGateway((_request, response) => response.end());
    const { status, headers, body } = await gateway.ask('/support-access/', {
      host: 'support.example.com',
      method: 'PUT',
      headers: browser,
    });
    expect([status, headers.allow]).toEqual([405, 'GET']);
    expect(refusalComplaints({ text: body, field: 'GET', value: 'PUT' })).toEqual([]);
  });
});

describe('the texts of refusals', () => {
  const all = Object.entries(refusalTexts).filter(([name]) => name !== 'nothing');

  it.each(all)('of %s tell the way out', (_, { heading, means = '', next }) => {
    const text = [heading, means, next].join('. ');
    expect(plainComplaints(text)).toEqual([]);
    expect(next).toMatch(/^[A-Z].*[.:]$/);
  });

  it('are each used by a reason, or by a rule of SAML', () => {
    const codes = Object.keys(samlReasons) as SamlReason[];
    const used = new Set<RefusedAs>([
      ...Object.values(reasons).map(({ refusedAs }) => refusedAs),
      ...codes.flatMap((code) => signInWords(code)?.refusedAs ?? []),
    ]);
    expect(Object.keys(refusalTexts).filter((name) => !used.has(name as RefusedAs))).toEqual([]);
  });

  it('have headings of their own, so that two kinds of refusal are not taken for one', () => {
    const headings = all.map(([, { heading }]) => heading);
    expect(new Set(headings).size).toBe(headings.length);
  });

  it('never say that a fault of ours, of the application or of the request is closed access', () => {
    const wrong = Object.entries(reasons).filter(
      ([, { status, refusedAs }]) =>
        [400, 413, 421, 429, 502, 503].includes(status) &&
        /open to you|closed|not open/i.test(refusalTexts[refusedAs].heading),
    );
    expect(wrong).toEqual([]);
  });
});
