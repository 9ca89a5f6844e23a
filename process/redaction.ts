/** Takes out of text and errors what must never be printed: tokens, private keys, cookies. Used for logs and for stderr. */
import { systemErrorInWords } from './system-errors.ts';

const longestText = 500;
const mostFrames = 5;

/** Each shape of a secret, and what is left of it. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?/g, '[private key]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 [redacted]'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token]'],
  [/\b(set-cookie|cookie)(["']?\s*[:=]\s*).*/gi, '$1$2[redacted]'],
  [/\b(password|client_secret|SAMLResponse)(["']?\s*[:=]\s*)[^\s"'&]+/gi, '$1$2[redacted]'],
];

/** The value without secrets and without endless texts; objects and lists are gone through. */
export function redacted(value: unknown): unknown {
  if (typeof value === 'string') return redactedText(value);
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, redacted(each)]));
}

/** The text without secrets, at most 500 characters. */
export function redactedText(text: string): string {
  const clean = secrets.reduce((left, [shape, rest]) => left.replace(shape, rest), text);
  return clean.length <= longestText ? clean : `${clean.slice(0, longestText)}…`;
}

/** Deepest chain of causes that is told; a cycle must not be followed for ever. */
const mostCauses = 4;

/** One sentence on what was thrown, as the log has it: with the codes of the system. */
export function errorText(error: unknown): string {
  return error instanceof Error ? redactedText(error.message) : 'something that is no error was thrown';
}

/** What was thrown and what was underneath, in one line for a person: `…: no address is known for the host records.svc`. */
export function errorWithCauses(error: unknown): string {
  return redactedText([inWords(error), ...causesOf(error, causeInWords)].join(': '));
}

/** Errors of the system in words; what libraries advise to those who start Node is no advice for a person. */
function inWords(error: unknown): string {
  return systemErrorInWords(error) ?? errorText(error).replace(/; if the root CA is installed locally.*/, '');
}

/** What a person is told of causes without a code, by their names; of others nothing. */
const namelessCauses: Readonly<Record<string, string>> = {
  TimeoutError: 'no answer came in time',
  SyntaxError: 'what came back cannot be read',
};

function causeInWords(cause: Error, code: unknown): string {
  return typeof code === 'string' ? inWords(cause) : (namelessCauses[cause.name] ?? '');
}

function causeForLog(cause: Error, code: unknown): string {
  if (typeof code !== 'string') return cause.name;
  const text = errorText(cause);
  return text.includes(code) ? text : `${code} ${text}`;
}

/** Name, message, code and the nearest places of the code, and what is known of each cause. */
export function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: errorText(error) };
  const { code } = error as { readonly code?: unknown };
  const frames = (error.stack ?? '').split('\n').map((line) => line.trim());
  const causes = causesOf(error, causeForLog);
  return {
    name: error.name,
    message: errorText(error),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(causes.length > 0 ? { causes } : {}),
    at: frames.filter((line) => line.startsWith('at ')).slice(0, mostFrames),
  };
}

/**
 * Each cause, the nearest first. The text of one that carries a code was written by Node, SQLite or us about a socket, a
 * file or a certificate. Of any other only the name is told: what a parser throws quotes the response that it read.
 */
function causesOf(error: unknown, said: (cause: Error, code: unknown) => string): string[] {
  const told: string[] = [];
  let cause: unknown = error instanceof Error ? error.cause : undefined;
  for (let depth = 0; cause instanceof Error && depth < mostCauses; depth += 1) {
    const { code } = cause as { readonly code?: unknown };
    const text = said(cause, code);
    if (text !== '' && !told.includes(text)) told.push(text);
    // Attempts on several addresses of one name: each has a code, and the error of all of them has no text.
    cause = cause instanceof AggregateError ? cause.errors[0] : cause.cause;
  }
  return told;
}
