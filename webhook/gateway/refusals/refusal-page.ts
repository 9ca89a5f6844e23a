/** What a person sees who was refused: what happened, what it means, what can be done, and a code to pass on. Never the detail. */
import { type RefusalTexts, type Told, textsFor } from '../../../crds/rules/refusal-texts.ts';
import { type Markup, markup, page, signInAgain } from '../pages/layout.ts';

export interface RefusalPage {
  readonly told: Told;
  /** Which rule of the request gate. */
  readonly rule?: string | undefined;
  /** The id of the record. */
  readonly reference?: string | undefined;
  /** Where signing in begins, for those whom it helps now or later. */
  readonly signIn?: string | undefined;
  /** Whether the customer finds it in the records: not where nothing was claimed, and not while they take nothing. */
  readonly isRecorded: boolean;
}

export function refusalPage({
  told: { reason, message, next },
  rule,
  reference,
  signIn,
  isRecorded,
}: RefusalPage): string {
  const { heading, means, signIn: when } = textsFor(reason);
  const details = isRecorded ? ' The customer can see the details in the records.' : '';
  return page(
    heading,
    markup`<p>${[message, ...(means === undefined ? [] : [means])].join(' ')}</p>
<p>${next}</p>
${when === undefined ? '' : waysIn(signIn, when)}
<p class="quiet">Reason code: <span class="code">${reason}</span>.${coded('Rule', rule)}${coded('Reference', reference)}${details}</p>`,
  );
}

function coded(name: string, value: string | undefined): Markup | '' {
  return value === undefined ? '' : markup` ${name}: <span class="code">${value}</span>.`;
}

function waysIn(signIn: string | undefined, when: NonNullable<RefusalTexts['signIn']>): Markup | '' {
  if (signIn === undefined) return when === 'to enter' ? '' : whereToSignIn;
  // No button: it would be pressed at once, and lead to the next refusal.
  return when === 'later'
    ? markup`<p><a class="code" href="${signIn}">${signIn}</a></p>`
    : signInAgain(signIn);
}

/** Without a session it is not known which grant is meant, so there is no address to link to. */
const whereToSignIn = markup`<p>Each grant has an address of its own for signing in:
<span class="code">/support-access/sign-in/</span>, its namespace, a slash, its name. The customer's administrator
finds it in the grant's <span class="code">status.signInURL</span>.</p>`;
