/** Text in lines that are no longer than a screen is wide. Pure. */
import type { Column } from '../output-table.ts';

/** Where no terminal says how wide it is. */
export const usualWidth = 80;

/** Breaks a text at its spaces. Lines after the first are indented; a word that is longer than a line stays whole. */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
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

/** Below this a column of words cannot be read. */
const narrowest = 24;

/** A table whose last column goes on in the next line where the screen ends. */
export function fittedTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number = usualWidth,
): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ of }) => of(row) || '-')),
  ];
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
