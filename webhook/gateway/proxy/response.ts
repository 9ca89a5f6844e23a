/**
 * Decides how one upstream response is handed on: which headers pass, and whether its body passes, is masked or is
 * refused. Redirects stay on the gateway's host, and no response sets a cookie with one of our names.
 */
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { sumOf } from '../masking/masker.ts';
import { ourCookiePrefix } from '../sessions/session-cookie.ts';
import { markedTag } from './marked-tags.ts';
import { type BodyPlan, decodedFrom, decodingFirst } from './old-charsets.ts';
import { onThisHost, placeOf } from './own-addresses.ts';
import { listedHeaders } from './policy.ts';
import type { ProxiedRequest } from './request.ts';
import { besideCookies } from './session-cookies.ts';

/** A status without a body has nothing to mask; one below 200 is not the final response, and was never asked for. */
export function bodyPlan(
  { policy: { masker }, exchange }: ProxiedRequest,
  { headers, rawHeaders, statusCode = 0 }: IncomingMessage,
): BodyPlan {
  if (statusCode < 200) return { kind: 'refuse', rule: 'must be a final response' };
  if (masker === undefined || exchange.request.method === 'HEAD') return { kind: 'pass' };
  if (statusCode === 204 || statusCode === 304) return { kind: 'pass' };
  // By the lines as they came: of several, Node keeps the first or joins them, and the next program does otherwise.
  const decoded = decodedFrom(headers['content-type']);
  const plan = masker.plan({
    contentType: decoded?.contentType ?? headers['content-type'],
    contentTypes: linesNamed(rawHeaders, 'content-type').length,
    contentEncoding: linesNamed(rawHeaders, 'content-encoding').join(','),
    transferEncoding: linesNamed(rawHeaders, 'transfer-encoding').join(','),
  });
  return decodingFirst(plan, decoded);
}

function linesNamed(raw: readonly string[], name: string): string[] {
  return raw.filter((_, at) => at % 2 === 1 && raw[at - 1]?.toLowerCase() === name);
}

export interface ResponseHeaders {
  readonly headers: OutgoingHttpHeaders;
  /** How many values of each class were masked in them. */
  readonly counts: Readonly<Record<string, number>>;
}

type HeadersBackFor = Pick<ProxiedRequest, 'policy' | 'authority' | 'upstreamOrigins' | 'session'> & {
  readonly exchange: { readonly request: Pick<IncomingMessage, 'url'> };
};

/** The headers that the client sees: those that the policy lists, masked, and the policy's own. */
export function responseHeaders(asked: HeadersBackFor, headers: IncomingHttpHeaders): ResponseHeaders {
  const { policy, session, exchange } = asked;
  const { masker } = policy;
  let counts: Readonly<Record<string, number>> = {};
  const clean = (text: string): string => {
    if (masker === undefined) return text;
    const masked = masker.text(text);
    counts = sumOf(counts, masked.counts);
    return masked.value;
  };
  const place = placeOf(asked);
  const kept = listedHeaders(policy.responseHeaders, masker !== undefined, (name) => {
    const value = headers[name];
    const passed = typeof value === 'string' ? onThisHost(name, value, place) : undefined;
    return passed === undefined ? undefined : clean(passed);
  });
  const { location: told, etag } = headers;
  const location = told === undefined ? undefined : onThisHost('location', told, place);
  const tag = etag === undefined ? undefined : tagFor(etag, policy);
  const path = (exchange.request.url ?? '/').split('?', 1)[0] ?? '/';
  const cookies = (policy.cookies ? (headers['set-cookie'] ?? []) : [])
    .filter((cookie) => !hasOurName(cookie))
    .map((cookie) => clean(withoutDomain(cookie)));
  return {
    headers: {
      ...kept,
      ...(location === undefined ? {} : { location: clean(location) }),
      ...(tag === undefined ? {} : { etag: tag }),
      ...(cookies.length === 0
        ? {}
        : { 'set-cookie': [...cookies, ...besideCookies(cookies, { session, path })] }),
      ...policy.ownResponseHeaders,
    },
    counts,
  };
}

/** Of a masked body. None where the tag cannot be sealed: made of the body in the clear, it would tell what is hidden. */
function tagFor(
  etag: string,
  { masker, sealedTags, tagMark }: Pick<ProxiedRequest['policy'], 'masker' | 'sealedTags' | 'tagMark'>,
): string | undefined {
  if (masker === undefined || sealedTags === undefined) return undefined;
  return markedTag(etag, { mark: tagMark, seal: sealedTags });
}

/** A cookie without a name is sent as its value alone, so that `=__Host-…=x` comes back as one of ours (CVE-2022-2860). */
function hasOurName(cookie: string): boolean {
  return cookie
    .replace(/^[\s=]+/, '')
    .toLowerCase()
    .startsWith(ourCookiePrefix);
}

/** A cookie for a whole domain would reach the support host and the other applications. */
function withoutDomain(cookie: string): string {
  return cookie
    .split(';')
    .filter((part) => !/^\s*domain\s*=/i.test(part))
    .join(';');
}
