/**
 * What is the one form of this request target? What all readers take the same is brought into it, judged and forwarded so:
 * a path that is judged as one thing and forwarded as another is served as that other (CVE-2021-32637, CVE-2021-29492,
 * CVE-2025-54576, CVE-2026-41059). What readers take differently is refused.
 */
import { type Problem, printable } from '../problem.ts';
import { type PathForm, readForms } from './path-forms.ts';

/** A target in its canonical form. */
export interface CanonicalTarget {
  /** What is judged. */
  readonly path: string;
  /** What follows the first `?`, without it, exactly as it came; undefined when there is no `?`. */
  readonly query: string | undefined;
  /** What is forwarded: the path with what the application alone reads of it, and the query. */
  readonly target: string;
  /** How else an application could read the path; what each means must be permitted as well. */
  readonly readings: readonly string[];
  /** What of it is served only where the application allows it. */
  readonly forms: readonly PathForm[];
}

const longestTarget = 8192;

interface Refusal {
  readonly shape: RegExp;
  readonly rule: string;
}

/** Each way in which two readers may differ: on the whole target as it came, on the path as it came, on its canonical form. */
const onTarget: readonly Refusal[] = [
  {
    shape: new RegExp(`^[^]{${longestTarget + 1},}$`),
    rule: `must be at most ${longestTarget} bytes long`,
  },
  { shape: /^(?!\/)/, rule: 'must begin with "/"' },
  { shape: /[^\x21-\x7e]/, rule: 'must be printable ASCII without spaces' },
  { shape: /#/, rule: 'must not have a fragment' },
];
const onPath: readonly Refusal[] = [
  { shape: /\\/, rule: 'must not have a backslash' },
  { shape: /%(?![0-9A-Fa-f]{2})/, rule: 'must be percent-encoded correctly' },
];
const onCanonical: readonly Refusal[] = [
  { shape: /\/\.\.?(?:\/|$)/, rule: 'must not have a "." or ".." segment' },
  {
    shape: /%(?:[01][0-9A-F]|7F|2[3E]|3[BF]|5C)/,
    rule: 'must not encode control characters, "#", ".", ";", "?" or a backslash',
  },
];

/** The canonical form of a request target, where the application allows these forms of a path, or what has none. */
export function canonicalPath(
  rawTarget: string,
  allowed: readonly PathForm[] = [],
): CanonicalTarget | Problem {
  const { path: raw, query } = partsOfTarget(rawTarget);
  const broken = brokenIn(onTarget, rawTarget) ?? brokenIn(onPath, raw);
  if (broken !== undefined) return refusal(rawTarget, broken);
  const formed = readForms(inOneEncoding(raw), allowed);
  if ('rule' in formed) return refusal(rawTarget, formed);
  const { judged, forwarded, readings, forms } = formed;
  const odd = brokenIn(onCanonical, judged) ?? undecodable(judged);
  if (odd !== undefined) return refusal(rawTarget, odd);
  const target = query === undefined ? forwarded : `${forwarded}?${query}`;
  return { path: judged, query, target, readings, forms };
}

function partsOfTarget(target: string): Pick<CanonicalTarget, 'path' | 'query'> {
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: undefined }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** What of a path encodes something that readers take differently; what its forms encode is judged by them. */
function undecodable(path: string): Omit<Refusal, 'shape'> | undefined {
  if (!path.includes('%') || decodesPlainly(path.replaceAll(/%2[5F]/g, 'x'))) return undefined;
  return { rule: 'must encode UTF-8 text that no reader takes for a separator' };
}

function brokenIn(refusals: readonly Refusal[], text: string): Refusal | undefined {
  return refusals.find(({ shape }) => shape.test(text));
}

/** What needs no encoding is written without it, and every other one in upper case (RFC 3986, 6.2.2). An encoded dot stays. */
function inOneEncoding(path: string): string {
  return path.replaceAll(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9_~-]/.test(character) ? character : encoded.toUpperCase();
  });
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

function refusal(
  target: string,
  { rule, form }: { readonly rule: string; readonly form?: PathForm },
): Problem {
  const plain = 'write plain names between single slashes, such as /jobs/7';
  const fix =
    form === undefined
      ? plain
      : `${plain}, or have the customer add ${form} to spec.pathForms of the application (docs/applications.md)`;
  return { field: 'path', value: printable(target), rule, fix };
}
