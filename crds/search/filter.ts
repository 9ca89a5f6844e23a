/** The form of a filter of records: what it takes, and which records it means. */
import type { StoredRecord } from '../audit/record.ts';
import { type Problem, printable } from '../rules/problem.ts';

/** A value as it is looked for, or which rule it breaks and what to write. */
export type WantedValue = { readonly wanted: string } | Pick<Problem, 'rule' | 'fix'>;

export interface RecordFilter {
  /** How the value is called in help: `<name>`. */
  readonly value: string;
  /** What records it finds, in a line. */
  readonly says: string;
  /** A value that is right. */
  readonly example: string;
  /** Reads a value that was given; control characters and bounds are settled. */
  read(text: string): WantedValue;
  /** The keys under which an index holds a record. */
  keysOf(record: StoredRecord): readonly string[];
  /** Keys that each record has which is meant; none where an index cannot help. */
  keysFor(wanted: string): readonly string[];
  /** Whether the record is meant. */
  matches(record: StoredRecord, wanted: string): boolean;
}

type Values = (record: StoredRecord) => readonly (string | undefined)[];

interface Described {
  readonly value: string;
  readonly says: string;
  readonly example: string;
}

/** A filter by whole values, in any letter case where that is said. */
export function whole(
  described: Described,
  valuesOf: Values,
  { read = asGiven, fold = false }: { read?: RecordFilter['read']; fold?: boolean } = {},
): RecordFilter {
  const folded = (text: string): string => (fold ? text.toLowerCase() : text);
  const keysOf = (record: StoredRecord): string[] =>
    valuesOf(record).flatMap((value) => (value === undefined ? [] : [folded(value)]));
  return {
    ...described,
    read,
    keysOf,
    keysFor: (wanted) => [folded(wanted)],
    matches: (record, wanted) => keysOf(record).includes(folded(wanted)),
  };
}

/** Names may hold nearly anything, so only what is meant as a pattern or was quoted twice is refused. */
export function asGiven(text: string): WantedValue {
  if (text.includes('*')) {
    const rule = 'must be the whole value, since * stands for nothing here';
    return { rule, fix: 'write it out, or use text' };
  }
  if (/^(["'`]).*\1$/.test(text))
    return { rule: 'must not be in quotes of its own', fix: `write ${printable(text.slice(1, -1))}` };
  return { wanted: text };
}
