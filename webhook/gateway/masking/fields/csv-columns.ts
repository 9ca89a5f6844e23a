/** Hides the cells of listed columns in a table of lines (RFC 4180), whose first line names the columns. */
import type { ClassStage } from '../classes/data-class.ts';
import { NotMaskable } from '../masker.ts';
import { type Hide, longestValue } from './taking.ts';

const longestHeading = 64 * 1024;

interface Table {
  readonly delimiter: string;
  readonly hidden: ReadonlySet<number>;
}

/** Follows one table. */
export class CsvColumns implements ClassStage {
  readonly name: string;
  readonly #isListed: (column: string) => boolean;
  readonly #hide: Hide;
  readonly #counted: () => number;
  #held = '';
  #table: Table | undefined;
  #column = 0;
  /** The cell in which the text stands whose beginning was sent already. */
  #inside: Cell | undefined;

  constructor(name: string, isListed: (column: string) => boolean, { hide, counted }: Counting) {
    this.name = name;
    this.#isListed = isListed;
    this.#hide = hide;
    this.#counted = counted;
  }

  get count(): number {
    return this.#counted();
  }

  mask(more: string, final: boolean): string {
    const text = this.#held + more;
    let at = 0;
    let out = '';
    if (this.#table === undefined) {
      at = this.#readHeading(text, final);
      if (this.#table === undefined) {
        this.#held = text;
        return '';
      }
      out = text.slice(0, at);
    }
    const table: Table = this.#table;
    while (at < text.length) {
      const cell = this.#cell(text, at, { table, final });
      if (cell === undefined) break;
      out += cell.out;
      at = cell.at;
    }
    this.#held = text.slice(at);
    return out;
  }

  /** Returns where the first row begins; leaves the table undefined while its heading is not there. */
  #readHeading(text: string, final: boolean): number {
    const begins = /^(?:\xef\xbb\xbf|\ufeff)?(?:sep=[^\r\n]\r?\n)?/.exec(text)?.[0].length ?? 0;
    let end = begins;
    let quoted = false;
    while (end < text.length && (quoted || text[end] !== '\n')) {
      if (text[end] === '"') quoted = !quoted;
      end += 1;
    }
    if (end >= text.length && !final) {
      if (end > longestHeading) throw new NotMaskable('must have a first line that names its columns');
      return 0;
    }
    const heading = text.slice(begins, end).replace(/\r$/, '');
    const delimiter = delimiterOf(heading);
    const columns = cellsOf(heading, delimiter);
    const hidden = columns.flatMap((column, number) => (this.#isListed(column) ? [number] : []));
    this.#table = { delimiter, hidden: new Set(hidden) };
    return Math.min(text.length, end + 1);
  }

  /** One cell with the mark behind it; undefined where more of it is needed. */
  #cell(text: string, at: number, { table, final }: Reading): Written | undefined {
    const cell = this.#inside ?? {
      quoted: text[at] === '"',
      hidden: table.hidden.has(this.#column),
      isBegun: false,
    };
    const start = at + (!cell.isBegun && cell.quoted ? 1 : 0);
    const end = cell.quoted ? quotedEnd(text, start, final) : plainEnd(text, start, table.delimiter);
    if (end < 0 || (end === text.length && !final)) return this.#part(text, { at, start, cell });
    this.#inside = undefined;
    const behind = text.slice(end, behindCell(text, end, table.delimiter));
    this.#column = /[\r\n]$/.test(behind) ? 0 : this.#column + 1;
    const out = text.slice(at, start) + this.#shown(text.slice(start, end), cell) + behind;
    return { out, at: end + behind.length };
  }

  /** What can be sent of a cell that is longer than one is read whole. */
  #part(
    text: string,
    { at, start, cell }: { readonly at: number; readonly start: number; readonly cell: Cell },
  ): Written | undefined {
    if (text.length - at < longestValue) return undefined;
    // A mark at the end may be one half of a doubled one.
    const cut = text.endsWith('"') ? text.length - 1 : text.length;
    const out = text.slice(at, start) + this.#shown(text.slice(start, cut), cell, true);
    this.#inside = { ...cell, isBegun: true };
    return { out, at: cut };
  }

  #shown(value: string, { hidden, isBegun }: Cell, isCut = false): string {
    if (!hidden) return value;
    return isBegun ? '' : this.#hide(value, { isKept: false, isCut });
  }
}

interface Reading {
  readonly table: Table;
  readonly final: boolean;
}

interface Written {
  readonly out: string;
  readonly at: number;
}

interface Cell {
  readonly quoted: boolean;
  readonly hidden: boolean;
  /** Whether its beginning was sent already. */
  readonly isBegun: boolean;
}

interface Counting {
  readonly hide: Hide;
  readonly counted: () => number;
}

/** The mark that stands most often in the first line. */
function delimiterOf(heading: string): string {
  const plain = heading.replaceAll(/"[^"]*"/g, '');
  const count = (mark: string): number => plain.split(mark).length;
  return [',', ';', '\t', '|'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

function cellsOf(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  for (let at = 0; at <= line.length; ) {
    const quoted = line[at] === '"';
    const end = quoted ? quotedEnd(line, at + 1, true) : plainEnd(line, at, delimiter);
    cells.push(line.slice(quoted ? at + 1 : at, end).trim());
    const next = line.indexOf(delimiter, end);
    if (next < 0) break;
    at = next + 1;
  }
  return cells;
}

/** Where the closing mark stands: a doubled one closes nothing. -1 where it is not there. */
function quotedEnd(text: string, from: number, final: boolean): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (at + 1 === text.length && !final) return -1;
    if (text[at + 1] !== '"') return at;
  }
  return final ? text.length : -1;
}

function plainEnd(text: string, from: number, delimiter: string): number {
  let at = from;
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1;
  return at;
}

/** Past the mark that parts cells or lines; what stands between a closing quote and it stays. */
function behindCell(text: string, end: number, delimiter: string): number {
  const mark = plainEnd(text, end, delimiter);
  if (text[mark] === '\r' && text[mark + 1] === '\n') return mark + 2;
  return Math.min(text.length, mark + 1);
}
