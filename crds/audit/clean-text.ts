/**
 * Makes text from outside safe in a record, a log line and a terminal. It escapes; it never decides whether the text is
 * acceptable.
 */

// Control characters, lone surrogates, bidi controls, line and paragraph separators, zero-width space, BOM, tag
// characters: ANSI escapes from a log reached terminals (CVE-2021-25743), bidi marks reorder what a person reads.
const unsafe = /[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Zl}\p{Zp}\u200b\ufeff\u{e0000}-\u{e007f}]/gu;

/** The text with everything invisible or dangerous written out as `\uXXXX`; applying it twice changes nothing. */
export function escapeUnsafe(text: string): string {
  return replaceUnsafe(text, (codePoint) => {
    const hex = codePoint.toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
  });
}

/** The same in another way of writing, for a form that has escapes of its own. */
export function replaceUnsafe(text: string, escaped: (codePoint: number) => string): string {
  return text.replace(unsafe, (found) => escaped(found.codePointAt(0) ?? 0));
}

/**
 * The text cut to at most `max` UTF-16 units, never through the middle of a character: half of one
 * is no valid text, and would be written out as an escape that is longer than the bound.
 */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? max - 1 : max);
}

/** The text cut to `max`, with an ellipsis as its last character: who reads it sees that there was more. */
export function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${cutText(text, max - 1)}…`;
}
