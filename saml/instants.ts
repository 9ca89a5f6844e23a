/** Which instant does a SAML time mean, and does a window hold? Windows are half-open; skew widens both ends. */
import { parseTime } from '../crds/rules/time/time.ts';
import { type Evidence, invalid, type SamlResult, valid } from './result.ts';

/** Epoch milliseconds of a SAML time, which is UTC and says so with `Z` (SAML core 1.3.3); undefined otherwise. */
export function instantOf(text: string | undefined): number | undefined {
  return text?.endsWith('Z') ? parseTime(text) : undefined;
}

/** An instant that may be missing; a malformed one is never taken for a missing one. */
export function readInstant(text: string | undefined, element: string): SamlResult<number | undefined> {
  if (text === undefined) return valid(undefined);

  const instant = instantOf(text);
  return instant === undefined ? invalid('saml.time_malformed', element) : valid(instant);
}

/** How an instant lies to the one that it is measured by, for who sets clocks right: size and direction. */
export function clockEvidence(
  instant: number,
  { by, skewMs }: { readonly by: number; readonly skewMs: number },
): Evidence {
  const seconds = Math.abs(instant - by) / 1000;
  const direction = instant < by ? 'before' : 'after';
  return {
    received: new Date(instant).toISOString(),
    compared: new Date(by).toISOString(),
    difference: `${seconds} s ${direction}, where ${skewMs / 1000} s are allowed for clocks`,
  };
}

/** True while `now` lies before `notOnOrAfter`, give or take the skew; at the instant itself it is over. */
export function isBefore(notOnOrAfter: number, now: number, skewMs: number): boolean {
  return now < notOnOrAfter + skewMs;
}

/** True from `notBefore` on, give or take the skew. */
export function hasBegun(notBefore: number, now: number, skewMs: number): boolean {
  return now >= notBefore - skewMs;
}
