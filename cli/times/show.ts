/** How an instant is shown to people: in their own zone, with the zone, and as what is written. Pure. */
import { formatTime } from '../../crds/rules/time/time.ts';

/** `2026-12-04T17:00:00Z`: what is written, in whole seconds. */
export function writtenTime(at: number): string {
  return formatTime(Math.floor(at / 1000) * 1000).replace('.000Z', 'Z');
}

/** `Fri 2026-12-04 18:00 Europe/Berlin (2026-12-04T17:00:00Z)`. */
export function shownTime(at: number, zone: string): string {
  const { weekday, date, time } = localParts(at, zone);
  return `${weekday} ${date} ${time} ${zone} (${writtenTime(at)})`;
}

/** The parts of an instant on the clocks of a zone. */
export function localParts(at: number, zone: string): { weekday: string; date: string; time: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const seconds = part('second') === '00' ? '' : `:${part('second')}`;
  return {
    weekday: part('weekday'),
    date: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}${seconds}`,
  };
}
