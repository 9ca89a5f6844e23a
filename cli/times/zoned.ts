/** Which instants the clocks of a zone show. Pure; the zone's rules are those of the Node that runs it. */
import { parseTime } from '../../crds/rules/time/time.ts';

/** A day and a time of day on the clocks of a zone. `minute` counts from midnight. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly minute: number;
}

const secondMs = 1000;
const minuteMs = 60 * secondMs;

/**
 * The instants at which the clocks of the zone show this, the first one first: two where they are set back, none where they
 * are set forward over it, and none for a day that does not exist.
 */
export function instantsShownBy(local: LocalTime, zone: string): readonly number[] {
  const shown = asIfUtc(local);
  if (shown === undefined) return [];
  const fitting = offsetsAround(shown, zone)
    .map((offset) => shown - offset)
    .filter((at) => at + offsetMs(at, zone) === shown);
  return [...new Set(fitting)].sort((one, other) => one - other);
}

/** The first instant at which the clocks of the zone show this or later: where they are set forward over it, that of the change. */
export function firstInstantFrom(local: LocalTime, zone: string): number | undefined {
  const shown = asIfUtc(local);
  if (shown === undefined) return undefined;
  const [exact] = instantsShownBy(local, zone);
  if (exact !== undefined) return exact;
  const offsets = offsetsAround(shown, zone);
  // The clocks are before it here, and behind it there; between them they are changed once.
  let before = shown - Math.max(...offsets);
  let after = shown - Math.min(...offsets);
  while (after - before > secondMs) {
    const middle = before + Math.floor((after - before) / (2 * secondMs)) * secondMs;
    if (middle + offsetMs(middle, zone) >= shown) after = middle;
    else before = middle;
  }
  return after;
}

/** By how much the clocks are ahead of UTC a day before and a day after they show this. */
function offsetsAround(shown: number, zone: string): number[] {
  const dayMs = 24 * 60 * minuteMs;
  return [shown - dayMs, shown + dayMs].map((at) => offsetMs(at, zone));
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
