/** Quotation marks as JSON, scripts and attributes write them, also those of a text inside another. */

/** The source of a pattern for one that opens. */
export const openingQuote = `\\\\{0,15}["']|&quot;|&#34;|&#[xX]22;|%22`;

/** What may become one, at the end of a text. */
export const begunQuote = `\\\\{1,15}|&[#\\w]{0,5}|%2?`;

/**
 * Where the mark stands that closes what this one opened; -1 where there is none yet. A line's end closes too, because no
 * such text has one, and so does the mark of the text around.
 */
export function closingQuote(text: string, from: number, opening: string): number {
  const lineEnd = text.indexOf('\n', from);
  const until = lineEnd < 0 ? text.length : lineEnd;
  const isEntity = /^[&%]/.test(opening);
  const mark = isEntity ? opening : (opening.at(-1) ?? '"');
  const depth = isEntity ? 0 : opening.length - 1;
  for (let at = text.indexOf(mark, from); at >= 0 && at < until; at = text.indexOf(mark, at + 1)) {
    const run = backslashesBefore(text, at, from);
    if (run < depth) return at - run;
    // Each level inside doubles the backslashes and adds one.
    if (run % (2 * (depth + 1)) === depth) return at - depth;
  }
  return lineEnd;
}

function backslashesBefore(text: string, at: number, from: number): number {
  let run = 0;
  while (at - run > from && text[at - run - 1] === '\\') run += 1;
  return run;
}

/** The last place at which a text inside marks may be cut without parting backslashes from what they escape. */
export function safeCut(text: string, from: number): number {
  let cut = Math.max(from, text.length - 16);
  while (cut > from && text[cut - 1] === '\\') cut -= 1;
  return cut;
}
