/**
 * Numbers that a state gives a person, where their form or arithmetic tells them from other numbers: United States (SSN),
 * United Kingdom (National Insurance), Germany (tax, in groups), France (NIR), Italy (codice fiscale), Spain (DNI, NIE), Brazil (CPF).
 */
import type { DataClass } from './data-class.ts';
import {
  findNumbers,
  groupMark,
  longestNumber,
  type NumberShape,
  numberAhead,
  outsideWords,
} from './number-finder.ts';

type Kind = Pick<NumberShape, 'pattern'> & { readonly isOne: (value: string) => boolean };

const gap = `${groupMark}?`;

const kinds: readonly Kind[] = [
  // United States: no area 000, 666 or 9xx, no group 00, no serial 0000.
  { pattern: '(?!000|666|9)\\d{3}-(?!00)\\d{2}-(?!0000)\\d{4}', isOne: () => true },
  {
    pattern: `(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]${gap}\\d{2}${gap}\\d{2}${gap}\\d{2}${gap}[A-D]`,
    isOne: () => true,
  },
  { pattern: `[1-9]\\d${groupMark}\\d{3}${groupMark}\\d{3}${groupMark}\\d{3}`, isOne: isGermanTax },
  {
    pattern: `[12]${gap}\\d{2}${gap}(?:0[1-9]|1[0-2]|[2-9]\\d)${gap}(?:\\d{2}|2[AB])${gap}\\d{3}${gap}\\d{3}${gap}\\d{2}`,
    isOne: isFrench,
  },
  {
    pattern: `[A-Z]{3}${gap}[A-Z]{3}${gap}\\d{2}[A-EHLMPR-T]\\d{2}${gap}[A-Z]\\d{3}[A-Z]`,
    isOne: isItalian,
  },
  { pattern: '(?:\\d{8}|[XYZ]-?\\d{7})-?[A-Z]', isOne: isSpanish },
  { pattern: '\\d{3}[.]\\d{3}[.]\\d{3}-\\d{2}', isOne: isBrazilian },
];

export const nationalId: DataClass = {
  name: 'NationalId',
  plural: 'national identity numbers',
  replacement: '[id-hidden]',
  find: findNumbers(
    kinds.map(({ pattern, isOne }) => ({
      begins: outsideWords,
      pattern,
      begun: `[\\dA-Z](?:[\\dA-Z.]|${groupMark}){0,21}`,
      lengthIn: (value) => (isOne(value) ? [value.length] : []),
    })),
  ),
  reach: { back: longestNumber, ahead: numberAhead },
};

/** ISO 7064, MOD 11,10; of the first ten digits exactly one is there two or three times. */
function isGermanTax(value: string): boolean {
  const counts = new Map<string, number>();
  for (const one of value.slice(0, 10)) counts.set(one, (counts.get(one) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  if (repeated.length !== 1 || (repeated[0] ?? 0) > 3) return false;
  let product = 10;
  for (const one of value.slice(0, 10)) product = (((Number(one) + product) % 10 || 10) * 2) % 11;
  return (11 - product) % 10 === Number(value[10]);
}

/** The key is 97 less the remainder of 97; Corsica counts as 19 and 18. */
function isFrench(value: string): boolean {
  const digits = value.replace('2A', '19').replace('2B', '18');
  return 97 - Number(BigInt(digits.slice(0, 13)) % 97n) === Number(digits.slice(13));
}

/** Values of the characters at odd places (decree of 23 December 1976). */
const oddPlaces = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

function isItalian(value: string): boolean {
  let sum = 0;
  for (let at = 0; at < 15; at += 1) {
    const digit = Number.parseInt(value[at] ?? '', 36);
    const number = digit < 10 ? digit : digit - 10;
    sum += at % 2 === 0 ? (oddPlaces[number] ?? 0) : number;
  }
  return String.fromCharCode(0x41 + (sum % 26)) === value[15];
}

/** The letter is the remainder of 23; X, Y and Z of foreigners count as 0, 1 and 2. */
function isSpanish(value: string): boolean {
  const number = Number(value.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter))));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23] === value.at(-1);
}

function isBrazilian(value: string): boolean {
  const check = (length: number): number => {
    let sum = 0;
    for (let at = 0; at < length; at += 1) sum += Number(value[at]) * (length + 1 - at);
    return ((10 * sum) % 11) % 10;
  };
  return !/^(\d)\1*$/.test(value) && check(9) === Number(value[9]) && check(10) === Number(value[10]);
}
