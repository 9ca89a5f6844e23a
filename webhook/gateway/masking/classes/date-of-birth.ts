/** Dates of birth: a date behind a word that says so, in the same line and with no other number between them. */
import type { DataClass } from './data-class.ts';
import { findNumbers, longestNumber, numberAhead } from './number-finder.ts';

/** In English, German, French, Spanish, Italian and Portuguese. */
const words =
  '(?:[Bb]irth|BIRTH|[Bb]orn|BORN|\\b[Dd]ob\\b|DOB|[Gg]eb(?:urt|oren|\\.)|[Nn]aissance|[Nn]acimiento|[Nn]ascita|[Nn]ascimento)';
/** What stands between the word and the date: marks, elements, the end of the word. */
const between = '[^\\d\\n]{0,32}';
const day = '(?:[12]\\d|3[01]|0?[1-9])';
const month = '(?:1[0-2]|0?[1-9])';
const year = '(?:19|20)\\d{2}';

export const dateOfBirth: DataClass = {
  name: 'DateOfBirth',
  plural: 'dates of birth',
  replacement: '[birth-hidden]',
  find: findNumbers([
    {
      begins: `(?<=${words}${between})(?<![\\w$])`,
      pattern: `${year}-${month}-${day}|${year}/${month}/${day}|${day}[./-]${month}[./-]${year}|${month}/${day}/${year}|${year}${month}${day}`,
      begun: '\\d[\\d./-]{0,10}',
      lengthIn: (value) => [value.length],
    },
  ]),
  reach: { back: longestNumber, ahead: numberAhead },
};
