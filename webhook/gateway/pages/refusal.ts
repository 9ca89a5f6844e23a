/** What a person sees who was refused: that it is so, the reason's code to pass on, and what can be done. Never why in detail. */
import { type Markup, markup, page } from './layout.ts';

export interface RefusalPage {
  readonly reason: string;
  readonly message: string;
  /** Where signing in begins anew; shown where that can help. */
  readonly signIn?: string;
}

export function refusalPage({ reason, message, signIn }: RefusalPage): string {
  const unknown = reason === 'NoSession';
  const details = unknown ? '' : ' The customer can see the details in the records.';
  return page(
    unknown ? 'Not signed in' : 'Not open to you',
    markup`<p>${message}</p>
${unknown && signIn === undefined ? whereToSignIn : ''}
<p class="quiet">Reason code: <span class="code">${reason}</span>.${details}</p>
${signIn === undefined ? '' : again(signIn)}`,
  );
}

/** Which grant somebody without a session means, nobody knows here. */
const whereToSignIn = markup`<p>Each grant has an address of its own for signing in:
<span class="code">/support-access/sign-in/</span>, its namespace, a slash, its name. The customer's administrator
finds it in the grant's <span class="code">status.signInURL</span>.</p>`;

/** What a person sees after signing out. */
export function signedOutPage(signIn: string): string {
  return page('Signed out', markup`<p>Your session has ended, on every host.</p>${again(signIn)}`);
}

function again(url: string): Markup {
  return markup`<p><a class="button" href="${url}">Sign in again</a></p>`;
}
