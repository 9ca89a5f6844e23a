/** Which instant does a text mean? Strict RFC 3339 only; it must never produce a NaN that a comparison lets through. */

const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;
const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const hyphen = 45;
const zero = 48;
const colon = 58;
const upperT = 84;
const upperZ = 90;
const noDigits = 100;

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
  const day = dayNumber(text);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (day === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
  const rest = tail(text);
  if (rest === undefined) return undefined;
  return day * dayMs + hour * hourMs + minute * minuteMs + second * secondMs + rest;
}

/** The canonical spelling of an instant: UTC with milliseconds. */
export function formatTime(at: number): string {
  return new Date(at).toISOString();
}

function hasTimeShape(text: string): boolean {
  return (
    text.charCodeAt(4) === hyphen &&
    text.charCodeAt(7) === hyphen &&
    text.charCodeAt(10) === upperT &&
    text.charCodeAt(13) === colon &&
    text.charCodeAt(16) === colon
  );
}

/** The number that the two digits at a place spell; 100, which is too much for every part of a time, for anything else. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - zero;
  const ones = text.charCodeAt(at + 1) - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : noDigits;
}

/** Days since 1970-01-01 in the Gregorian calendar; undefined for a day that does not exist. */
function dayNumber(text: string): number | undefined {
  const century = twoDigits(text, 0);
  const yearOfIt = twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  if (century === noDigits || yearOfIt === noDigits || month < 1 || month > 12) return undefined;
  const year = century * 100 + yearOfIt;
  if (day < 1 || day > lengthOf(month, year)) return undefined;
  return daysBeforeYear(year) + daysBeforeMonth(month, year) + day - 719_163;
}

/** Days from 0001-01-01 to the first of the year. */
function daysBeforeYear(year: number): number {
  const past = year - 1;
  return past * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
}

function daysBeforeMonth(month: number, year: number): number {
  return (daysBefore[month - 1] ?? 0) + (month > 2 && isLeap(year) ? 1 : 0);
}

function lengthOf(month: number, year: number): number {
  return month === 2 && isLeap(year) ? 29 : (daysIn[month - 1] ?? 0);
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Milliseconds that fraction and offset add, or undefined where what follows the seconds is neither. */
function tail(text: string): number | undefined {
  if (text.length === 20 && text.charCodeAt(19) === upperZ) return 0;
  const match = /^(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/.exec(text.slice(19));
  if (match === null) return undefined;
  const [, fraction = '', sign, hours = '00', minutes = '00'] = match;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = Number(hours) * hourMs + Number(minutes) * minuteMs;
  return Number(fraction.padEnd(3, '0').slice(0, 3)) - (sign === '-' ? -offset : offset);
}
