/**
 * The at-sign in every written form, each of them encoded as often as it likes: itself, full-width and small, percent,
 * references, escapes of scripts and styles, quoted-printable, and in characters of two and four bytes.
 */
import { controlAtSigns } from '../reading/control-words.ts';
import type { TextGrammar } from '../reading/grammar.ts';

const amp = '(?:amp;|#38;|#[xX]26;)*';
const percent = '(?:%(?:25)*|&percnt;|&#37;|&#[xX]25;|\\\\(?:u0025|x25))';
const ampersand = `(?:&${amp}|\\\\(?:u0026|x26)${amp}|%(?:25)*26(?:amp(?:;|%3[bB]))*)`;
const backslash = '(?:\\\\|%(?:25)*5[cC]|&bsol;|&#92;|&#[xX]5[cC];)';
const hash = '(?:#|%(?:25)*23|&num;)';
const semicolon = '(?:;|%(?:25)*3[bB])';
const zeros = '0{0,40}';

const numbers = `${hash}(?:${zeros}(?:64|65131|65312)(?![0-9])|[xX]${zeros}(?:40|[fF][eE]6[bB]|[fF]{2}20)(?![0-9a-fA-F]))${semicolon}?`;
const coded = `(?:u0040|U00000040|u\\{${zeros}40\\}|x40|100(?![0-9])|u[fF]{2}20|u[fF][eE]6[bB])`;

/** In UTF-8, each byte as one character. */
const fullWidth = '\\xef\\xbc\\xa0|\\xef\\xb9\\xab';

/** A digit, itself or encoded once more. */
function digit(value: number): string {
  return `(?:${value}|%(?:25)*3${value})`;
}

const everywhere = [
  '@',
  fullWidth,
  // Where characters of two bytes are decoded, they stand as themselves.
  '[\\uff20\\ufe6b]',
  `${percent}(?:${digit(4)}${digit(0)}|[uU]0040|[eE][fF]%(?:25)*(?:[bB][cC]%(?:25)*[aA]0|[bB]9%(?:25)*[aA][bB]))`,
  `${ampersand}(?:${numbers}|commat${semicolon})`,
  `${backslash}${coded}`,
];
const inStyles = '\\\\(?:000040|0{0,3}40(?![0-9a-fA-F]))[ \\t\\n\\r\\f]?';
const quoted = '=40|=EF=BC=A0|=EF=B9=AB';

/** The bytes of some characters that are each followed, or each preceded, by bytes of zero. */
const wide = ['@', '%40', '&#64', '&#x40', '&#X40', '&commat', '\\u0040', '\\x40']
  .map((form) =>
    form
      .split('')
      .map((character) => character.replace(/[\\]/, '\\\\'))
      .join('\\0{1,3}'),
  )
  .join('|');
const wideFullWidth = ' \\xff|\\xff ';

/** The forms that a text of this kind can have, to be searched for. */
export function atSignsOf(
  { styleEscapes, quotedPrintable, controlWords }: TextGrammar,
  withZeros: boolean,
): RegExp {
  const forms = [
    // Longer forms first: of `&\0#\0006\0004` nothing else is an at-sign.
    ...(withZeros ? [wide, wideFullWidth] : []),
    ...(controlWords ? [controlAtSigns] : []),
    ...everywhere,
    ...(styleEscapes ? [inStyles] : []),
    ...(quotedPrintable ? [quoted] : []),
  ];
  return new RegExp(forms.join('|'), 'g');
}
