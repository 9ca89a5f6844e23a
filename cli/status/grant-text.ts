/** The screen about one grant: who, from where, until when, open or why not, to what, and what was done last. Pure. */
import { parseTime } from '../../crds/rules/time/time.ts';
import { maskingInWords } from '../access/masked-data.ts';
import { labelled } from '../output/fitted.ts';
import { lengthInWords } from '../times/lengths.ts';
import { shownTime } from '../times/show.ts';
import type { GrantReport } from './grant-report.ts';
import { type LiveSession, limitsNote } from './live-sessions.ts';
import type { Closing } from './reasons-closed.ts';
import { shortTime } from './session-table.ts';

export interface ScreenWhere {
  readonly now: number;
  readonly zone: string;
  readonly width: number;
  /** What was done last, in lines of at most this width. */
  readonly actions: (width: number) => readonly string[];
}

const column = 14;

/** The lines of the screen. */
export function grantText(report: GrantReport, where: ScreenWhere): string {
  const { width } = where;
  const rows: readonly (readonly [string, readonly string[]])[] = [
    [
      'Grant',
      [`${report.namespace}/${report.name}${report.reason === undefined ? '' : `: ${report.reason}`}`],
    ],
    ['Open', openWords(report)],
    ['When', whenWords(report, where)],
    [
      'Who',
      capped(
        report.people.map((person) => personWords(person, report)),
        mostPeople,
      ).flat(),
    ],
    ['From', [fromWords(report)]],
    ['Application', [applicationWords(report)]],
    ['Masking', maskingWords(report)],
    ['Locks', locksWords(report)],
    ['Sessions', sessionWords(report, where)],
    ...(report.signInURL === undefined ? [] : ([['Sign-in', [report.signInURL]]] as const)),
    ...(report.lacks.length === 0 ? [] : ([['Not read', lacksWords(report)]] as const)),
  ];
  const lines = [
    ...rows.flatMap(([label, texts]) => labelled(label, texts, { width, column })),
    ...actionLines(report, where),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** On one screen there is room for so many. */
const mostPeople = 8;
const mostAddresses = 12;

/** The first of them, and how many more there are. */
function capped(all: readonly (readonly string[])[], most: number): (readonly string[])[] {
  const rest = all.length - most;
  return rest > 0 ? [...all.slice(0, most), [`and ${rest} more (-o json has all)`]] : [...all];
}

/** What keeps it closed, and what would open it. */
function closingTexts({ reason, message, wayOut }: Closing): string[] {
  return [`${message} (${reason})`, ...(wayOut === '' ? [] : [`Way out: ${wayOut}`])];
}

function openWords({ open, closings, lacks }: GrantReport): string[] {
  if (open) return [lacks.length === 0 ? 'yes' : 'yes, as the operator reports it: not all of it was read'];
  if (closings.length === 0) return ['no: each of its people is kept out'];
  return closings.flatMap((closing, at) => {
    const [first = '', ...rest] = closingTexts(closing);
    return [`${at === 0 ? 'no' : 'and'}: ${first}`, ...rest];
  });
}

function whenWords({ startTime, expirationTime }: GrantReport, { now, zone }: ScreenWhere): string[] {
  const [from, until] = [parseTime(startTime), parseTime(expirationTime)];
  if (until === undefined) return [`until ${expirationTime}, which cannot be read`];
  const start = from === undefined ? [] : [`from ${shownTime(from, zone)}${ahead(from, now)}`];
  const left =
    until > now ? `, ${lengthInWords(until - now)} from now` : `, ${lengthInWords(now - until)} ago`;
  return [...start, `until ${shownTime(until, zone)}${left}`];
}

const ahead = (at: number, now: number): string => (at > now ? `, in ${lengthInWords(at - now)}` : '');

function personWords(
  { name, displayName, mayComeIn, closings, lacks }: GrantReport['people'][number],
  report: GrantReport,
): string[] {
  const who = displayName === undefined ? name : `${displayName} (${name})`;
  const [first, ...rest] = closings.flatMap(closingTexts);
  if (first !== undefined) return [`${who}: kept out. ${first}`, ...rest];
  const [lack] = [...lacks, ...report.lacks];
  if (displayName === undefined || mayComeIn === undefined)
    return [`${who}: not known, as ${lack ?? 'it was not read'}`];
  return [mayComeIn ? `${who}: may come in` : `${who}: may come in when the grant is open`];
}

function fromWords({ addresses, listRequired }: GrantReport): string {
  if ('lacks' in addresses) return `not known, as ${addresses.lacks}`;
  const list = 'is' in addresses ? addresses.is : undefined;
  if (list === undefined) return listRequired ? nowhere : anywhere;
  return list.length === 0
    ? "nowhere: the grant's addresses and the policy's have none in common"
    : capped(
        list.map((each) => [each]),
        mostAddresses,
      )
        .flat()
        .join(', ');
}

const nowhere = 'nowhere: neither the grant nor the policy lists addresses, and the policy wants a list';
const anywhere = 'any address: neither the grant nor the policy lists addresses';

function applicationWords({ application }: GrantReport): string {
  if (application === undefined) return 'none: it gives no way into an application';
  const { name } = application;
  if ('lacks' in application) return `${name} (${application.lacks})`;
  if ('isMissing' in application) return `${name}, which does not exist`;
  const { url, host, version, edition } = application.is;
  const parts = [url ?? `https://${host}`, version && `version ${version}`, edition && `edition ${edition}`];
  return [name, ...parts.filter((part) => part !== undefined && part !== '')].join(', ');
}

function maskingWords({ matrix }: GrantReport): string[] {
  const { name } = matrix;
  if ('lacks' in matrix)
    return [`not known, as ${matrix.lacks}: take it that support sees the data as it is`];
  if ('isMissing' in matrix) return [`not known: there is no matrix ${name}`];
  const { masking, classes, clusterRole } = matrix.is;
  const says = `matrix ${name} ${maskingInWords({ isOn: masking, classes })}`;
  return [says, ...(clusterRole === undefined ? [] : [`and gives the rights of ClusterRole ${clusterRole}`])];
}

function locksWords({ locks, locksLack }: GrantReport): string[] {
  const read = locks.map(({ name, reason }) => (reason === undefined ? name : `${name}: ${reason}`));
  if (locksLack === undefined) return read.length === 0 ? ['none'] : read;
  return [...read, `${read.length === 0 ? 'not known' : 'others are not known'}, as ${locksLack}`];
}

const mostSessions = 5;

function sessionWords({ sessions, policyLacks }: GrantReport, where: ScreenWhere): string[] {
  if ('lacks' in sessions) return [`not known, as ${sessions.lacks}`];
  const live = 'is' in sessions ? sessions.is : [];
  if (live.length === 0) return ['none'];
  const rest = live.length - mostSessions;
  const shown = live.slice(0, mostSessions).map((session) => sessionLine(session, where));
  const more = rest > 0 ? [`and ${rest} more: kubectl support-access sessions`] : [];
  const note = limitsNote(policyLacks);
  return [...shown, ...more, ...(note === undefined ? [] : [note])];
}

function sessionLine({ who, from, since, lastUsed, ends }: LiveSession, { now, zone }: ScreenWhere): string {
  const at = (instant: number): string => shortTime(instant, now, zone);
  return `${who} from ${from} since ${at(since)}, used ${at(lastUsed)}, ends ${at(ends)}`;
}

function actionLines({ lastActions }: GrantReport, { actions, width }: ScreenWhere): string[] {
  const label = 'Last actions';
  if ('notRead' in lastActions) {
    const why = lastActions.notRead.replaceAll(/\s*\n\s*/g, ' ');
    return labelled(label, [`not shown: ${why}`], { width, column });
  }
  if (lastActions.records.length === 0)
    return labelled(label, [`none among the last ${lastActions.searched} records`], { width, column });
  return [label, ...actions(width)];
}

function lacksWords({ lacks }: GrantReport): string[] {
  return [`${lacks.join('; ')}: as to that, what the operator reports is shown`];
}
