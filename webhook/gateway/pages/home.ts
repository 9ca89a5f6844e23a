/** What a person sees of the session: who you are, what you may do, until when, and the way out. It decides nothing. */
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { dividedByRoutes, type PermittedPlace, permitted } from '../../../crds/rules/matrix/matrix.ts';
import { matrixPlaceOf } from '../../../crds/rules/request/routes.ts';
import { type Markup, markup } from '../../../process/markup.ts';
import type { ReadMatrix } from '../decisions/decision.ts';
import { maskedClasses } from '../masking/masked-classes.ts';
import { page, signInAgain } from './layout.ts';

export interface HomeView {
  readonly user: SupportUser;
  readonly grant: SupportAccessGrant;
  readonly matrix: ReadMatrix;
  /** When the session ends if nothing else happens, epoch milliseconds. */
  readonly until: number;
  /** When it ends however much it is used. */
  readonly absolute: number;
  /** Whose access it is, where the policy says a name. */
  readonly customer?: string | undefined;
  /** The application and where it is entered; undefined when the grant has none. */
  readonly application?: { readonly object: SupportApplication; readonly entry: string };
}

/** The page of a signed-in person. */
export function homePage({ user, grant, matrix, until, absolute, customer, application }: HomeView): string {
  const masked = maskedClasses(matrix.spec);
  const classes = masked.ok ? masked.classes.map(({ plural }) => plural) : [];
  const hidden = classes.length === 0 ? '' : ` In the pages that you see, ${classes.join(', ')} are hidden.`;
  return page(
    'Support access',
    markup`<dl>
<dt>Signed in as</dt><dd>${user.spec.displayName} (<span class="code">${user.spec.userId}</span>)</dd>
${
  customer === undefined
    ? ''
    : markup`<dt>Customer</dt><dd>${customer}</dd>
`
}${application === undefined ? '' : known(application.object)}<dt>Grant</dt><dd class="code">${grant.metadata.namespace ?? ''}/${grant.metadata.name}</dd>
<dt>Reason</dt><dd>${grant.spec.reason ?? 'none given'}</dd>
<dt>Open until</dt><dd>${time(Date.parse(grant.spec.expirationTime))}</dd>
<dt>Your session</dt><dd>ends ${time(until)}${which(grant, until, absolute)}</dd>
<dt>Permissions</dt><dd class="code">${matrix.name}</dd>
</dl>
${application === undefined ? '' : entry(application)}
<h2>What you may do</h2>
${permissions(reachable(permitted(matrix.compiled), application?.object))}
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

function entry({ object, entry: href }: NonNullable<HomeView['application']>): Markup {
  return markup`<p><a class="button" href="${href}">Open ${object.metadata.name}</a></p>`;
}

/** The application, with the address that its own users know: to look at, since a support session is worth nothing there. */
function known({ metadata, spec: { url, version } }: SupportApplication): Markup {
  const name = version === undefined ? metadata.name : `${metadata.name} ${version}`;
  const link =
    url === undefined ? '' : markup`, known to its own users as <a href="${url}" rel="noreferrer">${url}</a>`;
  return markup`<dt>Application</dt><dd>${name}${link}</dd>
`;
}

/** What no route leads to would be refused. Without an application there are no routes, and the rights are in Kubernetes. */
function reachable(
  allowed: readonly PermittedPlace[],
  application: SupportApplication | undefined,
): readonly PermittedPlace[] {
  if (application === undefined) return allowed;
  const meant = application.spec.routes.flatMap((route) => matrixPlaceOf(route) ?? []);
  return dividedByRoutes(allowed, meant).reached;
}

/** Most matrices have no sub-modules; an empty column would only confuse. */
function permissions(rows: readonly PermittedPlace[]): Markup {
  if (rows.length === 0)
    return markup`<p>Nothing yet: no route of the application leads to anything that the matrix allows. Tell the customer.</p>`;

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
