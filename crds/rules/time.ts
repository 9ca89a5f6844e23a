/** Which instant does a text mean? Strict RFC 3339 only; it must never produce a NaN that a comparison lets through. */

const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;
const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * Epoch milliseconds of an RFC 3339 time, or undefined. `T` and `Z` in upper case, a real calendar day, no leap
 * second; fractions (at most nine digits) are cut to milliseconds. Written by hand since `Date.parse` accepts much
 * that no other reader does, and rolls 31 February over.
 */
export function parseTime(text: string | undefined): number | undefined {
  if (text === undefined || text.length < 20 || !hasTimeShape(text)) return undefined;
  const day = dayNumber(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  // written so that a NaN, which is what `digits` gives for anything else, fails
  if (!(day >= -1e9 && hour <= 23 && minute <= 59 && second <= 59)) return undefined;
  const rest = tail(text);
  if (rest === undefined) return undefined;
  return day * dayMs + hour * hourMs + minute * minuteMs + second * secondMs + rest;
}

/** The canonical spelling of an instant: UTC with milliseconds. */
export function formatTime(at: number): string {
  return new Date(at).toISOString();
}

function hasTimeShape(text: string): boolean {
  return text[4] === '-' && text[7] === '-' && text[10] === 'T' && text[13] === ':' && text[16] === ':';
}

/** The number that the digits from `start` to `end` spell; NaN where one is no digit. */
function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
  }
  return value;
}

/** Days since 1970-01-01 in the Gregorian calendar; NaN for a day that does not exist. */
function dayNumber(year: number, month: number, day: number): number {
  const leapDay = isLeap(year) ? 1 : 0;
  const before = (daysBefore[month - 1] ?? Number.NaN) + (month > 2 ? leapDay : 0);
  const length = (daysIn[month - 1] ?? Number.NaN) + (month === 2 ? leapDay : 0);
  if (!(day >= 1 && day <= length)) return Number.NaN;
  const past = year - 1; // whole years before this one, counted from year 1
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
  return past * 365 + leapDays + before + day - 719_163;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Milliseconds that fraction and offset add, or undefined where what follows the seconds is neither. */
function tail(text: string): number | undefined {
  if (text.length === 20 && text[19] === 'Z') return 0;
  const match = /^(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/.exec(text.slice(19));
  if (match === null) return undefined;
  const [, fraction = '', sign, hours = '00', minutes = '00'] = match;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = Number(hours) * hourMs + Number(minutes) * minuteMs;
  return Number(fraction.padEnd(3, '0').slice(0, 3)) - (sign === '-' ? -offset : offset);
}
