/** Secrets that show by their form that they are: private keys, and tokens with the beginning that their issuer gives them. */
import { type DataClass, type Finder, longestBefore } from './data-class.ts';

const longestToken = 255;
/** Longest body of a private key; one of RSA with 16,384 bits has 12,500 characters. */
const longestKey = 16_000;
const label = '[A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----';
const key = `-----BEGIN ${label}[^-]{0,${longestKey}}-----END ${label}`;
const tokens = [
  'gh[pousr]_[A-Za-z0-9]{36,255}',
  'github_pat_\\w{22,255}',
  'glpat-[\\w-]{20,64}',
  'xox[abeprs]-[\\w-]{10,250}',
  '(?:AKIA|ASIA)[0-9A-Z]{16}',
  'AIza[\\w-]{35}',
  '[rs]k_(?:live|test)_[0-9A-Za-z]{16,250}',
  'npm_[A-Za-z0-9]{36}',
];
const secret = new RegExp(`(?<![\\w-])(?:${tokens.join('|')})(?![\\w-])|${key}`, 'g');
/** The beginning of one at the end of a text. */
const begunToken = new RegExp(`(?<![\\w-])[\\w-]{1,${longestToken}}$`);
const begunKey = '-----BEGIN ';
const mayBeKey = /-{1,4}$|-----(?:B(?:E(?:G(?:I(?:N)?)?)?)?)?$/;

const find: Finder = (text, { final, before = '' }, onFound) => {
  const source = before + text;
  const open = final ? source.length : Math.max(before.length, openFrom(source));
  let end = before.length;
  for (const { index, 0: found } of source.matchAll(secret)) {
    if (index < end || index >= open) continue;
    end = index + found.length;
    onFound({ start: index - before.length, end: end - before.length });
  }
  return Math.max(open, end) - before.length;
};

function openFrom(source: string): number {
  const from = Math.max(0, source.length - longestKey - 128);
  const begun = source.lastIndexOf(begunKey);
  const isOpen = begun >= from && !/-----END [^-]{0,64}-----/.test(source.slice(begun));
  if (isOpen) return begun;
  const tail = source.slice(-longestToken - 1);
  const places = [tail.search(begunToken), tail.search(mayBeKey)].filter((at) => at >= 0);
  return source.length - tail.length + Math.min(tail.length, ...places);
}

export const secrets: DataClass = {
  name: 'Secret',
  plural: 'private keys and access tokens',
  replacement: '[secret-hidden]',
  find,
  reach: { back: longestBefore, ahead: longestKey },
};
