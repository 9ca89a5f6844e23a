/**
 * How the gateway responds by itself, on its own paths: pages, JSON, redirects, always with the same strict headers.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { clearedCookies } from '../sessions/session-cookie.ts';
import { clearedSignedInMark } from '../sessions/signed-in-mark.ts';
import { styleSource } from './layout.ts';

/** Nothing from elsewhere, nothing inline but our own style sheet, no frame around it, nothing kept. */
export const strictHeaders: OutgoingHttpHeaders = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': [
    `default-src 'none'; style-src ${styleSource}; img-src data:`,
    `form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // Not `no-referrer`: a browser without Fetch Metadata then hides our own forms' origin (`Origin: null`), and no sign-out passes.
  'Referrer-Policy': 'same-origin',
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** The headers by which a browser forgets what this host has stored, when its session ends. */
export function forgetEverything({ headers }: Pick<IncomingMessage, 'headers'>): OutgoingHttpHeaders {
  return {
    'Set-Cookie': [...clearedCookies(headers.cookie), ...clearedSignedInMark(headers.cookie)],
    'Clear-Site-Data': '"cache", "storage"',
  };
}

export interface Body {
  readonly type: string;
  readonly text: string;
}

/** Sends one whole response. */
export function send(
  response: ServerResponse,
  { status, headers = {}, body }: { status: number; headers?: OutgoingHttpHeaders; body?: Body },
): void {
  const bytes = Buffer.from(body?.text ?? '');
  response.writeHead(status, {
    ...strictHeaders,
    ...(body === undefined ? {} : { 'Content-Type': body.type }),
    'Content-Length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}

/** Sends the browser on; by GET, whatever it came with. */
export function redirect(
  response: ServerResponse,
  location: string,
  headers: OutgoingHttpHeaders = {},
): void {
  send(response, { status: 303, headers: { ...headers, Location: location } });
}

export function json(value: unknown): Body {
  return { type: 'application/json', text: `${JSON.stringify(value)}\n` };
}

/** What is wrong, for programs (RFC 9457). */
export function problem(value: object): Body {
  return { type: 'application/problem+json', text: `${JSON.stringify(value)}\n` };
}

export function html(text: string): Body {
  return { type: 'text/html; charset=utf-8', text };
}

/** Whether a person looks at the response: a browser that navigates, not a script or a program. */
export function isNavigation({ headers, method }: IncomingMessage): boolean {
  const mode = headers['sec-fetch-mode'] ?? (method === 'GET' ? 'navigate' : 'none');
  return mode === 'navigate' && (headers.accept ?? '').includes('text/html');
}
