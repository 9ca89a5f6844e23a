/** What a person sees who was refused: that it is so, the reason's code to pass on, and what can be done. Never why in detail. */
import { type Markup, markup, page } from './layout.ts';

export interface RefusalPage {
  readonly reason: string;
  readonly message: string;
  /** Where signing in begins anew; shown where that can help. */
  readonly signIn?: string;
  /** Whether the host serves our style sheet. */
  readonly styled: boolean;
}

export function refusalPage({ reason, message, signIn, styled }: RefusalPage): string {
  return page(
    'Not open to you',
    markup`<p>${message}</p>
<p>Reason code: <span class="code">${reason}</span>. The customer can see the details in the records.</p>
${signIn === undefined ? '' : again(signIn)}`,
    styled,
  );
}

/** What a person sees after signing out. */
export function signedOutPage(signIn: string, styled: boolean): string {
  return page('Signed out', markup`<p>Your session has ended.</p>${again(signIn)}`, styled);
}

function again(url: string): Markup {
  return markup`<p><a class="button" href="${url}">Sign in again</a></p>`;
}
