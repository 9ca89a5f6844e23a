/**
 * How might a lenient application read a segment of a path? Frameworks drop suffixes (`export.csv`), blanks and dots at
 * the ends, and characters that cannot be seen, or compare without regard to case or form; then they serve another
 * route than the one that an exact reader finds. It reads segments and knows no routes.
 */

/** What a segment may be taken for. */
export interface LenientReading {
  /** The whole segment, decoded, in one form and one letter case. */
  readonly folded: string;
  /** What can be seen of it, without blanks and dots at the ends; undefined where every reader sees the same. */
  readonly seen: { readonly text: string; readonly folded: string } | undefined;
}

/** Characters of which a segment is read in one way only, if its letter case is left out. */
const plain = /^[A-Za-z0-9/_~@-]*$/;
/** Format characters, fillers, variation selectors, unassigned ones, and marks that some comparisons leave out. */
const invisible = /[\p{C}\p{Default_Ignorable_Code_Point}\p{M}]/gu;
/** `+` is a blank to what decodes a path like a form; U+2800 is one to the eye. */
const blanksAtEnds = /^[\s+.\u2800]+|[\s+.\u2800]+$/gu;
/**
 * After the stem: nothing, or blanks and what begins a suffix, a parameter, a verb, a call (`export()`) or another stream of
 * the same file: any character that names have none of.
 */
const restOfStem = /^[\s+.\u2800]*(?:$|[^\p{L}\p{N}_~@-])/u;

/** Whether the path has one reading for exact and lenient applications alike, but for letter case. */
export function readsPlainly(path: string): boolean {
  return plain.test(path);
}

/** How a canonical segment may be read. Throws URIError for what is not canonical. */
export function readLeniently(segment: string): LenientReading {
  if (plain.test(segment)) return { folded: segment.toLowerCase(), seen: undefined };
  // `%40me` is `@me` to every application that decodes; a placeholder must not catch it (T-P1)
  const whole = segment.includes('%') ? decodeURIComponent(segment).normalize('NFKD') : segment;
  // A path that is not encoded is ASCII: nothing in it is invisible.
  const visible = whole === segment ? segment : whole.replaceAll(invisible, '');
  const text = visible.replaceAll(blanksAtEnds, '');
  const unmarked = whole === segment ? segment : whole.replaceAll(/\p{M}/gu, '');
  return { folded: fold(unmarked), seen: { text, folded: fold(text) } };
}

/** Whether the literal is what is left of the text when suffixes are dropped, with the blanks and dots before them. */
export function isStem(literal: string, text: string): boolean {
  if (literal === '') return text === '';
  return text.startsWith(literal) && restOfStem.test(text.slice(literal.length));
}

/** One letter case: first upper, since that is where `ß`, `ſ` and `ı` meet what they are compared with. */
export function fold(text: string): string {
  return text.toUpperCase().toLowerCase();
}
