/**
 * Which headers does the application see? Built from an empty set: what is not on the list does not pass, so that no
 * identity, credential, hop or framing header of the client ever does. Our cookies stay here.
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Source } from '../ports.ts';

/** Passed as they are. */
const passed = [
  'accept',
  'accept-language',
  'content-type',
  'content-length',
  'hx-boosted',
  'hx-current-url',
  'hx-prompt',
  'hx-request',
  'hx-target',
  'hx-trigger',
  'hx-trigger-name',
  'if-match',
  'if-unmodified-since',
  'last-event-id',
  'origin',
  'referer',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'user-agent',
  'x-csrf-token',
  'x-csrftoken',
  'x-requested-with',
  'x-xsrf-token',
] as const;

/** Only where the answer passes unmasked: a part or a "not modified" cannot be masked as a whole. */
const passedUnmasked = ['if-modified-since', 'if-none-match', 'if-range', 'range'] as const;

export interface RequestHeadersOf {
  readonly headers: IncomingHttpHeaders;
  /** Host with port as the application's users' browsers write it. */
  readonly authority: string;
  readonly recordId: string;
  readonly source: Source;
  readonly masked: boolean;
  /** Cookie names that begin so, in lower case, are ours. */
  readonly ourCookies: string;
}

export function requestHeaders(of: RequestHeadersOf): OutgoingHttpHeaders {
  const names: readonly string[] = of.masked ? passed : [...passed, ...passedUnmasked];
  const kept = Object.fromEntries(
    names.flatMap((name) => {
      const value = of.headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const cookie = foreignCookies(of.headers.cookie, of.ourCookies);
  return {
    ...kept,
    ...(cookie === '' ? {} : { cookie }),
    // A length passes as it is, so that what has none is sent in chunks and never guessed.
    ...(of.headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' }),
    host: of.authority,
    'accept-encoding': 'identity',
    'audit-id': of.recordId,
    'x-forwarded-for': of.source.ip,
    'x-forwarded-host': of.authority,
    'x-forwarded-proto': 'https',
  };
}

function foreignCookies(header: string | undefined, ours: string): string {
  return (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && !pair.toLowerCase().startsWith(ours))
    .join('; ');
}
