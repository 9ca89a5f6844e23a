/**
 * The number on the page of a refusal, by which the customer finds its record: the random end of the record's id, in groups
 * that can be read out on the telephone. It says nothing by itself, and opens nothing.
 */

/** Of an id's last part, which is random in every id that we make (UUID version 7). */
const digits = 12;
const groupOf = 4;
const written = /^[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}$/i;
/** What a word processor or a telephone makes of a hyphen. */
const hyphens = /[\u2010-\u2015\u2212]/g;

/** The reference number of a record, such as `A1B2-C3D4-E5F6`. */
export function referenceOf(recordId: string): string {
  const end = recordId.replaceAll('-', '').slice(-digits).toUpperCase();
  const groups = Array.from({ length: digits / groupOf }, (_, at) =>
    end.slice(at * groupOf, (at + 1) * groupOf),
  );
  return groups.join('-');
}

/** A reference number as a person may write it, in the one form; undefined for what is none. */
export function readReference(text: string): string | undefined {
  const plain = text.replaceAll(hyphens, '-').replaceAll(/\s/g, '');
  return written.test(plain) ? referenceOf(plain) : undefined;
}
