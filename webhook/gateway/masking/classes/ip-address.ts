/**
 * Addresses of the internet, by which a person's connection is known (IPv4). Those of private networks, of a machine itself and
 * of documents name no person and stay.
 */
import type { DataClass } from './data-class.ts';
import { findNumbers, longestNumber, numberAhead, outsideWords } from './number-finder.ts';

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
/** Names of attributes in certificates (`2.5.29.19`), and addresses that are private, shared, loopback, link-local, for documents, multicast and reserved (RFC 6890). */
const noPerson =
  '2\\.5\\.(?:4|29)\\.|(?:0|10|127|22[4-9]|2[3-5]\\d)\\.|100\\.(?:6[4-9]|[7-9]\\d|1[01]\\d|12[0-7])\\.|169\\.254\\.|172\\.(?:1[6-9]|2\\d|3[01])\\.|192\\.168\\.|192\\.0\\.[02]\\.|198\\.1[89]\\.|198\\.51\\.100\\.|203\\.0\\.113\\.';
/** Not behind a slash (`Chrome/120.0.0.0`) nor another number, as paths of drawings have them; and no version ends in zeros. */
const begins = `${outsideWords}(?<![/-]|\\d[ ,])`;

export const ipAddress: DataClass = {
  name: 'IpAddress',
  plural: 'IP addresses',
  replacement: '[ip-hidden]',
  find: findNumbers([
    {
      begins,
      pattern: `(?!${noPerson}|\\d+\\.0\\.0\\.|\\d+\\.\\d+\\.0\\.0)${octet}(?:\\.${octet}){3}`,
      begun: '\\d{1,3}(?:\\.\\d{0,3}){0,3}',
      lengthIn: (value) => [value.length],
    },
  ]),
  reach: { back: longestNumber, ahead: numberAhead },
};
