/** Which instant the clocks of a zone show. Pure; the zone's rules are those of the Node that runs it. */
import { parseTime } from '../../crds/rules/time/time.ts';

/** A day and a time of day on the clocks of a zone. `minute` counts from midnight; 1440 is the end of the day. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly minute: number;
}

const minuteMs = 60_000;

/**
 * The instant at which the clocks of the zone show this. The first of two where clocks are set back, so that access never
 * ends later than was meant; undefined where they are set forward over it, or for a day that does not exist.
 */
export function instantShownBy(local: LocalTime, zone: string): number | undefined {
  const shown = asIfUtc(local);
  if (shown === undefined) return undefined;
  const offsets = [shown - 24 * 60 * minuteMs, shown + 24 * 60 * minuteMs].map((at) => offsetMs(at, zone));
  const fitting = offsets.map((offset) => shown - offset).filter((at) => at + offsetMs(at, zone) === shown);
  return fitting.length === 0 ? undefined : Math.min(...fitting);
}

/** What the clocks of the zone show at an instant. */
export function localOf(at: number, zone: string): LocalTime {
  const shown = new Date(at + offsetMs(at, zone));
  return {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    minute: shown.getUTCHours() * 60 + shown.getUTCMinutes(),
  };
}

/** The same time of day, so many days later. */
export function afterDays(local: LocalTime, days: number): LocalTime {
  const moved = new Date(Date.UTC(local.year, local.month - 1, local.day + days));
  return {
    year: moved.getUTCFullYear(),
    month: moved.getUTCMonth() + 1,
    day: moved.getUTCDate(),
    minute: local.minute,
  };
}

/** 0 is Sunday. */
export function weekdayOf({ year, month, day }: LocalTime): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

function asIfUtc({ year, month, day, minute }: LocalTime): number | undefined {
  const text = (value: number, digits: number): string => String(value).padStart(digits, '0');
  const midnight = parseTime(`${text(year, 4)}-${text(month, 2)}-${text(day, 2)}T00:00:00Z`);
  return midnight === undefined ? undefined : midnight + minute * minuteMs;
}

/** By how much the clocks of the zone are ahead of UTC. */
function offsetMs(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return shown - Math.floor(at / 1000) * 1000;
}
