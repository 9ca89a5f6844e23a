/**
 * Text in lines that are no longer than a screen is wide. Names and words of objects cannot move the cursor of the terminal, turn
 * what is read around, or begin a line that looks like one of ours: all of it is escaped here. Pure.
 */
import { escapeUnsafe, shortened } from '../../crds/audit/clean-text.ts';
import { type Column, cellsIn } from '../output-table.ts';

/** Where no terminal says how wide it is. */
export const usualWidth = 80;

/** Breaks a text at its spaces. Lines after the first are indented; a word that is longer than a line stays whole. */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of escapeUnsafe(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width || line === '' || line === indent) {
      line = longer;
    } else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line];
}

/** Texts behind a label, each in lines that begin under each other. */
export function labelled(
  label: string,
  texts: readonly string[],
  { width, column }: { readonly width: number; readonly column: number },
): string[] {
  const lines = texts.flatMap((text) => wrapped(text, Math.max(narrowest, width - column)));
  return lines.map((line, at) => `${(at === 0 ? label : '').padEnd(column)}${line}`.trimEnd());
}

/** Below this a column of words cannot be read. */
const narrowest = 24;

/** A table whose last column goes on in the next line where the screen ends. */
export function fittedTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number = usualWidth,
): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => cellsIn(columns, row))];
  const last = columns.length - 1;
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)) + gap);
  const before = widths.slice(0, last).reduce((sum, each) => sum + each, 0);
  const left = Math.max(narrowest, width - before);
  return cells
    .flatMap((row) => {
      const start = row.slice(0, last).map((cell, at) => cell.padEnd(widths[at] ?? 0));
      const [first = '', ...rest] = wrapped(row[last] ?? '', left);
      return [start.join('') + first, ...rest.map((line) => ' '.repeat(before) + line)];
    })
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

const gap = 3;

/** The narrowest that a cut cell becomes: a few letters still tell one name from another. */
const fewestLetters = 6;

/**
 * A table whose rows stay in one line each: where the screen is too narrow, the longest cells end in an ellipsis, and a line below
 * says how to see them. Without a screen nothing is cut: what reads it may want every name.
 */
export function cutTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  screen: number | undefined,
): string {
  const cells = rows.map((row) => cellsIn(columns, row));
  const whole = columns.map(({ title }, at) =>
    Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)),
  );
  const widths = narrowedTo(screen ?? Number.POSITIVE_INFINITY, columns, whole);
  const lineOf = (row: readonly string[]): string =>
    row.map((cell, at) => shortened(cell, widths[at] ?? 0).padEnd((widths[at] ?? 0) + gap)).join('');
  const lines = [columns.map(({ title }) => title), ...cells].map((row) => `${lineOf(row).trimEnd()}\n`);
  const isCut = widths.some((width, at) => width < (whole[at] ?? 0));
  return lines.join('') + (isCut ? cutNote : '');
}

const cutNote = '… is where the screen is too narrow; -o wide shows all.\n';

/** The widths of the columns, of which the widest give way until all fit. */
function narrowedTo<Row>(
  screen: number,
  columns: readonly Column<Row>[],
  whole: readonly number[],
): readonly number[] {
  const widths = [...whole];
  const total = (): number => widths.reduce((sum, each) => sum + each + gap, -gap);
  while (total() > screen) {
    const widest = widths.indexOf(Math.max(...widths));
    const least = Math.max(fewestLetters, columns[widest]?.title.length ?? 0);
    if ((widths[widest] ?? 0) <= least) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
