/** What a person sees who was refused: the reason's code to pass on, its sentence, and what can be done. Never the detail. */
import { markup, page, signInAgain } from '../pages/layout.ts';

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
${signIn === undefined ? '' : signInAgain(signIn)}`,
  );
}

/** Without a session it is not known which grant is meant, so there is no address to link to. */
const whereToSignIn = markup`<p>Each grant has an address of its own for signing in:
<span class="code">/support-access/sign-in/</span>, its namespace, a slash, its name. The customer's administrator
finds it in the grant's <span class="code">status.signInURL</span>.</p>`;
