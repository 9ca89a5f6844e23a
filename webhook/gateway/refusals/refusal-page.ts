/** What a person sees who was refused: what happened, what it means, what can be done, and a code to pass on. Never the detail. */
import { type RefusalTexts, type Told, textsFor } from '../../../crds/rules/refusal-texts.ts';
import { type Markup, markup } from '../../../process/markup.ts';
import { page, signInAgain } from '../pages/layout.ts';

export interface RefusalPage {
  readonly told: Told;
  /** Those of the reason, unless one reason has many causes. */
  readonly texts?: RefusalTexts;
  /** Which rule of the request gate. */
  readonly rule?: string | undefined;
  /** Where signing in begins, for those whom it helps now or later. */
  readonly signIn?: string | undefined;
  /** Whether the customer finds it in the records: not where nothing was claimed, and not while they take nothing. */
  readonly isRecorded: boolean;
}

export function refusalPage({ told, texts, rule, signIn, isRecorded }: RefusalPage): string {
  const { reason, message, next, reference } = told;
  const { heading, means, signIn: when, button } = texts ?? textsFor(reason);
  const details = isRecorded ? ' The customer can see the details in the records.' : '';
  return page(
    heading,
    markup`<p>${[message, ...(means === undefined ? [] : [means])].join(' ')}</p>
<p>${next}</p>
${when === undefined ? '' : waysIn(signIn, when, button)}
<p class="quiet">Reason code: <span class="code">${reason}</span>.${coded('Rule', rule)}${details}</p>
${reference === undefined ? '' : markup`<p class="quiet">Reference number: <span class="code">${reference}</span></p>`}`,
  );
}

function coded(name: string, value: string | undefined): Markup | '' {
  return value === undefined ? '' : markup` ${name}: <span class="code">${value}</span>.`;
}

function waysIn(
  signIn: string | undefined,
  when: NonNullable<RefusalTexts['signIn']>,
  button: string | undefined,
): Markup | '' {
  if (signIn === undefined) return when === 'to enter' ? '' : whereToSignIn;
  // No button: it would be pressed at once, and lead to the next refusal.
  return when === 'later'
    ? markup`<p><a class="code" href="${signIn}">${signIn}</a></p>`
    : signInAgain(signIn, button);
}

/** Without a session it is not known which grant is meant, so there is no address to link to. */
const whereToSignIn = markup`<p>Each grant has an address of its own for signing in:
<span class="code">/support-access/sign-in/</span>, its namespace, a slash, its name. The customer's administrator
finds it in the grant's <span class="code">status.signInURL</span>.</p>`;
