/** The results of the rules of SAML: a value, or what is wrong. Never an exception. */
import type { SamlReason } from './reasons.ts';

/** A value, or the fields of `E`, which say why there is none. */
export type Result<T, E extends object> = Valid<T> | ({ readonly ok: false } & E);

export interface Valid<T> {
  readonly ok: true;
  readonly value: T;
}

/** Something broke the rule that `reason` names. */
export interface Invalid {
  readonly ok: false;
  readonly reason: SamlReason;
  /** Where or what, short and printable; never a value from inside the response that could be personal. */
  readonly detail?: string;
}

export type SamlResult<T> = Result<T, Invalid>;

/** What was read is right, and this is what it says. */
export function valid<T>(value: T): Valid<T> {
  return { ok: true, value };
}

/** The rule that `reason` names is broken. */
export function invalid(reason: SamlReason, detail?: string): Invalid {
  return detail === undefined ? { ok: false, reason } : { ok: false, reason, detail };
}

/** Something that the rule needs could not be read. Only the kind of error is told: its text may quote the request. */
export function unreadable(reason: SamlReason, error: unknown): Invalid {
  return invalid(reason, error instanceof Error ? error.name : 'unknown failure');
}
