/** Is the consent still one? What ended it for good stays in the status, until a higher number is consented to. */
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';
import { consentOf } from '../consent.ts';
import { isReason } from '../reasons.ts';

export const consentStands = {
  name: 'consentStands',
  entryPoints: [
    'opening',
    'person',
    'anonymous',
    'sign-in',
    'session',
    'application',
    'kube-api',
    'kubernetes',
  ],
  check,
} as const satisfies Check;

function check({ grant }: Ask): CheckResult {
  const ended = grant?.status?.consentEnded;
  if (grant === undefined || ended === undefined || ended.consent < consentOf(grant)) return untilChanged;
  const reason = isReason(ended.reason) ? ended.reason : 'NotOpened';
  const detail = `Consent ${ended.consent} ended with ${ended.reason} and does not come back by itself.`;
  return { reason, detail: `${detail} Raise spec.consent to consent again.` };
}
