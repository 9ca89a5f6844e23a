/**
 * When is a grant's window open? Half-open: open at its start, closed at its end. It must not read a clock, and it must
 * not treat a time that it cannot read as any particular time.
 */
import { formatTime, parseTime } from './time.ts';

/** The part of a grant that is about time. */
export interface Window {
  readonly startTime?: string;
  readonly expirationTime: string;
}

export type WindowState = 'NotStarted' | 'Open' | 'Expired';

/** Until when (epoch milliseconds) the window is open, if it is open at `now`; undefined when it is not, or unreadable. */
export function openUntil(window: Window, now: number): number | undefined {
  const until = parseTime(window.expirationTime);
  const from = startOf(window);
  if (until === undefined || from === undefined) return undefined;
  return now >= from && now < until ? until : undefined;
}

/**
 * The state of the window at `now` (epoch milliseconds). A window whose times cannot be read counts as expired, also
 * before its start: it will never open.
 */
export function windowState(window: Window, now: number): WindowState {
  if (openUntil(window, now) !== undefined) return 'Open';
  return nextBoundary(window, now) === undefined ? 'Expired' : 'NotStarted';
}

/** When the window's state changes next (epoch milliseconds), or undefined when it never will. */
export function nextBoundary(window: Window, now: number): number | undefined {
  const until = parseTime(window.expirationTime);
  const from = startOf(window);
  if (until === undefined || from === undefined || !(now < until)) return undefined;
  return now < from ? Math.min(from, until) : until;
}

/** Bounds on a grant's length, from the policy. */
export interface DurationBounds {
  readonly minSeconds?: number;
  readonly maxSeconds?: number;
}

/** What is wrong with a length. A grant that is too short only deserves a warning; one too long stays closed. */
export interface LengthObjection {
  readonly kind: 'TooShort' | 'TooLong';
  /** For people, naming both bounds (requirement ZH-2). */
  readonly message: string;
}

/**
 * Whether the policy objects to the window's length, measured from its start, or from the grant's creation where it
 * has none. Without either, or with times that cannot be read, a bounded length cannot be known and is too long.
 */
export function lengthObjection(
  window: Window,
  bounds: DurationBounds | undefined,
  creationTime?: string,
): LengthObjection | undefined {
  const { minSeconds = 0, maxSeconds = Number.POSITIVE_INFINITY } = bounds ?? {};
  if (minSeconds === 0 && maxSeconds === Number.POSITIVE_INFINITY) return undefined;
  const seconds = secondsOf(window, creationTime);
  if (seconds === undefined)
    return { kind: 'TooLong', message: 'the length cannot be known from the times given' };

  const message = `the grant lasts ${inWords(seconds)}; the policy asks for ${boundsInWords(minSeconds, maxSeconds)}`;
  if (!(seconds <= maxSeconds)) return { kind: 'TooLong', message };
  if (!(seconds >= minSeconds)) return { kind: 'TooShort', message };
  return undefined;
}

/** The window in words: "from 2026-12-01T08:00:00.000Z until 2026-12-03T08:00:00.000Z". */
export function windowInWords(window: Window): string {
  const from = parseTime(window.startTime);
  const until = parseTime(window.expirationTime);
  const end = until === undefined ? 'a time that cannot be read' : formatTime(until);
  return from === undefined ? `until ${end}` : `from ${formatTime(from)} until ${end}`;
}

/** A grant without a start has always started; undefined where a start is given and cannot be read. */
function startOf({ startTime }: Window): number | undefined {
  return startTime === undefined ? Number.NEGATIVE_INFINITY : parseTime(startTime);
}

function secondsOf(window: Window, creationTime: string | undefined): number | undefined {
  const until = parseTime(window.expirationTime);
  const from = parseTime(window.startTime ?? creationTime);
  return until === undefined || from === undefined ? undefined : (until - from) / 1000;
}

function boundsInWords(minSeconds: number, maxSeconds: number): string {
  if (minSeconds === 0) return `at most ${inWords(maxSeconds)}`;
  if (maxSeconds === Number.POSITIVE_INFINITY) return `at least ${inWords(minSeconds)}`;
  return `at least ${inWords(minSeconds)} and at most ${inWords(maxSeconds)}`;
}

function inWords(seconds: number): string {
  if (seconds % 86_400 === 0) return counted(seconds / 86_400, 'day');
  if (seconds % 3600 === 0) return counted(seconds / 3600, 'hour');
  if (seconds % 60 === 0) return counted(seconds / 60, 'minute');
  return counted(seconds, 'second');
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
