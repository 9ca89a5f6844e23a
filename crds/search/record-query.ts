/** What is looked for among the records: filters, all of which must hold, and a time. Reads it, tells it and applies it. Pure. */
import type { StoredRecord } from '../audit/record.ts';
import { type Problem, printable } from '../rules/problem.ts';
import type { WantedValue } from './filter.ts';
import { type FilterName, filterNames, recordFilters } from './filters.ts';

export interface RecordQuery {
  /** The values of the filters that were given, as they are looked for. */
  readonly wanted: Readonly<Partial<Record<FilterName, string>>>;
  /** From when on it happened, epoch milliseconds. */
  readonly since?: number;
  /** Before when it happened. */
  readonly until?: number;
}

/** Longer than any value that a record has of these. */
const longest = 512;

/**
 * Reads the values that were given for filters; the first that is wrong is a problem, with `fieldOf` its name there.
 */
export function readFilters(
  valueOf: (name: FilterName) => string | undefined,
  fieldOf: (name: FilterName) => string = (name) => name,
): RecordQuery['wanted'] | Problem {
  const wanted: Partial<Record<FilterName, string>> = {};
  for (const name of filterNames) {
    const text = valueOf(name);
    if (text === undefined) continue;
    const read = readValue(name, text);
    if ('rule' in read) return { field: fieldOf(name), value: printable(text), ...read };
    wanted[name] = read.wanted;
  }
  return wanted;
}

function readValue(name: FilterName, text: string): WantedValue {
  const filter = recordFilters[name];
  const fix = `write for example ${filter.example}`;
  if (text.trim() === '') return { rule: 'must not be empty', fix };
  if (text.length > longest) return { rule: `must have at most ${longest} characters`, fix };
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text))
    return { rule: 'must have no control or invisible characters', fix };
  return filter.read(text);
}

/** Whether the record is one that is looked for. */
export function isWanted({ wanted, since, until }: RecordQuery, record: StoredRecord): boolean {
  const at = Date.parse(record.time);
  if (since !== undefined && at < since) return false;
  if (until !== undefined && at >= until) return false;
  for (const name in wanted) {
    const value = wanted[name as FilterName];
    if (value !== undefined && !recordFilters[name as FilterName].matches(record, value)) return false;
  }
  return true;
}

/** Whether anything is asked for but all records. */
export function narrows({ wanted, since, until }: RecordQuery): boolean {
  return Object.keys(wanted).length > 0 || since !== undefined || until !== undefined;
}

/** What is looked for, in words that a record may hold. */
export function queryInWords({ wanted, since, until }: RecordQuery): string {
  const parts = [
    ...Object.entries(wanted).map(([name, value]) => `${name} ${JSON.stringify(value)}`),
    ...(since === undefined ? [] : [`since ${new Date(since).toISOString()}`]),
    ...(until === undefined ? [] : [`until ${new Date(until).toISOString()}`]),
  ];
  return parts.length === 0 ? 'all' : parts.join(', ');
}
