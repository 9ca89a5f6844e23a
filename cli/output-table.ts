/** Prints rows as a table with aligned columns, as kubectl does. */
import { escapeUnsafe } from '../crds/audit/clean-text.ts';

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string;
}

const gap = 3;
const empty = '-';

/** The texts of a row, as a terminal may get them: what an object holds cannot end its row and begin another. */
export function cellsIn<Row>(columns: readonly Column<Row>[], row: Row): string[] {
  return columns.map(({ of }) => escapeUnsafe(of(row)) || empty);
}

export interface Table<Row> {
  /** The rows as text; the first call begins with the titles. Columns only grow, so that a long table streams. */
  print(rows: readonly Row[]): string;
}

export function createTable<Row>(columns: readonly Column<Row>[]): Table<Row> {
  const widths = columns.map(({ title }) => title.length);
  let started = false;
  const lineOf = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === cells.length - 1 ? cell : cell.padEnd((widths[at] ?? 0) + gap))).join('');
  return {
    print(rows) {
      const cells = rows.map((row) => cellsIn(columns, row));
      for (const row of cells)
        for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
      const titles = started ? [] : [columns.map(({ title }) => title)];
      started = true;
      return [...titles, ...cells].map((row) => `${lineOf(row).trimEnd()}\n`).join('');
    },
  };
}
