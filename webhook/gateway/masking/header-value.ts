/**
 * Masks the value of a header: as it stands, in the encoded words of mail that file names are sent in (RFC 2047), and
 * in extended parameters (RFC 8187), whose percent escapes are read like any others.
 */
import type { MaskedClass } from './classes/data-class.ts';
import type { Masker } from './masker.ts';
import { maskText } from './text-masker.ts';
import type { WriteHidden } from './writing.ts';

/** Encoded words that belong together: white space between two of them is none (RFC 2047 6.2). */
const encodedWords = /=\?[^?\s]+\?[bq]\?[^?\s]*\?=(?:\s+=\?[^?\s]+\?[bq]\?[^?\s]*\?=)*/gi;
const encodedWord = /=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bq])\?([^?\s]*)\?=/gi;
/** An extended parameter; its value may hold no brackets. */
const extendedParameter = /(\*\s*=\s*[\w!#$%&+^`{}~-]+'[\w-]*')([^\s;,]*)/g;

type Masked = ReturnType<Masker['text']>;

/** The value without what has to be masked, and how many there were of each class. */
export function maskHeaderValue(value: string, classes: readonly MaskedClass[], write?: WriteHidden): Masked {
  const options = { classes, kind: 'markup', write, isKept: true } as const;
  const counts: Record<string, number> = {};
  const clean = (text: string): string => {
    const masked = maskText(text, options);
    for (const [name, count] of Object.entries(masked.counts)) counts[name] = (counts[name] ?? 0) + count;
    return masked.value;
  };
  const withoutWords = value.replaceAll(encodedWords, (words) => {
    const said = decodedWords(words);
    const masked = clean(said);
    return masked === said ? words : `=?utf-8?B?${Buffer.from(masked).toString('base64')}?=`;
  });
  const withoutParameters = withoutWords.replaceAll(extendedParameter, (_, name: string, written: string) => {
    const masked = clean(written);
    return `${name}${masked === written ? written : masked.replaceAll('[', '%5B').replaceAll(']', '%5D')}`;
  });
  return { value: clean(withoutParameters), counts };
}

/** What encoded words say. */
function decodedWords(words: string): string {
  const bytes = [...words.matchAll(encodedWord)].map(([, charset = '', encoding = '', text = '']) => ({
    charset: charset.toLowerCase(),
    bytes: encoding.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : quotedBytes(text),
  }));
  // A character of several bytes may be cut between two words.
  const charset = bytes[0]?.charset ?? 'utf-8';
  const all = Buffer.concat(bytes.map((word) => word.bytes));
  try {
    return new TextDecoder(charset).decode(all);
  } catch {
    return all.toString('latin1');
  }
}

function quotedBytes(text: string): Buffer {
  const plain = text
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return Buffer.from(plain, 'latin1');
}
