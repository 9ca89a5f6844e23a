/**
 * What may stand around a header's value without being part of it: space and tab, nothing else (RFC 9110, 5.6.3).
 * JavaScript's own `trim()` and `\s` also take the no-break space and thirty others, which the next reader keeps: then what is
 * judged is not what is forwarded.
 */

const space = 32;
const tab = 9;

/** The text without the spaces and tabs at its ends. */
export function withoutOptionalSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isOptional(text.charCodeAt(start))) start += 1;
  while (end > start && isOptional(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** What stands between the separators, each without the spaces and tabs around it. */
export function partsOf(text: string, separator: ',' | ';'): readonly string[] {
  return text.split(separator).map(withoutOptionalSpace);
}

function isOptional(code: number): boolean {
  return code === space || code === tab;
}
