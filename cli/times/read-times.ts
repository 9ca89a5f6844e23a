/** Which span or instant people mean by `4h`, `3 days` or `friday 18:00`. Pure; it refuses what has two meanings. */
import { parseTime } from '../../crds/rules/time/time.ts';
import { UsageError } from '../command.ts';
import { beginOfDay, endOfDay, instantOrRefusal, type OnClocks, onClocks } from './on-clocks.ts';
import { afterDays, type LocalTime, localOf, weekdayOf } from './zoned.ts';

/** When and where it is asked. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The IANA name of the zone whose clocks are meant. */
  readonly zone: string;
}

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const units: readonly (readonly [RegExp, number])[] = [
  [/^(s|sec|secs|second|seconds)$/, secondMs],
  [/^(m|min|mins|minute|minutes)$/, minuteMs],
  [/^(h|hr|hrs|hour|hours)$/, hourMs],
  [/^(d|day|days)$/, dayMs],
  [/^(w|week|weeks)$/, 7 * dayMs],
];

const spanExample = 'write for example 4h, 90m, "3 days" or "1 day 4 hours"';

/** Milliseconds of a span. A day is 24 hours; months and years have no one length. */
export function readSpan(text: string): number {
  const parts = [
    ...text
      .trim()
      .toLowerCase()
      .matchAll(/\s*(?:and\s+)?([0-9]{1,6})\s*([a-z]+)\s*,?/g),
  ];
  const isWhole =
    parts.length > 0 &&
    parts
      .map(([all]) => all)
      .join('')
      .trim() === text.trim().toLowerCase();
  const lengths = parts.map(([, count, unit]) => Number(count) * unitMs(unit ?? ''));
  const span = lengths.reduce((sum, each) => sum + each, 0);
  if (!isWhole || !(span > 0))
    throw new UsageError(`"${shortened(text)}" must be a length of time; ${spanExample}`);
  return span;
}

function unitMs(unit: string): number {
  return units.find(([shape]) => shape.test(unit))?.[1] ?? Number.NaN;
}

const instantExample = (day: string): string =>
  `write for example "friday 18:00", "tomorrow 9:00", "2026-12-04 18:00", 2026-12-04 (its ${day}) or 2026-12-04T17:00:00Z`;

/**
 * The instant that is meant, later than `now`. A day without a time means its end: "until friday" has the Friday in it. A
 * weekday is the next one whose time is not over yet; an hour alone is today's, or tomorrow's where today's is over.
 */
export function instantMeant(text: string, moment: Moment): number {
  return instantOf(text, 'end', moment);
}

/** The same for a start, where a day without a time means its begin. Today has begun: it is not guessed what is meant. */
export function startMeant(text: string, moment: Moment): number {
  return instantOf(text, 'begin', moment);
}

/** What a day without a time stands for. */
type DayStandsFor = 'begin' | 'end';

function instantOf(text: string, day: DayStandsFor, moment: Moment): number {
  const words = text.trim().toLowerCase();
  const exact = parseTime(words.toUpperCase());
  if (exact !== undefined) return exact;
  const at = dayAndTime(words, day, moment);
  if (at === undefined)
    throw new UsageError(`"${shortened(text)}" must be a point in time; ${instantExample(day)}`);
  return at;
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

function dayAndTime(words: string, standsFor: DayStandsFor, moment: Moment): number | undefined {
  const match =
    /^(?<day>(?!noon$)[a-z]+|\d{4}-\d{2}-\d{2})?(?:(?:^|,?\s+)(?:at\s+)?(?<time>\d.*|noon))?$/.exec(words);
  if (match === null || words === '') return undefined;
  const { day, time } = match.groups ?? {};
  const minute = time === undefined ? undefined : minuteOf(time);
  if (time !== undefined && minute === undefined) return undefined;
  const days = day === undefined ? nextDays(moment, 1) : daysMeant(day, moment);
  if (time === undefined && standsFor === 'begin') refuseToday(days, words, moment);
  return firstLater(days, moment.now, (each) =>
    minute === undefined ? edgeOf(each, standsFor, moment.zone) : onClocks({ ...each, minute }, moment.zone),
  );
}

/**
 * The first that is later than now, or the first of all. Each is looked at only when it is its turn: what the clocks do on a
 * later day, or did on one that is over, must not refuse the one that is meant.
 */
function firstLater(
  days: readonly LocalTime[],
  now: number,
  on: (day: LocalTime) => OnClocks | undefined,
): number | undefined {
  let first: OnClocks | undefined;
  for (const each of days) {
    const meant = on(each);
    if (meant === undefined) return undefined;
    if (meant.at > now) return instantOrRefusal(meant);
    first ??= meant;
  }
  return first && instantOrRefusal(first);
}

function edgeOf(day: LocalTime, standsFor: DayStandsFor, zone: string): OnClocks | undefined {
  const at = standsFor === 'begin' ? beginOfDay(day, zone) : endOfDay(day, zone);
  return at === undefined ? undefined : { at };
}

/** Today and so many days after it. */
function nextDays({ now, zone }: Moment, more: number): LocalTime[] {
  const today = localOf(now, zone);
  return Array.from({ length: more + 1 }, (_, days) => afterDays(today, days));
}

function isToday({ year, month, day }: LocalTime, { now, zone }: Moment): boolean {
  const today = localOf(now, zone);
  return year === today.year && month === today.month && day === today.day;
}

function refuseToday(days: readonly LocalTime[], words: string, moment: Moment): void {
  if (!days.some((each) => isToday(each, moment))) return;
  throw new UsageError(
    `"${shortened(words)}" is today, which has begun, and a start can only be later: say at what time, as in "today 18:00", or leave the start out to begin at once`,
  );
}

/** The days that a word may mean, the nearest first. */
function daysMeant(day: string, moment: Moment): LocalTime[] {
  const [today, tomorrow] = nextDays(moment, 1);
  if (day === 'today' && today) return [today];
  if (day === 'tomorrow' && tomorrow) return [tomorrow];
  const weekday = weekdays.findIndex((name) => name === day || name.slice(0, 3) === day);
  if (weekday >= 0) return nextDays(moment, 7).filter((each) => weekdayOf(each) === weekday);
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (date === null) return [];
  return [{ year: Number(date[1]), month: Number(date[2]), day: Number(date[3]), minute: 0 }];
}

/** Minutes after midnight: `18:00`, `9:30`, `6pm`, `6:30 pm`, `noon`. */
function minuteOf(text: string): number | undefined {
  if (text === 'noon') return 12 * 60;
  const match = /^(\d{1,2})(?::(\d{2}))?\s*(am|pm)?$/.exec(text);
  if (match === null) return undefined;
  const [, hourText, minuteText, half] = match;
  // An hour alone, without am or pm or minutes, may be a day of the month.
  if (minuteText === undefined && half === undefined) return undefined;
  const hour = hourOf(Number(hourText), half);
  const minute = Number(minuteText ?? '0');
  return hour === undefined || minute > 59 ? undefined : hour * 60 + minute;
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour <= 23 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half === 'pm' ? 12 : 0);
}
