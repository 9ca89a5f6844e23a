/**
 * Records as CSV for spreadsheets (RFC 4180). What a spreadsheet would take for a formula begins with an apostrophe, so that what
 * is put into a name does nothing when the file is opened.
 */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';

interface CsvColumn {
  readonly title: string;
  of(record: StoredRecord): string | number | undefined;
}

const columns: readonly CsvColumn[] = [
  { title: 'seq', of: ({ seq }) => seq },
  { title: 'time', of: ({ time }) => time },
  { title: 'recorded', of: ({ recorded }) => recorded },
  { title: 'type', of: ({ type }) => type },
  { title: 'code', of: ({ code }) => code },
  { title: 'phase', of: ({ phase }) => phase },
  { title: 'who', of: ({ actor }) => actor.name },
  { title: 'userType', of: ({ actor }) => actor.userType },
  { title: 'userId', of: ({ actor }) => actor.userId },
  { title: 'requester', of: ({ requester }) => requester?.username },
  { title: 'certainty', of: ({ requester }) => requester?.certainty },
  { title: 'address', of: ({ source }) => source?.ip },
  { title: 'grant', of: ({ grant }) => grant && `${grant.namespace}/${grant.name}` },
  { title: 'session', of: ({ session }) => session },
  { title: 'area', of: ({ target }) => target?.area },
  { title: 'module', of: ({ target }) => target?.module },
  { title: 'subModule', of: ({ target }) => target?.subModule },
  { title: 'action', of: ({ target }) => target?.action },
  { title: 'method', of: ({ target }) => target?.method },
  { title: 'host', of: ({ target }) => target?.host },
  { title: 'route', of: ({ target }) => target?.route },
  { title: 'parameters', of: ({ target }) => target?.parameters && JSON.stringify(target.parameters) },
  { title: 'kind', of: ({ target }) => target?.kind },
  { title: 'namespace', of: ({ target }) => target?.namespace },
  { title: 'name', of: ({ target }) => target?.name },
  { title: 'decision', of: ({ decision }) => decision?.effect },
  { title: 'reason', of: ({ decision, outcome }) => decision?.reason ?? outcome?.reason },
  { title: 'matrix', of: ({ decision }) => decision?.matrix },
  { title: 'status', of: ({ outcome }) => outcome?.status },
  { title: 'changed', of: ({ change }) => change?.paths.join(' ') },
  { title: 'message', of: ({ message, change }) => message ?? change?.summary },
  { title: 'cause', of: ({ cause }) => cause },
  { title: 'id', of: ({ id }) => id },
];

/**
 * Where a formula could begin: at the start of a cell, and after a semicolon. Where the list separator is one, as in German, a spreadsheet
 * takes our line for one cell in quotes with more behind it, and splits it at each semicolon, in quotes or not.
 */
const formulaBegin = /(^|;)([\s"]*)(?=[=+\-@|%\\\uff1d\uff0b\uff0d\uff20])/g;

/** The first line of the file. */
export const csvTitles = rowOf(columns.map(({ title }) => title));

/** One record as a line. */
export function csvRow(record: StoredRecord): string {
  return rowOf(columns.map((column) => String(column.of(record) ?? '')));
}

function rowOf(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/** Always in quotes: what stands in a cell never ends it. Tabs and line ends are written out, and so begin with a backslash. */
function cellOf(given: string): string {
  const text = escapeUnsafe(given);
  return `"${text.replace(formulaBegin, "$1$2'").replaceAll('"', '""')}"`;
}
