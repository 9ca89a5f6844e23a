/**
 * What does a refused person read? What happened, what it means and what to do next: the texts that follow from the column
 * `refusedAs` of the reasons. Nothing here tells how the customer's cluster is set up.
 */
import type { RefusedAs } from './reason-rule.ts';
import { type Reason, reasons, sentenceFor } from './reasons.ts';

export interface RefusalTexts {
  readonly heading: string;
  /** What it means for the person; nothing where the sentence of the reason says it. */
  readonly means?: string;
  readonly next: string;
  /**
   * Whether signing in helps. `at once`: a browser is sent there by itself; `button`: where going by itself would lead in a
   * circle or would end a session that lives; `to enter`: as `button`, for those who have no session yet; `later`: only
   * after the customer has done something, and the page shows the address; nothing: it does not help.
   */
  readonly signIn?: 'at once' | 'button' | 'to enter' | 'later';
  /** What the button says, where it is not to sign in again. */
  readonly button?: string;
}

const askThenSignIn = 'Ask the customer. When access is open again, sign in at the grant’s address.';

/** THE texts. */
const texts = {
  nothing: { heading: 'Access is open', next: 'Go on.' },

  closed: {
    heading: 'Access is closed',
    means: 'Nothing is let through any more, and a session that was begun has ended.',
    next: askThenSignIn,
    signIn: 'later',
  },
  'not-open': {
    heading: 'Access is not open',
    means:
      'It is not open yet, or not any more, or not to you, or not from your address. Only the customer can see which.',
    next: askThenSignIn,
    signIn: 'later',
  },
  'not-to-you': {
    heading: 'Not open to you',
    means: 'Nothing is let through to you, and a session that was begun has ended.',
    next: 'Ask the support operations of your own company, who keep the list of support users and their roles, or the customer, who decides which of them a grant names. When that is changed, sign in at the grant’s address.',
    signIn: 'later',
  },
  'session-over': {
    heading: 'Your session has ended',
    next: 'Sign in again. If that is refused, ask the customer whether access is open.',
    signIn: 'at once',
  },
  'not-signed-in': {
    heading: 'Not signed in',
    next: 'Sign in at the address of the grant that you work under.',
    signIn: 'at once',
  },
  'not-signed-in-now': {
    heading: 'The sign-in did not succeed',
    means: 'Nothing was opened.',
    next: 'Try again. If it is refused again, give the reference number to the customer.',
    signIn: 'button',
  },
  'provider-refused': {
    heading: 'The identity provider refused the sign-in',
    means: 'It was refused there, by its own rules. Nothing was opened here.',
    next: 'Ask the administrators of that identity provider. With the reference number the customer finds what it said.',
    signIn: 'button',
  },
  'set-up-wrong': {
    heading: 'The sign-in is not set up right',
    means:
      'The identity provider and this installation differ in their settings, so that no one can sign in like this. It is no fault of yours, and nothing was opened.',
    next: 'Give the reference number to the customer, whose records say what was received and what was expected. Trying again does not help before that is put right.',
  },
  'took-too-long': {
    heading: 'The sign-in took too long',
    means: 'It has ten minutes from the beginning to the end. Nothing was opened.',
    next: 'Start again.',
    signIn: 'button',
    button: 'Start again',
  },
  'start-again': {
    heading: 'This sign-in cannot go on',
    means:
      'The answer of the identity provider belongs to no sign-in that this browser has open: each counts once, in the browser that began it. Nothing was opened.',
    next: 'Start again. If that is refused too, give the reference number to the customer.',
    signIn: 'button',
    button: 'Start again',
  },
  'not-named': {
    heading: 'You are not named here',
    means:
      'The identity provider knows you, and the grant names no one of the name that it sent. Nothing was opened.',
    next: 'Ask the support operations of your own company, who keep the list of support users, or the customer, and give them the reference number.',
    signIn: 'later',
  },
  'not-entered': {
    heading: 'The application was not entered',
    means: 'Such a code can be used once, within a minute, in the browser that asked for it.',
    next: 'Open the page of the application again. If that is refused too, sign in again.',
    signIn: 'button',
  },

  'other-address': {
    heading: 'Your address has changed',
    means: 'A session can be used only from the address at which it was started. It was not ended.',
    next: 'Go back to that network, or sign in again from here.',
    signIn: 'button',
  },
  'not-from-here': {
    heading: 'Not open from your address',
    means: 'Your session was not ended; only requests from this address are refused.',
    next: 'Use a network that the customer has listed, or ask the customer to list the address that you have now.',
  },
  'not-this-application': {
    heading: 'This application is not open to you',
    means: 'Your session was not ended.',
    next: 'Ask the customer to name this application in the grant, or go back to the one that it names.',
  },
  'not-allowed': {
    heading: 'Not allowed',
    means: 'Your session goes on; only this request was refused.',
    next: 'Go back. If your work needs it, ask the customer to allow it in the permission matrix.',
  },
  unassignable: {
    heading: 'Support users cannot be assigned',
    means: 'Whatever the permission matrix allows. Your session goes on; only this request was refused.',
    next: 'Go back, and choose a person of the customer. If support has to be named there, ask the customer to do it.',
  },
  'other-site': {
    heading: 'Refused because of where it came from',
    means: 'Another site, or a program, made the request in your name. Your session goes on.',
    next: 'Open the page on this host, and do it there again.',
  },
  'not-served': {
    heading: 'Not served to support',
    means: 'A service worker could show pages after your session has ended. Your session goes on.',
    next: 'Go on without it: applications work without their service worker. If this one does not, tell the customer.',
  },

  malformed: {
    heading: 'The request cannot be accepted',
    means: 'It was refused before anything was done.',
    next: 'Correct the address or the request, and send it again.',
  },
  'nothing-here': {
    heading: 'Nothing is here',
    next: 'Check the address for mistakes. You sign in at the address of your grant, which ends in /support-access/sign-in/, its namespace, a slash and its name.',
  },
  'too-large': {
    heading: 'Too large',
    means: 'It was refused as a whole, and nothing of it was kept.',
    next: 'Send a smaller file, or ask the customer to raise maxAttachmentSizeMB of the application.',
  },
  'too-many': {
    heading: 'Too many requests',
    means: 'Nothing was done.',
    next: 'Wait a minute, then try again.',
    signIn: 'to enter',
  },

  'not-now': {
    heading: 'Not available at the moment',
    means: 'Nothing was let through, so that nothing happens unseen. It is no fault of yours.',
    next: 'Try again in a minute. If it lasts, give the reason code and the time to the customer.',
    signIn: 'to enter',
  },
  'not-reached': {
    heading: 'The application cannot be reached',
    means: 'Your access is open, and nothing was sent to the application.',
    next: 'Tell the customer that the Service behind the application has to be put right, then try again.',
  },
  'not-answered': {
    heading: 'The application did not answer',
    means: 'Your access is open. It is not known whether the application did what you asked for.',
    next: 'Look whether it was done, then try again. If it lasts, tell the customer that the application is away.',
  },
  'not-maskable': {
    heading: 'The answer cannot be shown',
    means: 'So it was not passed on. What you asked for may have been done.',
    next: 'Go back. If you need this page, give the reason code to the customer, whose records say what was wrong with the answer.',
  },
} as const satisfies Record<RefusedAs, RefusalTexts>;

/** What a person reads who is refused like this. */
export const refusalTexts: Readonly<Record<RefusedAs, RefusalTexts>> = texts;

/** What the vendor's people may read of a refusal; the customer reads the true reason in status and records. */
export interface Told {
  readonly reason: Reason;
  readonly message: string;
  readonly next: string;
  /** By which the customer finds the record of this very refusal (`kubectl support-access explain`). */
  readonly reference?: string;
}

/**
 * The code, the sentence and the way out. How the customer's cluster is set up is told as `NotOpened`; what could not be read
 * about it as that, since access may be open.
 */
export function toldToSupport(reason: Reason): Told {
  const told = toldReason(reason);
  return { reason: told, message: sentenceFor(told), next: textsFor(told).next };
}

function toldReason(reason: Reason): Reason {
  const { customerOnly, status } = reasons[reason];
  if (!customerOnly) return reason;
  return status === 503 ? 'StateUnavailable' : 'NotOpened';
}

/** The texts beside the sentence of a reason that may be told. */
export function textsFor(reason: Reason): RefusalTexts {
  return refusalTexts[reasons[reason].refusedAs];
}
