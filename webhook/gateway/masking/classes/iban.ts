/** International bank account numbers (ISO 13616): the length of each country, and the remainder of 97. */
import type { DataClass } from './data-class.ts';
import { findNumbers, groupMark, longestNumber, numberAhead, outsideWords } from './number-finder.ts';

/** Lengths by country, as the registry of SWIFT has them. */
const lengths: Readonly<Record<string, number>> = Object.fromEntries(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24
  FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20
  LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24
  SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

export const iban: DataClass = {
  name: 'Iban',
  plural: 'bank account numbers',
  replacement: '[iban-hidden]',
  find: findNumbers([
    {
      begins: outsideWords,
      pattern: `[A-Z]{2}\\d{2}(?:[0-9A-Z]{11,30}|(?:${groupMark}[0-9A-Z]{4}){2,7}(?:${groupMark}[0-9A-Z]{1,3})?)`,
      begun: `[A-Z]{1,2}|[A-Z]{2}\\d{1,2}|[A-Z]{2}\\d{2}(?:[0-9A-Z]{1,30}|(?:${groupMark}[0-9A-Z]{0,4}){1,8})`,
      // Behind it another word in capitals may stand.
      lengthIn: (value) =>
        [lengths[value.slice(0, 2)] ?? 0].filter((length) => isIban(value.slice(0, length))),
    },
  ]),
  reach: { back: longestNumber, ahead: numberAhead },
};

/** Whether these characters without blanks are an account's number. */
function isIban(value: string): boolean {
  return (
    lengths[value.slice(0, 2)] === value.length && remainderOf97(value.slice(4) + value.slice(0, 4)) === 1
  );
}

/** A letter counts as two digits, A as 10. */
function remainderOf97(value: string): number {
  let rest = 0;
  for (const one of value) {
    const digit = Number.parseInt(one, 36);
    rest = (rest * (digit > 9 ? 100 : 10) + digit) % 97;
  }
  return rest;
}
