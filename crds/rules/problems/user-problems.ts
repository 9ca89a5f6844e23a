/** What is wrong with a support user by itself? An identity that people cannot tell from another one is refused. */
import type { SupportUser } from '../../generated/support-user.ts';
import { type Problem, printable } from '../problem.ts';

export function userProblems({ spec }: SupportUser): Problem[] {
  const texts: [field: string, text: string | undefined][] = [
    ['spec.nameID', spec.nameID],
    ['spec.userId', spec.userId],
    ['spec.displayName', spec.displayName],
    ['spec.email', spec.email],
  ];
  return texts.flatMap(([field, text]) => (text === undefined ? [] : textProblems(text, field)));
}

/** Invisible characters, white space at the edges and decomposed letters look like a name that is not this one. */
function textProblems(text: string, field: string): Problem[] {
  const rule = ruleBroken(text);
  if (rule === undefined) return [];
  return [
    {
      field,
      value: printable(text),
      rule,
      fix: 'type it by hand, exactly as the identity provider sends it',
    },
  ];
}

function ruleBroken(text: string): string | undefined {
  if (text.trim() !== text || text === '') return 'must not be empty, nor begin or end with white space';
  if (/\p{C}|\p{Zl}|\p{Zp}/u.test(text)) return 'must not contain control or invisible characters';
  return text.normalize('NFC') === text ? undefined : 'must be in Unicode normalization form C';
}
