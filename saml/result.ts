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
  /**
   * What the customer's record says besides: what was received and what was expected, by how much a clock differs. It may come
   * from a document that no signature covers, so that it only explains the refusal, and goes nowhere else.
   */
  readonly evidence?: Evidence;
}

/** Texts by name; made printable and short where they are written. */
export type Evidence = Readonly<Record<string, string>>;

export type SamlResult<T> = Result<T, Invalid>;

/** What was read is right, and this is what it says. */
export function valid<T>(value: T): Valid<T> {
  return { ok: true, value };
}

/** The rule that `reason` names is broken. */
export function invalid(reason: SamlReason, detail?: string, evidence?: Evidence): Invalid {
  return {
    ok: false,
    reason,
    ...(detail === undefined ? {} : { detail }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/** A value that should have been another one. */
export function differs(reason: SamlReason, received: string | undefined, expected: string): Invalid {
  return invalid(reason, undefined, { received: received ?? 'none', expected });
}

/** Something that the rule needs could not be read. Only the kind of error is told: its text may quote the request. */
export function unreadable(reason: SamlReason, error: unknown): Invalid {
  return invalid(reason, error instanceof Error ? error.name : 'unknown failure');
}
