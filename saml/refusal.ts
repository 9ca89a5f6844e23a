/** How a rule of the SAML door answers: with a value, or with a refusal that names the rule. Never with an exception. */
import type { SignInReason } from './reasons.ts';

export interface Refused {
  readonly ok: false;
  readonly reason: SignInReason;
  /** Where or what, short and printable; never a value from inside the answer that could be personal. */
  readonly detail?: string;
}

export interface Accepted<T> {
  readonly ok: true;
  readonly value: T;
}

export type Outcome<T> = Accepted<T> | Refused;

/** A refusal by the rule that `reason` names. */
export function refuse(reason: SignInReason, detail?: string): Refused {
  return detail === undefined ? { ok: false, reason } : { ok: false, reason, detail };
}

/** A refusal because the world could not be asked. Only the kind of failure is told: messages may quote what was asked. */
export function unreadable(reason: SignInReason, error: unknown): Refused {
  return refuse(reason, error instanceof Error ? error.name : 'unknown failure');
}

/** An accepted value. */
export function accept<T>(value: T): Accepted<T> {
  return { ok: true, value };
}
