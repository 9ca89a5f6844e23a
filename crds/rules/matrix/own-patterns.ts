/**
 * The patterns that a matrix may bring of its own, in the syntax of RE2: what one may be, and what is wrong with it. RE2 takes
 * linear time whatever the pattern, and its program is bounded here.
 */
import { RE2JS } from 're2js';
import { type Problem, printable } from '../problem.ts';

/** Largest program of one pattern, in steps; each character of a text may take as many. */
export const largestProgram = 500;

/** A compiled pattern. Throws where it is none. */
export function compiledPattern(source: string): RE2JS {
  return RE2JS.compile(source, RE2JS.MULTILINE);
}

/** One pattern as a matrix has it, with a text in which it finds something. */
export interface OwnPattern {
  readonly pattern: string;
  readonly example: string;
}

/** What is wrong with the patterns of a matrix. */
export function patternProblems(patterns: readonly OwnPattern[]): Problem[] {
  return patterns.flatMap((each, at) => problemsOfOne(each, `spec.maskedPatterns[${at}]`));
}

function problemsOfOne({ pattern, example }: OwnPattern, field: string): Problem[] {
  const wrong = wrongWith(pattern);
  if (wrong !== undefined) return [{ field: `${field}.pattern`, value: printable(pattern), ...wrong }];
  if (compiledPattern(pattern).matcher(bytesOf(example)).find()) return [];
  return [
    {
      field: `${field}.example`,
      value: printable(example),
      rule: 'must be a text in which the pattern finds a value',
      fix: 'correct the pattern or the example; a pattern that finds nothing hides nothing',
    },
  ];
}

function wrongWith(pattern: string): Pick<Problem, 'rule' | 'fix'> | undefined {
  // Texts are looked at byte by byte, so that any charset passes unchanged.
  if (/[^\x20-\x7e]/.test(pattern)) {
    return {
      rule: 'must have ASCII characters only, as texts are read byte by byte',
      fix: 'write [^[:ascii:]]+ for letters beyond ASCII',
    };
  }
  let compiled: RE2JS;
  try {
    compiled = compiledPattern(pattern);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'unknown';
    return {
      rule: `must be a regular expression as RE2 reads it (${printable(why)})`,
      fix: 'write for example (?i)patient no [[:digit:]]+; there are no look-arounds and no back-references',
    };
  }
  const size = compiled.programSize();
  if (size > largestProgram) {
    const rule = `must be a program of at most ${largestProgram} steps, and is one of ${size}`;
    return { rule, fix: 'repeat less often, such as {1,40}, or make two patterns' };
  }
  if (!compiled.matcher('').find()) return undefined;
  return { rule: 'must not find the empty text', fix: 'write {1,40} or + where it has * or ?' };
}

/** A text as the masker sees it: its bytes in UTF-8, one character each. No I/O and no Buffer is needed for it. */
function bytesOf(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
