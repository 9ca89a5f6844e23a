/** Prints rows as a table with aligned columns, as kubectl does. */

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string;
}

const gap = 3;
const empty = '-';

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
      const cells = rows.map((row) => columns.map(({ of }) => of(row) || empty));
      for (const row of cells)
        for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
      const titles = started ? [] : [columns.map(({ title }) => title)];
      started = true;
      return [...titles, ...cells].map((row) => `${lineOf(row).trimEnd()}\n`).join('');
    },
  };
}
