/** What is wrong with a value in an object or a setting, and how to mend it. */

/** One objection to one field: which rule it breaks and what to write instead. */
export interface Problem {
  /** Where, as in `spec.allowedCIDRs[1]`. */
  readonly field: string;
  /** What was written, shortened and printable; left out where it could be a secret. */
  readonly value?: string;
  /** What must hold, beginning with "must". */
  readonly rule: string;
  /** What to do about it. */
  readonly fix: string;
}

const longestShown = 64;

/** A foreign value as it may be shown: at most 64 characters, control and invisible characters written as escapes. */
export function printable(value: string, longest = longestShown): string {
  const text = value.slice(0, longest + 1).replaceAll(/[^\x20-\x7e]/g, escaped);
  return text.length <= longest ? text : `${text.slice(0, longest - 3)}...`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Whether a result is an objection rather than a value. */
export function isProblem(result: object): result is Problem {
  return 'rule' in result && 'fix' in result && 'field' in result;
}

/** The problem in one line, for a refusal or a log. */
export function problemLine({ field, value, rule, fix }: Problem): string {
  const what = value === undefined ? field : `${field}: "${value}"`;
  return `${what}: ${rule}; ${fix}`;
}
