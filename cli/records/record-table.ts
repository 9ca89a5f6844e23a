/** Which columns does a record have for a person? Who did what, where, from where, and what came of it. */
import { cutText } from '../../crds/audit/clean-text.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import type { Column } from '../output-table.ts';

const longestCell = 60;
const cell = (text: string | undefined): string => cutText(text ?? '', longestCell);

const what: readonly Column<StoredRecord>[] = [
  { title: 'SEQ', of: ({ seq }) => cell(seq) },
  { title: 'RECORDED', of: ({ recorded }) => cell(recorded) },
  { title: 'EVENT', of: ({ type, phase }) => cell(phase === 'point' ? type : `${type} (${phase})`) },
  { title: 'WHO', of: ({ actor, requester }) => cell(requester?.username ?? actor.name) },
  { title: 'GRANT', of: ({ grant }) => cell(grant && `${grant.namespace}/${grant.name}`) },
  { title: 'TARGET', of: ({ target }) => cell(target && targetOf(target)) },
];
const result: Column<StoredRecord> = { title: 'RESULT', of: (record) => cell(resultOf(record)) };

/** The columns of the table. */
export const tableColumns: readonly Column<StoredRecord>[] = [...what, result];

/** The columns of `-o wide`. */
export const wideColumns: readonly Column<StoredRecord>[] = [
  ...what,
  { title: 'FROM', of: ({ source }) => cell(source?.ip) },
  { title: 'SESSION', of: ({ session }) => cell(session) },
  { title: 'MATRIX', of: ({ decision }) => cell(decision?.matrix) },
  { title: 'WRITER', of: ({ writer }) => cell(writer) },
  { title: 'CODE', of: ({ code }) => cell(code) },
  { title: 'ID', of: ({ id }) => cell(id) },
  result,
  { title: 'MESSAGE', of: ({ message, change }) => cell(message ?? change?.summary) },
];

function targetOf({
  method,
  route,
  host,
  module,
  subModule,
  action,
  kind,
  namespace,
  name,
  surface,
}: NonNullable<StoredRecord['target']>): string {
  const inMatrix = [module, subModule, action].filter((part) => part !== undefined).join(' / ');
  if (inMatrix !== '') return inMatrix;
  const request = [method, host, route].filter((part) => part !== undefined).join(' ');
  if (request !== '') return request;
  return kind === undefined
    ? surface
    : `${kind} ${[namespace, name].filter((part) => part !== undefined).join('/')}`;
}

function resultOf({ decision, outcome, message, change }: StoredRecord): string {
  if (outcome !== undefined) {
    const { status, upstream, reason } = outcome;
    return [status?.toString(), upstream, reason].filter((part) => part !== undefined).join(' ');
  }
  if (decision !== undefined)
    return [decision.effect, decision.reason].filter((part) => part !== undefined).join(' ');
  return change?.summary ?? message ?? '';
}
