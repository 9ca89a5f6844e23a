/**
 * Which of the application's headers does the person see? A list; what masking has to hide (sizes, tags, parts) is left
 * out, redirects stay on the application's host, and nobody sets cookies with our names.
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Masker } from '../masking/masker.ts';

const passed = [
  'allow',
  'content-disposition',
  'content-language',
  'content-security-policy',
  'content-type',
  'hx-location',
  'hx-redirect',
  'hx-refresh',
  'hx-trigger',
  'permissions-policy',
  'retry-after',
  'vary',
  'x-frame-options',
] as const;

const passedUnmasked = [
  'accept-ranges',
  'content-encoding',
  'content-length',
  'content-range',
  'etag',
  'last-modified',
] as const;

export interface ResponseHeadersOf {
  readonly headers: IncomingHttpHeaders;
  /** Takes addresses out of values; undefined where the matrix does not mask. */
  readonly masker: Masker | undefined;
  /** Origins that are the application itself: its host here, and its own URL. */
  readonly ownOrigins: readonly string[];
  readonly ourCookies: string;
}

export interface ResponseHeaders {
  readonly headers: OutgoingHttpHeaders;
  readonly counts: Readonly<Record<string, number>>;
}

export function responseHeaders({
  headers,
  masker,
  ownOrigins,
  ourCookies,
}: ResponseHeadersOf): ResponseHeaders {
  const counts: Record<string, number> = {};
  const clean = (text: string): string => {
    if (masker === undefined) return text;
    const masked = masker.text(text);
    for (const [name, count] of Object.entries(masked.counts)) counts[name] = (counts[name] ?? 0) + count;
    return masked.value;
  };
  const names: readonly string[] = masker === undefined ? [...passed, ...passedUnmasked] : passed;
  const kept = Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, clean(value)]] : [];
    }),
  );
  const location = headers.location;
  const cookies = (headers['set-cookie'] ?? [])
    .filter((cookie) => !hasOurName(cookie, ourCookies))
    .map((cookie) => clean(withoutDomain(cookie)));
  return {
    headers: {
      ...kept,
      ...(location === undefined ? {} : { location: clean(onThisHost(location, ownOrigins)) }),
      ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }),
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    },
    counts,
  };
}

/** A redirect to the application's own address becomes a path, so that it stays behind the gateway. */
function onThisHost(location: string, ownOrigins: readonly string[]): string {
  const url = URL.parse(location);
  if (url === null || !ownOrigins.includes(url.origin)) return location;
  // Two slashes at the beginning would be another host again.
  return `${url.pathname.replace(/^\/+/, '/')}${url.search}${url.hash}`;
}

/** A cookie without a name is sent as its value alone, so that `=__Host-…=x` comes back as one of ours (CVE-2022-2860). */
function hasOurName(cookie: string, ours: string): boolean {
  return cookie
    .replace(/^[\s=]+/, '')
    .toLowerCase()
    .startsWith(ours);
}

/** A cookie for a whole domain would reach the support host and the other applications. */
function withoutDomain(cookie: string): string {
  return cookie
    .split(';')
    .filter((part) => !/^\s*domain\s*=/i.test(part))
    .join(';');
}
