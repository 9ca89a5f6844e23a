/** The words of a record by which free text finds it: those that people wrote, and the names of what it is about. Pure. */
import type { StoredRecord } from '../audit/record.ts';

/** What counts as one word: letters and digits of any script, in small letters. */
const word = /[\p{L}\p{N}]+/gu;
const longestWord = 64;
/** Of one record no more are known, so that a text made of words costs no more than another. */
const mostWords = 256;

/** The words of a text, each once. */
export function searchWords(texts: readonly (string | undefined)[]): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    for (const [each] of text?.toLowerCase().matchAll(word) ?? []) {
      found.add(each.slice(0, longestWord));
      if (found.size === mostWords) return [...found];
    }
  }
  return [...found];
}

/** The words of a record. The vocabulary (types, reasons, modules) has filters of its own. */
export function wordsIn({ message, change, target, sso, requester }: StoredRecord): string[] {
  return searchWords([
    target?.name,
    ...Object.values(target?.parameters ?? {}),
    requester?.username,
    change?.summary,
    ...(change?.paths ?? []),
    message,
    ...[sso?.received, sso?.expected].flatMap((side) => Object.values(side ?? {}).flat()),
  ]);
}
