/** The columns of a record in a table: who did what, where, from where, and with which result. */
import { shortened } from '../../crds/audit/clean-text.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import { usualWidth, wrapped } from '../output/fitted.ts';
import type { Column } from '../output-table.ts';
import { localParts } from '../times/show.ts';

/** Names and addresses are shown whole, so that what is copied from a table exists; words that go on end in an ellipsis. */
const longestWords = 160;
const words = (text = ''): string => shortened(text, longestWords);

const what: readonly Column<StoredRecord>[] = [
  { title: 'SEQ', of: ({ seq }) => seq },
  { title: 'TIME', of: ({ time }) => time },
  { title: 'RECORDED', of: ({ recorded }) => recorded },
  { title: 'EVENT', of: ({ type, phase }) => (phase === 'point' ? type : `${type} (${phase})`) },
  { title: 'WHO', of: (record) => whoIn(record) },
  { title: 'FROM', of: ({ source }) => source?.ip ?? '' },
  { title: 'GRANT', of: ({ grant }) => (grant ? `${grant.namespace}/${grant.name}` : '') },
  { title: 'TARGET', of: ({ target }) => (target ? targetOf(target) : '') },
];
const result: Column<StoredRecord> = { title: 'RESULT', of: (record) => words(resultOf(record)) };

/** The columns of `-o wide`: a record a line. */
export const wideColumns: readonly Column<StoredRecord>[] = [
  ...what,
  { title: 'SESSION', of: ({ session }) => session ?? '' },
  { title: 'MATRIX', of: ({ decision }) => decision?.matrix ?? '' },
  { title: 'WRITER', of: ({ writer }) => writer },
  { title: 'CODE', of: ({ code }) => code ?? '' },
  { title: 'ID', of: ({ id }) => id },
  result,
  { title: 'MESSAGE', of: ({ message, change }) => words(message ?? change?.summary) },
];

const widths = { seq: 6, time: 19, who: 18, gap: 2 } as const;
/** Below this a column of words cannot be read. */
const narrowest = 24;

/**
 * The table that fits a screen: who did it and what it was go on in the next line. Where there is no screen it may be kept: its
 * title names the zone then, which on a screen is said beside it.
 */
export function fittedRecords(
  width: number | undefined,
  zone: string,
): (records: readonly StoredRecord[]) => string {
  const time = width === undefined ? `TIME (${zone})` : 'TIME';
  const timeWidth = Math.max(widths.time, time.length);
  const before = widths.seq + timeWidth + widths.who + 3 * widths.gap;
  const left = Math.max(narrowest, (width ?? usualWidth) - before);
  const rowOf = (row: Row): string => linesOf(row, timeWidth);
  let started = false;
  return (records) => {
    const titles = started ? [] : [rowOf({ seq: 'SEQ', time, who: ['WHO'], what: ['WHAT'] })];
    started = true;
    const rows = records.map((record) =>
      rowOf({
        seq: record.seq,
        time: timeIn(record, zone),
        who: broken(whoIn(record), widths.who),
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

function linesOf({ seq, time, who, what: told }: Row, timeWidth: number): string {
  const gap = ' '.repeat(widths.gap);
  const lines = Array.from({ length: Math.max(who.length, told.length) }, (_, at) =>
    [
      (at === 0 ? seq : '').padEnd(widths.seq),
      (at === 0 ? time : '').padEnd(timeWidth),
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
  if (at === undefined) return shortened(text, widths.time);
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
    words(resultOf(record)),
    grant && `grant ${grant.namespace}/${grant.name}`,
    source && `from ${source.ip}`,
  ];
  return joined(', ', parts);
}

/** Lines of at most this width: broken at spaces, and within a word that is longer than a line. */
function broken(text: string, width: number): string[] {
  const pieces = text.split(' ').flatMap((word) => word.match(new RegExp(`.{1,${width}}`, 'gu')) ?? []);
  return wrapped(pieces.join(' '), width);
}

/** Who asked for what the record tells, with how surely that is known; else who did it. */
/** Who did it, as the table names them. */
export function whoIn({ actor, requester }: StoredRecord): string {
  if (requester === undefined) return actor.name;
  const { username, certainty } = requester;
  // Records of before there were certainties name the person whom a review named.
  if (username === undefined) return 'unknown';
  // In quotes where it has spaces: a name that ends in "(proved)" is told from what we say of it.
  const name = /\s/.test(username) ? JSON.stringify(username) : username;
  return `${name} (${certainty ?? 'not proved'})`;
}

type Target = NonNullable<StoredRecord['target']>;

/** In the matrix's words where it has some, else the request, else the object and what was done to it. */
/** What it was done to, as the table names it. */
export function targetOf(target: Target): string {
  const { module, subModule, action, method, route, host } = target;
  if (module !== undefined) return joined(' / ', [module, subModule, action]) + parametersOf(target);
  return joined(' ', [method, host, route]) || objectOf(target);
}

/** Which object it was about, where the route marks what says so. */
function parametersOf({ parameters = {} }: Target): string {
  const told = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return told.length === 0 ? '' : ` (${told.join(', ')})`;
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
