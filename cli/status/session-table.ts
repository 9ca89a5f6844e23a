/** Sessions in a table that fits the screen. Pure. */
import { cutTable } from '../output/fitted.ts';
import { type Column, createTable } from '../output-table.ts';
import { localParts, writtenTime } from '../times/show.ts';
import type { LiveSession } from './live-sessions.ts';

export interface ShownWhere {
  readonly now: number;
  readonly zone: string;
  /** How wide the screen is; without one nothing is cut. */
  readonly screen?: number | undefined;
  /** Whether they are of more than one namespace. */
  readonly everywhere: boolean;
}

/** A row a session. */
export function sessionTable(sessions: readonly LiveSession[], where: ShownWhere): string {
  return cutTable(columnsFor(where), sessions, where.screen);
}

/** With all there is, in instants, for wide screens. */
export function wideSessionTable(sessions: readonly LiveSession[]): string {
  const columns: Column<LiveSession>[] = [
    { title: 'WHO', of: ({ who }) => who },
    { title: 'NAMESPACE', of: ({ namespace }) => namespace },
    { title: 'GRANT', of: ({ grant }) => grant },
    { title: 'APPLICATION', of: ({ application }) => application ?? '' },
    { title: 'FROM', of: ({ from }) => from },
    { title: 'SINCE', of: ({ since }) => writtenTime(since) },
    { title: 'LAST USED', of: ({ lastUsed }) => writtenTime(lastUsed) },
    { title: 'ENDS UNUSED', of: ({ idleEnds }) => writtenTime(idleEnds) },
    { title: 'ENDS', of: ({ ends }) => writtenTime(ends) },
    { title: 'IN RECORDS', of: ({ handle }) => handle },
  ];
  return createTable(columns).print(sessions);
}

function columnsFor({ now, zone, everywhere }: ShownWhere): Column<LiveSession>[] {
  const at = (instant: number): string => shortTime(instant, now, zone);
  return [
    { title: 'WHO', of: ({ who }) => who },
    { title: 'GRANT', of: ({ namespace, grant }) => (everywhere ? `${namespace}/${grant}` : grant) },
    { title: 'APPLICATION', of: ({ application }) => application ?? '' },
    { title: 'FROM', of: ({ from }) => from },
    { title: 'SINCE', of: ({ since }) => at(since) },
    { title: 'USED', of: ({ lastUsed }) => at(lastUsed) },
    { title: 'ENDS', of: ({ ends }) => at(ends) },
  ];
}

/** `18:00` today, `Fri 18:00` within six days, else the date: short, in the zone of the screen. */
export function shortTime(instant: number, now: number, zone: string): string {
  const { weekday, date, time } = localParts(instant, zone);
  const clock = time.slice(0, 5);
  if (date === localParts(now, zone).date) return clock;
  return Math.abs(instant - now) < sixDaysMs ? `${weekday} ${clock}` : date;
}

const sixDaysMs = 6 * 24 * 3_600_000;
