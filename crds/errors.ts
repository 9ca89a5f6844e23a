/**
 * Which unexpected things the product can name: one error class, one closed list of codes.
 * Expected outcomes (a refusal, a problem in an object) are values and never come from here.
 */

/**
 * Stable codes; callers branch on them, never on message texts.
 * - `records_unavailable`: the records could not be reached or did not answer in time; it is not known whether anything was written.
 * - `records_halted`: the store met a write error and takes nothing until it could be opened anew.
 * - `records_conflict`: the idempotency key was used before with other content.
 * - `records_invalid`: a record breaks the schema, or its writer may not append its type.
 * - `records_older`: the record cites objects that were changed since; read them again and decide anew.
 * - `records_rolled_back`: the record cites what came back from a backup; a person has to confirm that it is meant so.
 * - `records_forbidden`: the caller is not known to the records or may not do this.
 */
export const errorCodes = [
  'records_unavailable',
  'records_halted',
  'records_conflict',
  'records_invalid',
  'records_older',
  'records_rolled_back',
  'records_forbidden',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** The one error of the product; `code` says what happened, `cause` keeps what was underneath. */
export class SupportAccessError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'SupportAccessError';
    this.code = code;
  }
}

/** Whether something that was thrown is ours, and, when a code is given, exactly that one. */
export function isSupportAccessError(thrown: unknown, code?: ErrorCode): thrown is SupportAccessError {
  return thrown instanceof SupportAccessError && (code === undefined || thrown.code === code);
}
