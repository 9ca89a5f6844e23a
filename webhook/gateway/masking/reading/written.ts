/**
 * What is written where a value is taken out, so that the text stays one of its kind: elements inside the value stay,
 * and a folded line becomes no longer than its format allows.
 */
import type { TextGrammar } from './grammar.ts';
import type { SourceSpan } from './reading.ts';
import { lineReach } from './word-bounds.ts';

/** Longest line of vCard and iCalendar (RFC 6350 3.2), and of quoted-printable (RFC 2045 6.7). */
const longestLine = 75;

/** A value to take out, with the elements around and inside it. */
interface Taken extends SourceSpan {
  readonly tags: readonly SourceSpan[];
  /** Where the value before it ended. */
  readonly after: number;
}

/** The value as the finder reports it, or that more of its line is needed. */
export function writtenIn(
  text: string,
  { start, end, tags, after }: Taken,
  { grammar, final }: { readonly grammar: TextGrammar; readonly final: boolean },
): { start: number; end: number; written?: (by: string) => string } | { openFrom: number } {
  const inside = tags
    .filter((tag) => tag.start >= start && tag.end <= end)
    .map((tag) => text.slice(tag.start, tag.end))
    .join('');
  const found = { start, end, ...(inside === '' ? {} : { written: (by: string) => by + inside }) };
  if (!grammar.folded && !grammar.quotedPrintable) return found;
  const follows = text.slice(end, end + longestLine + 2);
  const lineEnd = follows.search(/\r?\n/);
  if (!final && lineEnd < 0 && follows.length < longestLine + 2) return { openFrom: start };
  const line: Line = {
    before: text.slice(Math.max(after, start - lineReach, 0), start),
    rest: lineEnd < 0 ? follows.length : lineEnd,
    lineBreak: /\r\n/.test(text.slice(Math.max(0, start - lineReach), end) + follows) ? '\r\n' : '\n',
    joined: grammar.quotedPrintable && /=[ \t]*\r?\n/.test(text.slice(start, end)),
  };
  return { ...found, written: (by) => inLines(by + inside, line, grammar) };
}

/** The line in which something is replaced. */
interface Line {
  /** What stands before it, as far as it is there and unchanged. */
  readonly before: string;
  /** How many characters follow in the line. */
  readonly rest: number;
  readonly lineBreak: string;
  /** Whether the value went over several lines of quoted-printable. */
  readonly joined: boolean;
}

/** The replacement in lines that are no longer than they may be. */
function inLines(by: string, { before, rest, lineBreak, joined }: Line, grammar: TextGrammar): string {
  const soft = `=${lineBreak}`;
  // Its lines were as long as they may be: it gets one of its own.
  if (joined) return soft + by + (rest > 0 ? soft : '');
  if (!grammar.folded) return by;
  const lineStart = before.lastIndexOf('\n') + 1;
  // A line whose beginning is not there, or in which a value was taken out before, is taken for a full one.
  const column = lineStart > 0 ? before.length - lineStart : longestLine;
  const isQuoted = /QUOTED-PRINTABLE[:;]/i.test(before.slice(lineStart));
  const joint = isQuoted ? soft : `${lineBreak} `;
  if (column + by.length > longestLine) return joint + by + jointAfter(1 + by.length + rest, rest, joint);
  return by + jointAfter(column + by.length + rest, rest, joint);
}

function jointAfter(column: number, rest: number, joint: string): string {
  return rest > 0 && column > longestLine ? joint : '';
}
