/** What the clocks of a zone show at an instant, by the rules of the Node that runs it. */

/** A moment on the clocks of a zone; months count from 1, and weekday 0 is Sunday. */
export interface ShownMoment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly zone: string;
  readonly offsetMinutes: number;
}

/** Whether Node knows a zone of this name. */
export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Shows instants on the clocks of the zone; of one that Node does not know, on those of UTC. */
export function clockFaces(zone: string): (at: number) => ShownMoment {
  const known = isZone(zone) ? zone : 'UTC';
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: known,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const [year, month, day] = [part('year'), part('month'), part('day')];
    const [hour, minute, second] = [part('hour'), part('minute'), part('second')];
    const shown = Date.UTC(year, month - 1, day, hour, minute, second);
    const offsetMinutes = Math.round((shown - Math.floor(at / 1000) * 1000) / 60_000);
    const weekday = new Date(shown).getUTCDay();
    return { year, month, day, weekday, hour, minute, second, zone: known, offsetMinutes };
  };
}
