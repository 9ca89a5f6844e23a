/** Refusals of people on their way in: recorded as failed sign-ins, and told less than what is recorded. */
import { type Reason, reasons } from '../../../crds/rules/reasons.ts';
import { type FailedSignIn, failedSignIn } from '../records/sign-in-records.ts';
import type { CompletedSignIn } from '../sign-in/sign-in.ts';
import { signInWords, toldReasonOf } from '../sign-in/sign-in-reason.ts';
import type { RequestRefusal } from './refuse.ts';

/** One record for the customer, a code for the person, and no way round that begins by itself. `told` is read instead. */
export function signInRefusal(
  failed: FailedSignIn & { readonly clear?: CompletedSignIn['clear'] | undefined },
  told?: Reason,
): RequestRefusal {
  const known = toldReasonOf(failed.reason);
  // What could not be read is told as that, whatever it was: it says nothing about the grant.
  const reason = reasons[known].status === 503 ? 'StateUnavailable' : (told ?? known);
  return {
    reason,
    ...(told === undefined ? signInWords(failed.reason) : { alike: true }),
    entering: true,
    grant: failed.grant,
    record: () => failedSignIn(failed),
    failedSignIn: failed.reason,
    ...(failed.clear === undefined ? {} : { headers: { 'Set-Cookie': failed.clear } }),
  };
}

type Circumstances = Pick<FailedSignIn, 'source' | 'now'>;

/** A password or a token came to a path of ours, where only SAML opens anything (CC-2, EC-1). */
export function credentialsRefusal(circumstances: Circumstances): RequestRefusal {
  const detail = 'an Authorization header was sent; only SAML sign-in is accepted';
  return signInRefusal({ ...circumstances, reason: 'SignInFailed', detail });
}

/** One address sends requests more often than people sign in. */
export function tooManyRefusal(circumstances: Circumstances): RequestRefusal {
  const reason = 'TooManyRequests';
  return {
    reason,
    record: () => failedSignIn({ ...circumstances, reason }),
    failedSignIn: reason,
    headers: { 'Retry-After': '60' },
  };
}
