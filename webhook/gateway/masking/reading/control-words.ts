/**
 * Rich Text Format: what its backslashes and braces say to the reader of the text. Words that change how it looks are not
 * seen, and have to stay where a value is taken out between them, or the groups would no longer fit.
 */
import { tagMarks } from './tags.ts';

const word = '\\\\[a-zA-Z]{1,32}(?:-?[0-9]{1,10})?';
/** A control word with the blank that ends it, at the end of a text. */
export const controlWordBefore = `${word} `;
/** The same without its blank. */
export const controlWordEnds = new RegExp(`${word}$`);
/** Longest control word. */
export const longestControlWord = 46;

/** Begins a line, a paragraph or a cell, or is a blank. */
const seenWords = /^(?:par|line|lbr|tab|cell|nestcell|row|nestrow|page|column|sect|emspace|enspace|qmspace)$/;
/**
 * What an older reader shows for a character: a question mark nearly always. Another letter there does not matter, and where
 * the text says that nothing stands in for it (`\uc0`), it is the next one.
 */
const fallback = "(?:\\?|\\\\'3[fF])?";
/** The at-sign as a byte, and as a character: itself and full-width, whose number is written as a negative one. */
export const controlAtSigns = `\\\\'40|\\\\u0*(?:64|65312|-224)(?![0-9]) ?(?:[?@]|\\\\'(?:3[fF]|40))?`;

/** An optional hyphen, a hyphen that does not break, and what marks a group that may be skipped. */
const symbols: Readonly<Record<string, string>> = { '-': '', _: '-', '*': tagMarks.unseen };

/** Everything that is no letter of the text, with what it says. */
const shapes: readonly (readonly [shape: RegExp, says: (written: string) => string])[] = [
  [/^\{/, () => tagMarks.opening],
  [/^\}/, () => tagMarks.closing],
  [/^\\'([0-9a-fA-F]{2})/, (digits) => String.fromCharCode(Number.parseInt(digits, 16))],
  [new RegExp(`^\\\\u(-?[0-9]{1,6}) ?${fallback}`), (number) => String.fromCharCode(Number(number) & 0xffff)],
  [/^\\([a-zA-Z]{1,32})(?:-?[0-9]{1,10})? ?/, (name) => (seenWords.test(name) ? '\n' : tagMarks.unseen)],
  [/^\\([^a-zA-Z])/, (symbol) => symbols[symbol] ?? '\n'],
];

/** What begins at `at`: a brace, a control word, a character. */
export function controlAt(text: string, at: number): { length: number; says: string } | undefined {
  const follows = text.slice(at, at + longestControlWord);
  for (const [shape, says] of shapes) {
    const [whole, written = ''] = shape.exec(follows) ?? [];
    if (whole !== undefined) return { length: whole.length, says: says(written) };
  }
  return undefined;
}
