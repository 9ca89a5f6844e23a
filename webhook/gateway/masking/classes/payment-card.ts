/** Numbers of payment cards: the issuers' beginnings and lengths (ISO/IEC 7812), and the check digit of Luhn. */
import type { DataClass } from './data-class.ts';
import { findNumbers, groupMark, longestNumber, numberAhead, outsideWords } from './number-finder.ts';

/** Without the issuers' beginnings one in ten of all long numbers would be a card. */
const issuers: readonly RegExp[] = [
  /^4(?:\d{15}|\d{18})$/,
  /^(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}$/,
  /^3[47]\d{13}$/,
  /^(?:30[0-5]|3[689]\d)\d{11}$/,
  /^35(?:2[89]|[3-8]\d)\d{12}$/,
  /^(?:6011|64[4-9]\d|65\d{2}|62\d{2})\d{12}(?:\d{3})?$/,
  /^(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{12}$/,
];

/** Longer ones first: a check value of three digits may follow a card of sixteen. */
const lengths: readonly number[] = [19, 16, 15, 14];

const grouped = [
  `\\d{4}${groupMark}\\d{4}${groupMark}\\d{4}${groupMark}\\d{4}(?:${groupMark}\\d{3})?`,
  `\\d{4}${groupMark}\\d{6}${groupMark}\\d{4,5}`,
].join('|');

export const paymentCard: DataClass = {
  name: 'PaymentCard',
  plural: 'numbers of payment cards',
  replacement: '[card-hidden]',
  find: findNumbers([
    {
      begins: outsideWords,
      pattern: `\\d{14,19}|${grouped}`,
      begun: `\\d{1,19}|(?:\\d{4,6}${groupMark}){1,4}\\d{0,6}`,
      lengthIn: (value) => lengths.filter((length) => isCard(value.slice(0, length))),
    },
  ]),
  reach: { back: longestNumber, ahead: numberAhead },
};

function isCard(digits: string): boolean {
  return issuers.some((issuer) => issuer.test(digits)) && isLuhn(digits);
}

/** The check digit of Luhn: every second digit from the right counts twice. */
function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const counted = at % 2 === 0 ? digit : 2 * digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}
