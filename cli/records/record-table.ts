/** The columns of a record in a table: who did what, where, from where, and with which result. */
import { cutText } from '../../crds/audit/clean-text.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import { wrapped } from '../output/fitted.ts';
import type { Column } from '../output-table.ts';
import { localParts } from '../times/show.ts';

const longestCell = 60;
const cell = (text: string | undefined): string => cutText(text ?? '', longestCell);

const what: readonly Column<StoredRecord>[] = [
  { title: 'SEQ', of: ({ seq }) => cell(seq) },
  { title: 'TIME', of: ({ time }) => cell(time) },
  { title: 'RECORDED', of: ({ recorded }) => cell(recorded) },
  { title: 'EVENT', of: ({ type, phase }) => cell(phase === 'point' ? type : `${type} (${phase})`) },
  { title: 'WHO', of: (record) => cell(whoIn(record)) },
  { title: 'FROM', of: ({ source }) => cell(source?.ip) },
  { title: 'GRANT', of: ({ grant }) => cell(grant && `${grant.namespace}/${grant.name}`) },
  { title: 'TARGET', of: ({ target }) => cell(target && targetOf(target)) },
];
const result: Column<StoredRecord> = { title: 'RESULT', of: (record) => cell(resultOf(record)) };

/** The columns of `-o wide`: a record a line. */
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

const widths = { seq: 6, time: 19, who: 18, gap: 2 } as const;
/** Below this a column of words cannot be read. */
const narrowest = 24;

/** The table that fits a screen: who did it and what it was go on in the next line. */
export function fittedRecords(width: number, zone: string): (records: readonly StoredRecord[]) => string {
  const before = widths.seq + widths.time + widths.who + 3 * widths.gap;
  const left = Math.max(narrowest, width - before);
  let started = false;
  return (records) => {
    const titles = started ? [] : [rowOf({ seq: 'SEQ', time: 'TIME', who: ['WHO'], what: ['WHAT'] })];
    started = true;
    const rows = records.map((record) =>
      rowOf({
        seq: record.seq,
        time: timeIn(record, zone),
        who: broken(cell(whoIn(record)), widths.who),
        what: broken(joined(', ', [whatIn(record), recordedLater(record, zone)]), left),
      }),
    );
    return [...titles, ...rows].join('');
  };
}

interface Row {
  readonly seq: string;
  readonly time: string;
  readonly who: readonly string[];
  readonly what: readonly string[];
}

function rowOf({ seq, time, who, what: told }: Row): string {
  const gap = ' '.repeat(widths.gap);
  const lines = Array.from({ length: Math.max(who.length, told.length) }, (_, at) =>
    [
      (at === 0 ? seq : '').padEnd(widths.seq),
      (at === 0 ? time : '').padEnd(widths.time),
      (who[at] ?? '').padEnd(widths.who),
      told[at] ?? '',
    ]
      .join(gap)
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** When it happened, on the clocks of the zone. A time that is none is shown as it stands. */
function timeIn({ time }: StoredRecord, zone: string): string {
  return shownAt(time, zone);
}

function shownAt(text: string, zone: string): string {
  const at = parseTime(text);
  if (at === undefined) return cutText(text, widths.time);
  const { date, time } = localParts(at, zone);
  return `${date} ${time}`;
}

/** A record is written in the moment in which it happens; what took longer, or is earlier, is worth a look. */
const worthTellingMs = 1000;

/** When it was written, where that is not when it happened: the records were away, or a clock was off. */
function recordedLater({ time, recorded }: StoredRecord, zone: string): string | undefined {
  const [happened, written] = [parseTime(time), parseTime(recorded)];
  const differ =
    happened === undefined || written === undefined
      ? time !== recorded
      : Math.abs(written - happened) >= worthTellingMs;
  return differ ? `recorded ${shownAt(recorded, zone)}` : undefined;
}

/** Everything but who and when, in words of which each part is told by its form. */
function whatIn(record: StoredRecord): string {
  const { type, phase, grant, source, target } = record;
  const parts = [
    phase === 'point' ? type : `${type} (${phase})`,
    target && targetOf(target),
    resultOf(record),
    grant && `grant ${grant.namespace}/${grant.name}`,
    source && `from ${source.ip}`,
  ];
  return parts
    .filter((part) => part !== undefined && part !== '')
    .map(cell)
    .join(', ');
}

/** Lines of at most this width: broken at spaces, and within a word that is longer than a line. */
function broken(text: string, width: number): string[] {
  const pieces = text.split(' ').flatMap((word) => word.match(new RegExp(`.{1,${width}}`, 'gu')) ?? []);
  return wrapped(pieces.join(' '), width);
}

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
