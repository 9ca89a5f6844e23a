/** The languages of the notices. Another one is a file here and a line below. */
import { english } from './english.ts';
import { german } from './german.ts';
import type { Language } from './language.ts';

export const languages = { en: english, de: german } as const satisfies Readonly<Record<string, Language>>;

export type LanguageTag = keyof typeof languages;

/** Whether a word names a language of the catalogue. */
export function isLanguageTag(word: string): word is LanguageTag {
  return Object.hasOwn(languages, word);
}
