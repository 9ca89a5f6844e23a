/**
 * Values that a matrix tells by a pattern of its own. The engine is linear (RE2), whatever the pattern; it looks at each
 * line by itself, and at no more than a fixed stretch of a long one.
 */
import { compiledPattern } from '../../../../crds/rules/matrix/own-patterns.ts';
import { type DataClass, type Finder, type FindOptions, type Found, longestBefore } from './data-class.ts';

/** How much of a line has to follow the beginning of a value before it is judged; with the line's end less is enough. */
const lookAhead = 512;

/** Own patterns, as one class. */
export function ownPatterns(sources: readonly string[]): DataClass {
  return {
    name: 'OwnPattern',
    plural: 'values of patterns of the matrix',
    replacement: '[value-hidden]',
    find: patternFinder(sources),
    reach: { back: longestBefore, ahead: lookAhead },
  };
}

type Matcher = ReturnType<ReturnType<typeof compiledPattern>['matcher']>;

function patternFinder(sources: readonly string[]): Finder {
  const compiled = sources.map(compiledPattern);
  return (text, { final, before = '' }: FindOptions, onFound) => {
    let lineAt = 0;
    while (lineAt < text.length) {
      const next = text.indexOf('\n', lineAt) + 1;
      const isWhole = next > 0 || final;
      const line = text.slice(lineAt, next > 0 ? next : text.length);
      const shown = lineAt === 0 ? before.slice(before.lastIndexOf('\n') + 1) : '';
      const matchers = compiled.map((pattern) => pattern.matcher(shown + line));
      // What begins in the last stretch of a line that has no end yet is looked at again.
      const until = shown.length + (isWhole ? line.length : Math.max(0, line.length - lookAhead));
      const at = valuesIn(matchers, { from: shown.length, until }, (found) =>
        onFound({ start: found.start - shown.length + lineAt, end: found.end - shown.length + lineAt }),
      );
      if (!isWhole) return lineAt + Math.max(at, until) - shown.length;
      lineAt += line.length;
    }
    return text.length;
  };
}

/** The values of a line that begin before `until`, the first first and of two the longer; returns where the last one ends. */
function valuesIn(
  matchers: readonly Matcher[],
  { from, until }: { readonly from: number; readonly until: number },
  onFound: (found: Found) => void,
): number {
  let seen = matchers.map((matcher) => nextValue(matcher, from));
  let at = from;
  for (;;) {
    const first = firstOf(seen);
    if (first === undefined || first.start >= until) return at;
    onFound(first);
    at = first.end;
    seen = seen.map((one, number) =>
      one === undefined || one.start >= at ? one : nextOf(matchers[number], at),
    );
  }
}

function nextOf(matcher: Matcher | undefined, from: number): Found | undefined {
  return matcher && nextValue(matcher, from);
}

function firstOf(found: readonly (Found | undefined)[]): Found | undefined {
  return found.reduce(
    (best, one) => (one !== undefined && (!best || isBefore(one, best)) ? one : best),
    undefined,
  );
}

function isBefore(one: Found, other: Found): boolean {
  return one.start < other.start || (one.start === other.start && one.end > other.end);
}

/** A value is never empty: with one a text would never end. */
function nextValue(matcher: Matcher, from: number): Found | undefined {
  let at = from;
  while (matcher.find(at)) {
    const [start, end] = [matcher.start(), matcher.end()];
    if (end > start) return { start, end };
    at = end + 1;
  }
  return undefined;
}
