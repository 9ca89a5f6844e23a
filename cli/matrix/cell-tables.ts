/** Modules against numbered actions, in as many tables side by side as the screen needs. Pure. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import { wrapped } from '../output/fitted.ts';
import type { Cell, CellRow, Cells } from './matrix-cells.ts';

const marks: Readonly<Record<Cell, string>> = { yes: 'yes', never: 'NEVER', no: '.' };

/** The widest mark and a gap. */
const column = 7;

/**
 * Lines that are no longer than the screen is wide. Where the actions do not fit beside each other a further table begins,
 * with the modules that have something in it; all of them are in the first.
 */
export function cellTables({ actions, rows }: Cells, width: number): string[] {
  const names = Math.max(...rows.map((row) => nameOf(row).length), title.length) + 2;
  const first = Math.min(names, Math.max(narrowest, width - column * Math.min(actions.length, fewest)));
  const each = Math.max(1, Math.floor((width - first) / column));
  const numbered = actions.map((action, at) => ({ action, number: `${at + 1}` }));
  const tables = Array.from({ length: Math.ceil(numbered.length / each) }, (_, at) =>
    numbered.slice(at * each, (at + 1) * each),
  );
  return tables.flatMap((some, at) => {
    const shown =
      at === 0
        ? rows
        : rowsWith(
            some.map(({ action }) => action),
            rows,
          );
    return [
      ...(at === 0 ? [] : ['']),
      line(
        title,
        some.map(({ number }) => number),
        first,
      ),
      ...shown.flatMap((row) =>
        lines(
          row,
          some.map(({ action }) => action),
          first,
        ),
      ),
    ];
  });
}

/** The rows that have a mark for one of the actions; a sub-module comes with its module. */
function rowsWith(actions: readonly string[], rows: readonly CellRow[]): CellRow[] {
  const marked = rows.filter(({ cellOf }) => actions.some((action) => cellOf(action) !== 'no'));
  const modules = new Set(marked.map(({ module }) => module));
  return rows.filter(
    (row) => marked.includes(row) || (row.subModule === undefined && modules.has(row.module)),
  );
}

const title = 'MODULE';
const narrowest = 24;
/** So many actions are worth a narrower column of names. */
const fewest = 5;

/** A sub-module stands indented below its module. */
function nameOf({ module, subModule }: CellRow): string {
  return escapeUnsafe(subModule === undefined ? module : `  ${subModule}`);
}

function lines(row: CellRow, actions: readonly string[], first: number): string[] {
  const name = nameOf(row);
  const start = row.subModule === undefined ? '' : '  ';
  const [one = '', ...rest] = wrapped(name.trimStart(), first - 2 - start.length, '  ').map(
    (each) => start + each,
  );
  const cells = actions.map((action) => marks[row.cellOf(action)]);
  return [line(one, cells, first), ...rest];
}

function line(name: string, cells: readonly string[], first: number): string {
  return (name.padEnd(first) + cells.map((cell) => cell.padEnd(column)).join('')).trimEnd();
}
