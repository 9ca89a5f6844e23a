/**
 * Telephone numbers as people write them: international behind a plus, which stays; in brackets or behind hyphens as in North
 * America; with a leading zero and a mark behind the area. A bare row of digits is none: it could be any number.
 */
import type { DataClass } from './data-class.ts';
import { findNumbers, groupMark, longestNumber, numberAhead, outsideWords } from './number-finder.ts';

/** Calling codes of countries (ITU-T E.164), by their first digits. */
const callingCode =
  /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|21[1-8]|2[2346]\d|25[0-8]|29[0179]|3[57]\d|38[0-35-79]|42[013]|50\d|59\d|6[78]\d|69[0-2]|85[02356]|88[0-368]|96[0-8]|97\d|99[2-689])/;

const between = `(?:${groupMark}|[./]|${groupMark}?\\(|\\)${groupMark}?)`;
/** A plus in the forms of JSON, HTML and addresses. In a sum and in the query of a form it stands behind a word. */
const plus = '(?<=(?<![\\w)\\]])(?:\\+|%2[bB]|\\\\u002[bB]|&#43;|&plus;)\\(?)';
const america = `[2-9]\\d{2}${groupMark}\\d{4}`;
/** As in France. In a row of bytes there are more pairs on either side, and in an example of one they count up. */
const pairs = `(?<![\\da-fA-F]{2}[ -])0[1-9](?!.02.03)(?:(?:${groupMark}|[.])\\d{2}){4}(?![ -][\\da-fA-F]{2})`;
/** With an area code in front; `02110-1301` is a place in the United States. */
const area = `(?!\\d{5}[ -]\\d{4}(?!\\d))\\(?0[1-9]\\d{1,4}\\)?(?:/|${groupMark}){1,2}\\d{3,8}(?:${groupMark}\\d{2,5}){0,2}`;

export const phoneNumber: DataClass = {
  name: 'PhoneNumber',
  plural: 'telephone numbers',
  replacement: '[phone-hidden]',
  find: findNumbers([
    {
      begins: plus,
      pattern: `[1-9]\\d{0,14}(?:${between}\\d{1,14}){0,6}`,
      begun: `\\d{0,15}(?:${between}\\d{0,14}){0,6}`,
      lengthIn: internationalLengths,
    },
    {
      begins: outsideWords,
      pattern: `(?:1${groupMark})?(?:\\([2-9]\\d{2}\\)${groupMark}?|[2-9]\\d{2}-)${america}`,
      begun: `[(\\d](?:[()-]|${groupMark}|\\d){0,14}`,
      lengthIn: (value) => [value.length],
    },
    {
      begins: outsideWords,
      pattern: `${area}|${pairs}`,
      begun: `\\(?0(?:[()./]|${groupMark}|\\d){0,20}(?:[ -][\\da-fA-F]{0,2})?`,
      lengthIn: (value) => [12, 11, 10, 9].filter((length) => length <= value.length),
    },
  ]),
  reach: { back: longestNumber, ahead: numberAhead },
};

/** Fifteen digits at most (E.164), and as many as the country has where that is known: eleven for North America. */
function internationalLengths(digits: string): readonly number[] {
  if (!callingCode.test(digits)) return [];
  const known = digits.startsWith('1') ? [11] : [15, 14, 13, 12, 11, 10, 9, 8];
  return known.filter((length) => length <= digits.length);
}
