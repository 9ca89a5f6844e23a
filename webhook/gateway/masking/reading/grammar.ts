/**
 * By which rules a text is read: what writes a character in another form, what its reader does not see, and which marks
 * are syntax of the text around a word.
 */

/**
 * `plain` has no syntax around a word (JSON, event streams), `csv` neither, and has columns, `markup` has (HTML, XML, scripts, headers), `style` is
 * CSS, `card` is vCard, iCalendar and LDIF with their folded lines, `mail` is a text in quoted-printable, `rtf` is Rich Text
 * Format.
 */
export type TextKind = 'plain' | 'csv' | 'markup' | 'style' | 'card' | 'mail' | 'rtf';

export interface TextGrammar {
  /** Whether `= / ? { } |` are syntax and end a word. */
  readonly marksAreSyntax: boolean;
  /** Whether a line break with a blank after it is none (RFC 6350 3.2, RFC 5545 3.1, RFC 2849). */
  readonly folded: boolean;
  /** Whether `=40` is a character and `=` at the end of a line joins it with the next (RFC 2045 6.7). */
  readonly quotedPrintable: boolean;
  /** Whether `\40 ` is a character and a backslash at the end of a line is not seen (CSS Syntax 4.3.7). */
  readonly styleEscapes: boolean;
  /** Whether every backslash with hexadecimal digits is such an escape, or only one that no script means otherwise. */
  readonly onlyStyleEscapes: boolean;
  /** Whether `\'40` and `\u64?` are characters, and control words, groups and line breaks are not seen (RTF 1.9.1). */
  readonly controlWords: boolean;
  /** Longest element that is read across, and whether it may hold line breaks. */
  readonly tags: { readonly longest: number; readonly lines: boolean };
  /** Which names without a dot are hosts. */
  readonly isBareHost: (name: string) => boolean;
}

const plain: TextGrammar = {
  marksAreSyntax: false,
  folded: false,
  quotedPrintable: false,
  styleEscapes: false,
  onlyStyleEscapes: false,
  controlWords: false,
  // A stream of events must not wait for the end of `a < b`.
  tags: { longest: 256, lines: false },
  isBareHost: () => false,
};

const markup: TextGrammar = {
  ...plain,
  marksAreSyntax: true,
  styleEscapes: true,
  tags: { longest: 4096, lines: true },
};

export const grammars: Readonly<Record<TextKind, TextGrammar>> = {
  plain,
  csv: plain,
  markup,
  style: { ...markup, onlyStyleEscapes: true },
  // Version 2.1 of vCard has quoted-printable, later ones have not.
  card: { ...plain, marksAreSyntax: true, folded: true, quotedPrintable: true },
  rtf: { ...plain, marksAreSyntax: true, controlWords: true, tags: { longest: 0, lines: false } },
  mail: { ...markup, quotedPrintable: true },
};
