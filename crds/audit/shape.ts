/**
 * Reads values from outside against a declared shape: small readers that report every problem with its path, keep only
 * what was declared, escape text and cut what may be cut. They know nothing of records.
 */
import { cutText, escapeUnsafe } from './clean-text.ts';

/** One thing wrong with a record: where, and what it must be. */
export interface RecordProblem {
  readonly field: string;
  readonly rule: string;
}

/** What reading a value found out besides the value. */
export interface Findings {
  readonly problems: RecordProblem[];
  truncated: boolean;
}

/** Reads the value at `field`; `undefined` means that a problem was reported. */
export type Reader = (value: unknown, field: string, findings: Findings) => unknown;

function refuse(findings: Findings, field: string, rule: string): undefined {
  findings.problems.push({ field, rule });
  return undefined;
}

/** An identifier: refused when it is empty, too long or holds anything that would need escaping. */
export function identifier(max: number): Reader {
  return (value, field, findings) => {
    if (typeof value !== 'string' || value === '' || value.length > max || escapeUnsafe(value) !== value)
      return refuse(findings, field, `must be plain text of 1 to ${max} characters`);

    return value;
  };
}

/** Text that must match an expression entirely. */
export function matching(pattern: RegExp, rule: string): Reader {
  return (value, field, findings) =>
    typeof value === 'string' && pattern.test(value) ? value : refuse(findings, field, rule);
}

/** Text for people: normalised (NFC), escaped, and cut when too long; a cut marks the whole record. */
export function text(max: number): Reader {
  return boundedText(max, (value) => value.normalize('NFC'));
}

/** Text of which each code point is evidence (what an identity provider sent): escaped and cut, never normalised. */
export function exactText(max: number): Reader {
  return boundedText(max, (value) => value);
}

function boundedText(max: number, prepare: (value: string) => string): Reader {
  return (value, field, findings) => {
    if (typeof value !== 'string') return refuse(findings, field, 'must be text');
    // Cut before escaping as well: a megabyte of controls must not become six.
    const escaped = escapeUnsafe(prepare(cutText(value, max)));
    const cut = cutText(escaped, max);
    if (cut.length < escaped.length || value.length > max) findings.truncated = true;
    return cut;
  };
}

/** One of a closed list of texts. */
export function oneOf(...allowed: readonly string[]): Reader {
  return (value, field, findings) =>
    typeof value === 'string' && allowed.includes(value)
      ? value
      : refuse(findings, field, `must be one of ${allowed.join(', ')}`);
}

/** A whole number from 0 up to what a double carries exactly. */
export const count: Reader = (value, field, findings) =>
  Number.isSafeInteger(value) && (value as number) >= 0
    ? value
    : refuse(findings, field, 'must be a whole number, 0 or more');

/** Exactly `true`; a flag that is off is left out. */
export const flag: Reader = (value, field, findings) =>
  value === true ? true : refuse(findings, field, 'must be true or absent');

/** An instant as RFC 3339 in UTC with milliseconds, which is also a date that exists. */
export const instant: Reader = (value, field, findings) => {
  const rule = 'must be a time like 2026-01-31T12:00:00.000Z';
  if (typeof value !== 'string' || value.length !== 24) return refuse(findings, field, rule);
  const at = Date.parse(value);
  return Number.isNaN(at) || new Date(at).toISOString() !== value ? refuse(findings, field, rule) : value;
};

/** A list; what is over the bound is left out and marks the record. */
export function listOf(item: Reader, max: number): Reader {
  return (value, field, findings) => {
    if (!Array.isArray(value)) return refuse(findings, field, 'must be a list');
    if (value.length > max) findings.truncated = true;
    return value.slice(0, max).map((entry: unknown, at) => item(entry, `${field}[${at}]`, findings));
  };
}

/** A map with free keys; keys are bounded text, and what is over the bound is left out and marks the record. */
export function mapOf(item: Reader, max: number): Reader {
  const keyOf = exactText(128);
  return (value, field, findings) => {
    if (!isPlainObject(value)) return refuse(findings, field, 'must be a map');
    const names = Object.keys(value).sort();
    if (names.length > max) findings.truncated = true;
    // fromEntries defines own properties, so a key called __proto__ stays an ordinary key.
    return Object.fromEntries(
      names
        .slice(0, max)
        .map((name) => [
          keyOf(name, field, findings),
          item(value[name], `${field}[${JSON.stringify(name.slice(0, 32))}]`, findings),
        ]),
    );
  };
}

interface Fields {
  readonly required?: Readonly<Record<string, Reader>>;
  readonly optional?: Readonly<Record<string, Reader>>;
}

/** An object with exactly these fields; a field that was not declared is a problem, never dropped in silence. */
export function objectOf({ required = {}, optional = {} }: Fields): Reader {
  const readers: Readonly<Record<string, Reader>> = { ...required, ...optional };
  return (value, field, findings) => {
    if (!isPlainObject(value)) return refuse(findings, field, 'must be an object');
    const prefix = field === '' ? '' : `${field}.`;
    const read: Record<string, unknown> = {};
    for (const name of Object.keys(required))
      if (value[name] === undefined) refuse(findings, `${prefix}${name}`, 'must be given');

    for (const [name, given] of Object.entries(value)) {
      if (given === undefined) continue;
      const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
      const at = `${prefix}${escapeUnsafe(name.slice(0, 64))}`;
      if (reader === undefined) refuse(findings, at, 'must not be given: no such field');
      else read[name] = reader(given, at, findings);
    }
    return read;
  };
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
