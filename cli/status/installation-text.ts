/** The screen about the whole installation. Pure. */
import { parseTime } from '../../crds/rules/time/time.ts';
import { cutTable, labelled } from '../output/fitted.ts';
import type { Column } from '../output-table.ts';
import type { GrantLine } from './grant-line.ts';
import type { InstallationReport } from './installation-report.ts';
import { limitsNote } from './live-sessions.ts';
import { sessionTable, shortTime, wideSessionTable } from './session-table.ts';

export interface InstallationWhere {
  readonly now: number;
  readonly zone: string;
  readonly width: number;
  /** How wide the screen is; without one no cell of a table is cut. */
  readonly screen: number | undefined;
  /** Every row, and no line broken. */
  readonly isWide: boolean;
}

const column = 16;
/** What leaves room for the rest on a screen of 24 lines. */
const mostGrants = 7;
const mostSessions = 4;
const mostAilments = 3;
const mostNames = 8;

/** The lines of the screen. */
export function installationText(report: InstallationReport, where: InstallationWhere): string {
  const { width } = where;
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['Support access', [switchWords(report)]],
    ['Locks', lockWords(report)],
    ['Health', healthWords(report, where)],
    ['People', [peopleWords(report)]],
    ['Grants', [grantWords(report)]],
  ];
  const head = rows.flatMap(([label, texts]) => labelled(label, texts, { width, column }));
  const lines = head.map((line) => `${line}\n`).join('');
  return `${lines}${grantTable(report, where)}${sessionPart(report, where)}`;
}

function switchWords({ policy }: InstallationReport): string {
  if ('lacks' in policy) return `not known, as ${policy.lacks}`;
  return `${policy.open ? 'on' : 'off'}: ${policy.why}`;
}

function lockWords({ locks }: InstallationReport): string[] {
  if (locks.object === undefined) return [`not known, as ${locks.lacks}`];
  if (locks.object.length === 0) return ['none'];
  return locks.object.map(({ name, reason }) => (reason === undefined ? name : `${name}: ${reason}`));
}

function healthWords({ ailments, lacks }: InstallationReport, { isWide }: InstallationWhere): string[] {
  const most = isWide ? ailments.length : mostAilments;
  const said = ailments
    .slice(0, most)
    .map(
      ({ objects, condition, reason, message }) =>
        `${namesIn(objects)}: ${condition} (${reason}): ${message}`,
    );
  const rest = ailments.length - most;
  const more = rest > 0 ? [`and ${rest} more: -o wide shows all`] : [];
  const unread = lacks.length === 0 ? [] : [`not known of all, as ${lacks.join('; ')}`];
  const all = [...said, ...more, ...unread];
  return all.length === 0
    ? ['nothing is reported that is not well; kubectl support-access check looks closer']
    : all;
}

function namesIn([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function peopleWords({ users }: InstallationReport): string {
  if (users.object === undefined) return `not known, as ${users.lacks}`;
  const { active, deactivated } = users.object;
  const names = deactivated.slice(0, mostNames).join(', ');
  const rest = deactivated.length - mostNames;
  const off =
    deactivated.length === 0 ? '' : `, ${deactivated.length} deactivated (${names}${rest > 0 ? ', …' : ''})`;
  return `${active} active${off}`;
}

function grantWords({ grants, lines, namespace }: InstallationReport): string {
  const elsewhere = namespace === undefined ? '; -n asks about one namespace' : '';
  if (grants.object === undefined) return `not known, as ${grants.lacks}${elsewhere}`;
  const open = lines.filter((line) => line.open).length;
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return `${open} open, ${lines.length - open} closed${where}`;
}

function grantTable({ lines }: InstallationReport, { now, zone, screen, isWide }: InstallationWhere): string {
  if (lines.length === 0) return '';
  const columns: Column<GrantLine>[] = [
    { title: 'GRANT', of: ({ namespace, name }) => `${namespace}/${name}` },
    { title: 'OPEN', of: ({ open, reason }) => (open ? 'yes' : `no: ${reason}`) },
    {
      title: 'UNTIL',
      of: ({ until }) => {
        const at = parseTime(until);
        return isWide || at === undefined ? until : shortTime(at, now, zone);
      },
    },
    { title: 'APPLICATION', of: ({ application }) => application ?? '' },
    { title: 'PEOPLE', of: ({ people }) => people.join(', ') },
  ];
  const shown = isWide ? lines : lines.slice(0, mostGrants);
  const rest = lines.length - shown.length;
  return `\n${cutTable(columns, shown, isWide ? undefined : screen)}${rest > 0 ? `and ${rest} more: -o wide shows all\n` : ''}`;
}

function sessionPart(report: InstallationReport, where: InstallationWhere): string {
  const { sessions, namespace } = report;
  if (sessions.object === undefined) return `\nSessions are not known, as ${sessions.lacks}\n`;
  const live = sessions.object;
  if (live.length === 0) return '\nNo one is signed in.\n';
  const limits = limitsNote(report.policyLacks);
  const note = limits === undefined ? '' : `${limits}\n`;
  if (where.isWide) return `\n${wideSessionTable(live)}${note}`;
  const rest = live.length - mostSessions;
  const everywhere = namespace === undefined;
  const table = sessionTable(live.slice(0, mostSessions), { ...where, everywhere });
  return `\n${table}${rest > 0 ? `and ${rest} more: kubectl support-access sessions -A\n` : ''}${note}`;
}
