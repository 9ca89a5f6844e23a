/** What stands on our pages: values, each escaped, and a style sheet that the policy lets in by its hash. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Reason } from '../../../../../crds/rules/reasons.ts';
import { toldToSupport } from '../../../../../crds/rules/refusal-texts.ts';
import { markup } from '../../../../../process/markup.ts';
import { compiledMatrix } from '../../../../../webhook/gateway/decisions/object-reads.ts';
import { homePage, signedOutPage } from '../../../../../webhook/gateway/pages/home.ts';
import { page, styleSource } from '../../../../../webhook/gateway/pages/layout.ts';
import { strictHeaders } from '../../../../../webhook/gateway/pages/responses.ts';
import { refusalPage } from '../../../../../webhook/gateway/refusals/refusal-page.ts';
import { anApplication, aRoute, withRoutes } from '../../../../kit/objects/application.ts';
import { aGrant, until } from '../../../../kit/objects/grant.ts';
import { aMatrix, withModules } from '../../../../kit/objects/matrix.ts';
import { withSpec } from '../../../../kit/objects/object.ts';
import { aUser } from '../../../../kit/objects/user.ts';

/** A route to everything that the matrix of the tests allows, and to one thing that it refuses. */
const routes = [
  'Email Log: Read',
  'Scheduled Jobs: Read',
  'Scheduled Jobs: Delete',
  'Administration/Job Log: Clear',
].map((meaning, at) => aRoute(`GET /${at}`, meaning));

const sessionUntil = '2026-11-22T14:04:37Z';

const homeWith = ({
  reason = 'Jobs are stuck',
  matrix = aMatrix(),
  expires = '2026-12-03T08:00:00Z',
  absolute = '2026-11-22T20:00:00Z',
  reached = routes,
} = {}): string =>
  homePage({
    user: aUser(),
    grant: aGrant(until(expires), withSpec({ reason })),
    matrix: compiledMatrix(matrix),
    until: Date.parse(sessionUntil),
    absolute: Date.parse(absolute),
    customer: 'Example <Corporation>',
    application: { object: anApplication(withRoutes(...reached)), entry: 'https://ecase.apps.example.com/' },
  });

describe('a page', () => {
  it('has its style sheet inside, and the policy allows exactly that one', () => {
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(page('Title', markup`<p>text</p>`)) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(styleSource).toBe(`'sha256-${hash}'`);
    expect(strictHeaders['Content-Security-Policy']).toContain(`style-src 'sha256-${hash}';`);
    expect(style).not.toContain('<');
  });

  it('shows values as text, whatever they hold', () => {
    const html = homeWith({ reason: `</dd><script>alert('1')</script>"` });
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;/dd&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;');
  });
});

describe('the home page', () => {
  it('tells the end of the grant and the end of the session apart, in UTC', () => {
    const html = homeWith();
    expect(html).toContain('<time datetime="2026-12-03T08:00:00.000Z">2026-12-03 08:00 UTC</time>');
    expect(html).toContain('<time datetime="2026-11-22T14:04:37.000Z">2026-11-22 14:04 UTC</time>');
  });

  it.each([
    ['the idle end, which moves while the person goes on', {}, ' if you do nothing until then'],
    ['the end of the session', { absolute: sessionUntil }, ', however much you do; you can sign in again'],
    [
      'the end of the access',
      { expires: sessionUntil, absolute: sessionUntil },
      ', together with this access',
    ],
  ])('says which end of the session comes next: %s', (_, ends, says) => {
    expect(homeWith(ends)).toContain(`14:04 UTC</time>${says}</dd>`);
  });

  it('has a column for sub-modules only where there are some', () => {
    expect(homeWith()).toContain('<td>Job Log</td>');
    const flat = homeWith({ matrix: aMatrix(withModules({ name: 'Email Log', access: 'Read' })) });
    expect(flat).not.toContain('Sub-module');
    expect(flat).toContain('<tr><td>Email Log</td><td>Read</td></tr>');
  });
});

describe('what the home page lists', () => {
  const rows = (html: string): string[] =>
    [...html.matchAll(/<tr><td>(.*?)<\/td><\/tr>/g)].map(([, cells = '']) =>
      cells.replaceAll('</td><td>', ' | '),
    );

  it('is what both a route leads to and the matrix allows', () => {
    expect(rows(homeWith())).toEqual([
      'Email Log |  | Read',
      'Scheduled Jobs |  | Read',
      'Administration | Job Log | Clear',
    ]);
  });

  it('is a sentence where no route leads to anything that is allowed', () => {
    const file = { name: 'files', type: 'Static' as const, methods: ['GET' as const], path: '/assets/*' };
    const html = homeWith({ reached: [aRoute('GET /', 'Payroll: Read'), file] });
    expect(rows(html)).toEqual([]);
    expect(html).toContain('no route of the application leads to anything that the matrix allows');
  });

  it('has the customer, the application, its version, and the address that its own users know', () => {
    const html = homeWith();
    expect(html).toContain('<dt>Customer</dt><dd>Example &lt;Corporation&gt;</dd>');
    expect(html).toContain('<dt>Application</dt><dd>ecase 26.1.3.0, known to its own users as ');
    expect(html).toContain(
      '<a href="https://ecase.example.com/" rel="noreferrer">https://ecase.example.com/</a>',
    );
    expect(html).toContain('<a class="button" href="https://ecase.apps.example.com/">Open ecase</a>');
  });
});

describe('what the home page says about masking', () => {
  it.each([
    [
      'names each class by its word',
      { masking: 'Enabled' },
      'In the pages that you see, e-mail addresses are hidden.',
    ],
    [
      'is nothing where nothing is masked',
      { masking: 'Disabled' },
      'recorded for the customer. The customer can',
    ],
  ] as const)('%s', (_, spec, expected) => {
    expect(homeWith({ matrix: aMatrix(withSpec(spec)) })).toContain(expected);
  });
});

describe('a refusal', () => {
  const pageFor = (reason: Reason, signIn?: string) =>
    refusalPage({ told: toldToSupport(reason), signIn, isRecorded: true });

  it('offers a new sign-in where it helps and the grant is known', () => {
    const html = pageFor('SignInFailed', 'https://x/s');
    expect(html).toContain('<a class="button" href="https://x/s">Sign in again</a>');
    expect(html).toContain('<span class="code">SignInFailed</span>');
  });

  it('shows the address for later, and no button, where access is closed', () => {
    const html = pageFor('Disabled', 'https://x/s');
    expect(html).toContain('<a class="code" href="https://x/s">https://x/s</a>');
    expect(html).not.toContain('button"');
  });

  it('leads to no sign-in where one would not help', () => {
    expect(pageFor('ActionNotAllowed', 'https://x/s')).not.toContain('https://x/s');
  });

  it('says where signing in begins to somebody without a session', () => {
    const html = pageFor('NoSession');
    expect(html).toContain('<h1>Not signed in</h1>');
    expect(html).toContain('/support-access/sign-in/');
    expect(html).not.toContain('href="http');
  });

  it('says that the session is over after signing out', () => {
    expect(signedOutPage('https://x/s')).toContain('Your session has ended');
  });
});
