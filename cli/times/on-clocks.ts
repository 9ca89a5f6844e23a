/** The one instant that a day and a time on the clocks of a zone mean; what means two, or none, is a problem. Pure. */
import { UsageError } from '../command.ts';
import { writtenTime } from './show.ts';
import { afterDays, firstInstantFrom, instantsShownBy, type LocalTime } from './zoned.ts';

/** What is meant, or why it cannot be told. */
export interface OnClocks {
  /** Epoch milliseconds; with a problem, the last instant of which it could be said. */
  readonly at: number;
  readonly problem?: string | undefined;
}

const noon = 12 * 60;

/** Undefined for a day that does not exist. */
export function onClocks(local: LocalTime, zone: string): OnClocks | undefined {
  if (!isDay(local, zone)) return undefined;
  const [at, again] = instantsShownBy(local, zone);
  if (at !== undefined && again === undefined) return { at };
  if (at !== undefined && again !== undefined) {
    const problem = `the time must mean one instant, and the clocks of ${zone} show it twice on that day, as they are set back: write ${writtenTime(at)} or ${writtenTime(again)}`;
    return { at: again, problem };
  }
  const change = firstInstantFrom(local, zone) ?? 0;
  const problem = `the time must be one that the clocks of ${zone} show, and on that day they are set forward over it: write ${writtenTime(change)}, when they are, or another time`;
  return { at: change, problem };
}

/** When a day begins: at its midnight, or where clocks are set forward over that, as they are. Undefined for no day. */
export function beginOfDay(day: LocalTime, zone: string): number | undefined {
  return isDay(day, zone) ? firstInstantFrom({ ...day, minute: 0 }, zone) : undefined;
}

/** When a day ends: as the next one that there is begins. Undefined for no day. */
export function endOfDay(day: LocalTime, zone: string): number | undefined {
  return isDay(day, zone) ? firstInstantFrom({ ...afterDays(day, 1), minute: 0 }, zone) : undefined;
}

/** Whether there is such a day: not the 30th of February, nor one that a zone left out to change sides of the date line. */
function isDay(day: LocalTime, zone: string): boolean {
  return instantsShownBy({ ...day, minute: noon }, zone).length > 0;
}

/** The instant; throws where there is not the one. */
export function instantOrRefusal({ at, problem }: OnClocks): number {
  if (problem !== undefined) throw new UsageError(problem);
  return at;
}
