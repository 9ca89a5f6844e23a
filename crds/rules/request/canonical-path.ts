/**
 * Is this request target written in the one way in which we and the application read the same path? It refuses and
 * never repairs: a path that is repaired here and forwarded as it came is judged as one thing and served as another
 * (CVE-2021-32637, CVE-2021-29492, CVE-2025-54576, CVE-2026-41059).
 */
import { type Problem, printable } from '../problem.ts';

/** A target in two parts, exactly as they came. */
export interface CanonicalTarget {
  readonly path: string;
  /** What follows the first `?`, without it; undefined when there is no `?`. */
  readonly query: string | undefined;
}

const longestTarget = 8192;

/** Each way in which two readers may differ: how to know it, on the path or on the whole target, and its rule. */
const refusals: readonly { readonly on: 'path' | 'target'; readonly shape: RegExp; readonly rule: string }[] =
  [
    { on: 'target', shape: /^(?!\/)/, rule: 'must begin with "/"' },
    { on: 'target', shape: /[^\x21-\x7e]/, rule: 'must be printable ASCII without spaces' },
    { on: 'target', shape: /#/, rule: 'must not have a fragment' },
    { on: 'path', shape: /\\/, rule: 'must not have a backslash' },
    { on: 'path', shape: /\/\//, rule: 'must not have an empty segment' },
    { on: 'path', shape: /\/\.\.?(?:\/|$)/, rule: 'must not have a "." or ".." segment' },
    { on: 'path', shape: /;/, rule: 'must not have a ";"' },
    { on: 'path', shape: /%(?![0-9A-Fa-f]{2})/, rule: 'must be percent-encoded correctly' },
    {
      on: 'path',
      shape: /%(?:4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9Aa]|3[0-9]|2[Dd]|5[Ff]|7[Ee])/,
      rule: 'must not percent-encode what needs no encoding',
    },
    {
      on: 'path',
      shape: /%(?:[01][0-9A-Fa-f]|7[Ff]|2[35EeFf]|3[BbFf]|5[Cc])/,
      rule: 'must not encode control characters, "#", "%", ".", "/", ";", "?" or a backslash',
    },
  ];

/** The path and the query of a request target, or what is not canonical about it. */
export function canonicalPath(rawTarget: string): CanonicalTarget | Problem {
  const rule = rawTarget.length > longestTarget ? `must be at most ${longestTarget} bytes long` : undefined;
  if (rule !== undefined) return refusal(rawTarget, rule);
  const mark = rawTarget.indexOf('?');
  const path = mark < 0 ? rawTarget : rawTarget.slice(0, mark);
  const broken = refusals.find(({ on, shape }) => shape.test(on === 'path' ? path : rawTarget));
  if (broken !== undefined) return refusal(rawTarget, broken.rule);
  if (path.includes('%') && !decodesPlainly(path))
    return refusal(rawTarget, 'must encode UTF-8 text that no reader takes for a separator');

  return { path, query: mark < 0 ? undefined : rawTarget.slice(mark + 1) };
}

/** As it was typed: what `URL` repairs would be judged as one thing and sent as another. */
const typedUrl = /^https?:\/\/[^/?#\\]+([^#]*)/i;

/** The request target in a URL as it was typed, before anything of it is judged; undefined for what is no such URL. */
export function targetInUrl(url: string): string | undefined {
  const target = URL.canParse(url) ? typedUrl.exec(url)?.[1] : undefined;
  return target === undefined || target.startsWith('/') ? target : `/${target}`;
}

/** Whether the encoded bytes are UTF-8 and none of them becomes a separator under compatibility folding (full-width dots). */
function decodesPlainly(path: string): boolean {
  let text: string;
  try {
    text = decodeURIComponent(path);
  } catch {
    return false; // overlong forms, lone surrogates and stray bytes
  }
  const foreign = text.replaceAll(/[\x21-\x7e]/g, '');
  return !/[./\\;%?#]|\p{Cc}/u.test(foreign.normalize('NFKC'));
}

function refusal(target: string, rule: string): Problem {
  return {
    field: 'path',
    value: printable(target),
    rule,
    fix: 'write plain names between single slashes, such as /jobs/7',
  };
}
