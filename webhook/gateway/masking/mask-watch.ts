/**
 * Does what a person sends hold what masking wrote in place of a value? An application would store it over the value: a form
 * that was loaded masked and saved as it is. It only looks; every form is looked for in which forms, JSON and addresses
 * write such words.
 */
import { numberMask } from './classes/number-finder.ts';
import { labels } from './restore.ts';

/** Longest written form of a mask, with room to spare. */
const longestMask = 128;

const percent = '%(?:25){0,8}';
const openings = `(?:\\[|${percent}5[bB]|\\\\{1,8}(?:u005[bB]|x5[bB])|&(?:amp;){0,4}(?:#91|#[xX]5[bB]|lbrack|lsqb);|=5[bB])`;
const hyphen = `(?:-|${percent}2[dD]|=2[dD])`;
const blank = `(?:[ +]|${percent}20|&nbsp;|=20)`;
/** Between the word for a class and the name of a person. */
const label = `(?:${labels.map((each) => each.replaceAll('-', hyphen)).join('|')})`;
const name = '[0-9a-f]{4,16}';
const opening =
  '(?:\\u2039|\xe2\x80\xb9|%(?:25){0,8}[eE]2%(?:25){0,8}80%(?:25){0,8}[bB]9|%u2039|\\\\{1,8}u2039|&(?:amp;){0,4}(?:lsaquo|#8249|#[xX]2039);|=E2=80=B9|\\x8b|9 | 9)';
const mask = new RegExp(
  [
    `${openings}${label}${hyphen}hidden`,
    `${opening}${label}${blank}${name}`,
    `${label}${hyphen}${name}\\.[\\w-]{38}`,
    `${hyphen}${numberMask.slice(1)}`,
  ].join('|'),
  'i',
);

/** Looks at what is sent, chunk by chunk. */
export class MaskWatch {
  #tail = '';

  /** Whether the chunk, with what came before it, holds a mask. Of characters of two bytes the zeros are left out. */
  sees(chunk: Buffer): boolean {
    const text = this.#tail + chunk.toString('latin1').replaceAll('\0', '');
    this.#tail = text.slice(-longestMask);
    return mask.test(text);
  }
}

/** Whether an address holds a mask. */
export function carriesMask(address: string): boolean {
  return mask.test(address);
}
