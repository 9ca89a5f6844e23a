/**
 * Local parts in quotation marks (RFC 5322, 3.4.1): `"ada b"@x.com`, with the marks in any form in which a text around
 * them writes its own. They may hold blanks and at-signs, so that no word bounds find them.
 */

/** Furthest from the first mark to the at-sign: 64 characters, some of them escaped. */
export const longestQuoted = 160;

const form = '(?:\\\\*"|"{2,4}|&(?:quot|#34|#[xX]22);|%22|\\\\+(?:u00|x)22)';
const closing = new RegExp(`${form}$`);
const opening = new RegExp(form, 'g');
/** What a name begins and ends with inside the marks: between the values of a list stand commas and blanks. */
const nameLike = /^[\w.!#$%&'*+/?^`{|}~\u0080-\uffff-](?:.*[\w.!#$%&'*+/?^`{|}~\u0080-\uffff-])?$/;
/** One such character alone stands between two values: `"a "|"@b"`; a cell without marks may stand there too: `"a "|1|"@b"`. */
const separator = /^(?:[+&/=.!#*?$%-]|([|^~])(?:.*\1)?)$/;
/** Beginnings of words. After an equals sign an attribute begins, which may end right before another one's `@`. */
const beforeName = /[\s<>([{,:;]/;

/** Where the quoted local part begins that ends at `at`, not before `least`; -1 where there is none. */
export function quotedStart(text: string, at: number, least: number): number {
  if (!mayClose(text.charCodeAt(at - 1))) return -1;
  const from = Math.max(least, at - longestQuoted);
  const [mark] = closing.exec(text.slice(Math.max(from, at - 12), at)) ?? [];
  if (mark === undefined) return -1;
  const end = at - mark.length;
  const start = openingBefore(text, { mark, from, end });
  if (start < 0 || !mayOpen(text, start, mark)) return -1;
  return isName(text.slice(start + mark.length, end), mark) ? start : -1;
}

/** Where the nearest such mark stands before `end`; one with a backslash in front is a character of the name. */
function openingBefore(
  text: string,
  { mark, from, end }: { readonly mark: string; readonly from: number; readonly end: number },
): number {
  const before = text.slice(from, end);
  let start = before.length;
  do {
    if (start < mark.length) return -1;
    start = before.lastIndexOf(mark, start - mark.length);
  } while (start > 0 && /(?:\\|%5c)$/i.test(before.slice(Math.max(0, start - 3), start)));
  return start < 0 ? -1 : from + start;
}

/**
 * Whether this is one name. A quotation mark that is escaped less ends the string, the cell or the attribute around it: what
 * stands between is then in two of them, and would be taken out with the border between them.
 */
function isName(inside: string, mark: string): boolean {
  if (!nameLike.test(inside) || separator.test(inside)) return false;
  if (mark.endsWith('"')) {
    const others = inside.match(mark.startsWith('""') ? /"+/g : /\\*"/g) ?? [];
    return others.every(({ length }) => length >= mark.length) && (mark !== '"' || !/[<>]/.test(inside));
  }
  return mark.startsWith('\\') ? !/(?:^|[^\\])"/.test(inside) : !/[<>"]/.test(inside);
}

/** Where the first quotation mark stands whose local part may go on after the text; its length where there is none. */
export function openQuote(text: string, least: number): number {
  const from = Math.max(least, text.length - longestQuoted, text.lastIndexOf('\n') + 1);
  opening.lastIndex = Math.max(0, from);
  for (let found = opening.exec(text); found !== null; found = opening.exec(text))
    if (mayOpen(text, found.index, found[0])) return found.index;

  return text.length;
}

/** The last character of each form: itself, the end of a reference, the end of a number. */
function mayClose(code: number): boolean {
  return code === 0x22 || code === 0x3b || code === 0x32;
}

/** Whether a word may begin at this mark. One that is escaped stands in a text that is quoted itself. */
function mayOpen(text: string, start: number, mark: string): boolean {
  const before = text[start - 1];
  return before === undefined || beforeName.test(before) || (mark.length > 1 && /["'=]/.test(before));
}
