/**
 * Finds values that are made of digits and capitals, by patterns of bounded length and an arithmetic that says yes. Linear:
 * it sees no further than `longestNumber` characters, and of what precedes a text it is told.
 */
import type { Finder } from './data-class.ts';

/** Longest written form of a value, with what stands between its groups in its longest form. */
export const longestNumber = 192;
/** How far behind a value is looked, to tell that it ended. */
export const numberAhead = 2;

/**
 * What stands between two groups of one value: a blank or a hyphen, in the forms that JSON, HTML and addresses give them.
 * Bytes of UTF-8 come as one character each.
 */
export const groupMark =
  '(?:[ \\u00a0\\u202f\\u2011\\u2013-]|\\xc2\\xa0|\\xe2\\x80[\\xaf\\x91\\x93]|&(?:nbsp|thinsp|#160|#[xX][aA]0);|%20|%C2%A0|\\\\u(?:00[aA]0|202[fF]))';
/** No value begins in a word or in a number with a dot; the letter of an escape such as `\n` is no word. */
export const outsideWords = '(?:(?<![\\w$]|(?<![A-Za-z])\\.|\\d-)|(?<=\\\\[nrt]))';
const ends = /(?![\w$]|[.-]\d)/y;
/** The beginning of a mark between groups, or of what a value does not end before, at the end of a text. */
const unfinished = '(?:[. -]|[&%\\\\\\xc2\\xe2][\\w#\\x80-\\xff]{0,6};?)?';

/** Written where a text can hold only a number: one that no value is, that every program can store, and that is known again. */
export const numberMask = '-404040404040404';

/** One way to write a value. */
export interface NumberShape {
  /** The source of a pattern without a length, for where it may begin. */
  readonly begins: string;
  /** The source of a pattern for the longest value that may begin at a place, without what stands around it. */
  readonly pattern: string;
  /** A pattern for every beginning of it; it may take more. */
  readonly begun: string;
  /** How many of these digits and capitals, the first ones, are a value: the longest that is one; 0 where none is. */
  readonly lengthIn: (value: string) => readonly number[];
}

/** The finder of all that has one of these shapes. */
export function findNumbers(shapes: readonly NumberShape[]): Finder {
  const all = shapes.map(({ begins, pattern, lengthIn }) => ({
    whole: new RegExp(`${begins}(?:${pattern})`, 'g'),
    lengthIn,
  }));
  const begun = new RegExp(
    `(?:${shapes.map((shape) => `${shape.begins}(?:${shape.begun})`).join('|')})${unfinished}$`,
  );
  return (text, { final, before = '' }, onFound) => {
    const source = before + text;
    const open = final ? source.length : Math.max(before.length, openFrom(source, begun));
    let taken = before.length;
    for (const { start, end } of valuesIn(source, all)) {
      if (start < taken || start >= open) continue;
      const isNumber = standsForNumber(source, start, end);
      const at = { start: start - before.length, end: end - before.length };
      onFound(isNumber ? { ...at, written: () => numberMask } : at);
      taken = end;
    }
    return Math.max(open, taken) - before.length;
  };
}

interface Recognised extends Pick<NumberShape, 'lengthIn'> {
  readonly whole: RegExp;
}

interface Value {
  readonly start: number;
  readonly end: number;
}

/** All values of all shapes, in the order in which they begin; of two at one place the longer first. */
function valuesIn(source: string, shapes: readonly Recognised[]): Value[] {
  return shapes
    .flatMap((shape) => [...valuesOf(source, shape)])
    .toSorted((one, other) => one.start - other.start || other.end - one.end);
}

function* valuesOf(source: string, { whole, lengthIn }: Recognised): Generator<Value> {
  whole.lastIndex = 0;
  for (let found = whole.exec(source); found !== null; found = whole.exec(source)) {
    const end = endIn(source, found.index, lengthsOf(found[0], lengthIn));
    if (end > 0) yield { start: found.index, end };
    // What is none may begin with another number, such as a year.
    whole.lastIndex = end > 0 ? end : found.index + 1;
  }
}

/** Where after `start` the value ends that is the longest and that nothing goes on with; 0 where there is none. */
function endIn(source: string, start: number, lengths: readonly number[]): number {
  for (const length of lengths) {
    ends.lastIndex = start + length;
    if (ends.test(source)) return start + length;
  }
  return 0;
}

const marks = new RegExp(groupMark, 'g');

/** How long the values are that begin a written form, counted in the characters that write them. */
function lengthsOf(written: string, lengthIn: NumberShape['lengthIn']): number[] {
  // What stands between groups gives way to as many blanks, so that places stay the same.
  const places = [...written.replaceAll(marks, (mark) => ' '.repeat(mark.length)).matchAll(/[0-9A-Z]/g)];
  const lengths = lengthIn(places.map(([one]) => one).join(''));
  return lengths.map((length) => (places[length - 1]?.index ?? -1) + 1).filter((length) => length > 0);
}

/** Where a value may have begun that goes on after the text. */
function openFrom(source: string, begun: RegExp): number {
  // Two characters more, so that what stands before the window is seen.
  const from = Math.max(0, source.length - longestNumber - 2);
  const at = source.slice(from).search(begun);
  return at < 0 ? source.length : from + at;
}

/** What stands in front where JSON and scripts have a number; the bracket of CDATA is none. */
const member = /"\s{0,4}:\s{0,32}$|[[,]\s{0,4}\n\s{0,28}$/;
const listed = /(?:[:,(=]|(?<!CDATA)\[)\s{0,32}$/;

/**
 * Where a text could only hold a number, so that a word would break it: `"card": 4111…,` in JSON, `[…]` in a script. No more
 * than two characters behind it are looked at, because a text may end there.
 */
function standsForNumber(source: string, start: number, end: number): boolean {
  if (/\D/.test(source.slice(start, end))) return false;
  const before = source.slice(Math.max(0, start - 40), start);
  const after = source.slice(end, end + numberAhead);
  return (/^ ?[,}\]);]/.test(after) && listed.test(before)) || (/^[\r\n]/.test(after) && member.test(before));
}
