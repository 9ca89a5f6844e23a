/** Under which numbers the index holds a record, and looks for one. Two keys of one number cost a second look, and find nothing wrong. */
import { createHash } from 'node:crypto';
import type { StoredRecord } from '../../../../crds/audit/record.ts';
import { type FilterName, filterNames, recordFilters } from '../../../../crds/search/filters.ts';
import type { RecordQuery } from '../../../../crds/search/record-query.ts';

/** What a record is found by, as texts of filter and key. */
export function searchKeys(record: StoredRecord): string[] {
  return filterNames.flatMap((name) => recordFilters[name].keysOf(record).map((key) => keyIn(name, key)));
}

/** Numbers under which each record is that is meant, the narrowest first. */
export function numbersFor({ wanted }: RecordQuery): number[] {
  return filterNames.flatMap((name) => {
    const value = wanted[name];
    return value === undefined
      ? []
      : recordFilters[name].keysFor(value).map((key) => keyNumber(keyIn(name, key)));
  });
}

/** The number of a key: 48 bits, which a double holds. */
export function keyNumber(key: string): number {
  return createHash('sha256').update(key).digest().readUIntBE(0, 6);
}

/** The end of a reference number: most records differ in it, and a record is looked at before it is given. */
export function endOf(reference: string): number {
  return Number.parseInt(reference.replaceAll('-', '').slice(-8), 16);
}

function keyIn(name: FilterName, key: string): string {
  return `${name}\0${key}`;
}
