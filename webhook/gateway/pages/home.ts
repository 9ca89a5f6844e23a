/** What a person sees of the session: who you are, what you may do, until when, and the way out. It decides nothing. */
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { permitted } from '../../../crds/rules/matrix/matrix.ts';
import type { ReadMatrix } from '../decisions/decision.ts';
import { maskedClasses } from '../masking/masked-classes.ts';
import { type Markup, markup, page, signInAgain } from './layout.ts';

export interface HomeView {
  readonly user: SupportUser;
  readonly grant: SupportAccessGrant;
  readonly matrix: ReadMatrix;
  /** When the session ends if nothing else happens, epoch milliseconds. */
  readonly until: number;
  /** When it ends however much it is used. */
  readonly absolute: number;
  /** The application and where it is entered; undefined when the grant has none. */
  readonly application?: { readonly name: string; readonly url: string };
}

/** The page of a signed-in person. */
export function homePage({ user, grant, matrix, until, absolute, application }: HomeView): string {
  const masked = maskedClasses(matrix.spec);
  const classes = masked.ok ? masked.classes.map(({ plural }) => plural) : [];
  const hidden = classes.length === 0 ? '' : ` In the pages that you see, ${classes.join(', ')} are hidden.`;
  return page(
    'Support access',
    markup`<dl>
<dt>Signed in as</dt><dd>${user.spec.displayName} (<span class="code">${user.spec.userId}</span>)</dd>
<dt>Grant</dt><dd class="code">${grant.metadata.namespace ?? ''}/${grant.metadata.name}</dd>
<dt>Reason</dt><dd>${grant.spec.reason ?? 'none given'}</dd>
<dt>Open until</dt><dd>${time(Date.parse(grant.spec.expirationTime))}</dd>
<dt>Your session</dt><dd>ends ${time(until)}${which(grant, until, absolute)}</dd>
<dt>Permissions</dt><dd class="code">${matrix.name}</dd>
</dl>
${application === undefined ? '' : entry(application)}
<h2>What you may do</h2>
${permissions(permitted(matrix.compiled))}
<p class="quiet">Everything else is refused. All that you do is recorded for the customer.${hidden} The customer can
close this access at any moment.</p>
<form method="post" action="/support-access/sign-out"><button>Sign out</button></form>`,
  );
}

/** Which of its ends is the next one. Only the idle end moves when the person goes on. */
function which({ spec }: SupportAccessGrant, until: number, absolute: number): string {
  if (until >= Date.parse(spec.expirationTime)) return ', together with this access';
  return until >= absolute ? ', however much you do; you can sign in again' : ' if you do nothing until then';
}

function entry({ name, url }: NonNullable<HomeView['application']>): Markup {
  return markup`<p><a class="button" href="${url}">Open ${name}</a></p>`;
}

/** Most matrices have no sub-modules; an empty column would only confuse. */
function permissions(rows: ReturnType<typeof permitted>): Markup {
  const divided = rows.some(({ subModule }) => subModule !== undefined);
  return markup`<table>
<thead><tr><th>Module</th>${divided ? markup`<th>Sub-module</th>` : ''}<th>Actions</th></tr></thead>
<tbody>${rows.map(
    ({ module, subModule, actions }) =>
      markup`<tr><td>${module}</td>${divided ? markup`<td>${subModule ?? ''}</td>` : ''}<td>${actions.join(', ')}</td></tr>
`,
  )}</tbody>
</table>`;
}

/** To the minute and in UTC: customer and vendor rarely share a time zone. */
function time(at: number): Markup {
  const iso = new Date(at).toISOString();
  return markup`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`;
}

/** What a person sees after signing out. */
export function signedOutPage(signIn: string): string {
  return page('Signed out', markup`<p>Your session has ended, on every host.</p>${signInAgain(signIn)}`);
}
