/** The columns of a record in a table: who did what, where, from where, and with which result. */
import { cutText } from '../../crds/audit/clean-text.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import type { Column } from '../output-table.ts';

const longestCell = 60;
const cell = (text: string | undefined): string => cutText(text ?? '', longestCell);

const what: readonly Column<StoredRecord>[] = [
  { title: 'SEQ', of: ({ seq }) => cell(seq) },
  { title: 'RECORDED', of: ({ recorded }) => cell(recorded) },
  { title: 'EVENT', of: ({ type, phase }) => cell(phase === 'point' ? type : `${type} (${phase})`) },
  { title: 'WHO', of: (record) => cell(whoIn(record)) },
  { title: 'FROM', of: ({ source }) => cell(source?.ip) },
  { title: 'GRANT', of: ({ grant }) => cell(grant && `${grant.namespace}/${grant.name}`) },
  { title: 'TARGET', of: ({ target }) => cell(target && targetOf(target)) },
];
const result: Column<StoredRecord> = { title: 'RESULT', of: (record) => cell(resultOf(record)) };

/** The columns of the table. */
export const tableColumns: readonly Column<StoredRecord>[] = [...what, result];

/** The columns of `-o wide`. */
export const wideColumns: readonly Column<StoredRecord>[] = [
  ...what,
  { title: 'SESSION', of: ({ session }) => cell(session) },
  { title: 'MATRIX', of: ({ decision }) => cell(decision?.matrix) },
  { title: 'WRITER', of: ({ writer }) => cell(writer) },
  { title: 'CODE', of: ({ code }) => cell(code) },
  { title: 'ID', of: ({ id }) => cell(id) },
  result,
  { title: 'MESSAGE', of: ({ message, change }) => cell(message ?? change?.summary) },
];

/** Who asked for what the record tells, with how surely that is known; else who did it. */
function whoIn({ actor, requester }: StoredRecord): string {
  if (requester === undefined) return actor.name;
  const { username, certainty } = requester;
  // Records of before there were certainties name the person whom a review named.
  if (username === undefined) return 'unknown';
  const suffix = ` (${certainty ?? 'not proved'})`;
  // Cut before the suffix: a long name that ends in "(proved)" must not push the true one out of the cell.
  return `${cutText(username, longestCell - suffix.length)}${suffix}`;
}

type Target = NonNullable<StoredRecord['target']>;

/** In the matrix's words where it has some, else the request, else the object and what was done to it. */
function targetOf(target: Target): string {
  const { module, subModule, action, method, route, host } = target;
  if (module !== undefined) return joined(' / ', [module, subModule, action]);
  return joined(' ', [method, host, route]) || objectOf(target);
}

function objectOf({ kind, namespace, name, action, area }: Target): string {
  if (kind === undefined) return area;
  return joined(' ', [action, kind, joined('/', [namespace, name])]);
}

/** The result. Of a refusal only the reason, which says more than the status. */
function resultOf({ phase, decision, outcome, message, change }: StoredRecord): string {
  const decided = decision ? joined(' ', [decision.effect, decision.reason]) : '';
  const outcomeText = outcome ? outcomeInWords(outcome) : '';
  const isRefusal = phase === 'point' && decision?.effect === 'deny';
  const told = isRefusal ? [decided] : [outcomeText, decided];
  return [...told, change?.summary, message].find((text) => text !== undefined && text !== '') ?? '';
}

function outcomeInWords({ status, upstream, reason }: NonNullable<StoredRecord['outcome']>): string {
  return joined(' ', [status?.toString(), upstream, reason]);
}

function joined(separator: string, parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(separator);
}
