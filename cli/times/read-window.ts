/** From when until when: the words of a call as the times that are written. Pure. */
import type { CommandInput } from '../command.ts';
import { UsageError } from '../command.ts';
import { instantMeant, type Moment, readSpan, startMeant } from './read-times.ts';
import { writtenTime } from './show.ts';

/** The times as they are written. */
export interface WrittenWindow {
  readonly startTime?: string;
  readonly expirationTime: string;
}

/** What a call says about time: options, or the words `for 4h` and `until friday 18:00` after the name. */
export interface TimeWords {
  readonly for?: string | undefined;
  readonly until?: string | undefined;
  readonly by?: string | undefined;
  readonly start?: string | undefined;
}

/** Options and words of a call. `words` are its arguments after those that have a meaning of their own. */
export function timeWords(
  input: CommandInput,
  words: readonly string[],
  options: readonly string[],
): TimeWords {
  const given = Object.fromEntries(
    options.map((name) => [name, input.option(name)]).filter(([, value]) => value !== undefined),
  ) as TimeWords;
  if (words.length === 0) return given;
  const [first = '', ...rest] = words;
  if (!options.includes(first) || rest.length === 0) {
    throw new UsageError(
      `"${words.join(' ').slice(0, 60)}" must be words about time; write for example: for 4h`,
    );
  }
  if (first in given) {
    throw new UsageError(
      `the time can only be given once, and is given by --${first} and by "${words.join(' ')}"; leave one out`,
    );
  }
  return { ...given, [first]: rest.join(' ') };
}

/**
 * The window of a new grant. `for` counts from the start; where it begins at once, the start is written too, so that the
 * length is what was asked for however long the person takes to answer.
 */
export function readWindow(words: TimeWords, moment: Moment): WrittenWindow {
  if ((words.for === undefined) === (words.until === undefined))
    throw new UsageError('the end must be given, in one way: --for 4h, or --until "friday 18:00"');
  const start = words.start === undefined ? undefined : startMeant(words.start, moment);
  if (words.until !== undefined) {
    const end = { expirationTime: writtenTime(instantMeant(words.until, moment)) };
    return start === undefined ? end : { startTime: writtenTime(start), ...end };
  }
  const from = start ?? justNow(moment.now);
  return {
    startTime: writtenTime(from),
    expirationTime: writtenTime(from + readSpan(words.for ?? '')),
  };
}

/** A start that is over for each clock that agrees with ours to a second: nothing waits for it. */
function justNow(now: number): number {
  return (Math.floor(now / 1000) - 1) * 1000;
}

/** The later end of a grant that is there: from now on, until an instant, or by so much. */
export function readNewEnd(words: TimeWords, end: number, moment: Moment): string {
  const given = [words.for, words.until, words.by].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw new UsageError(
      'the new end must be given, in one way: --for 4h (from now), --by 4h (after its present end), or --until "friday 18:00"',
    );
  }
  if (words.for !== undefined) return writtenTime(moment.now + readSpan(words.for));
  if (words.by !== undefined) return writtenTime(end + readSpan(words.by));
  return writtenTime(instantMeant(words.until ?? '', moment));
}
