/** How a refusal looks: JSON for programs; for people a page, or the way to a new sign-in. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Told } from '../../../crds/rules/refusal-texts.ts';
import type { Exchange } from '../listener/request-gate.ts';
import { forgetEverything, html, isNavigation, json, redirect, send } from '../pages/responses.ts';
import { refusalPage } from './refusal-page.ts';

/** What the requester is told: a code, never the detail. */
export interface RefusalResponse {
  readonly status: number;
  readonly told: Told;
  /** A browser is sent here by itself. */
  readonly signIn?: string | undefined;
  /** The page leads here, where going by itself would lead in a circle. */
  readonly offered?: string | undefined;
  /** Whether the customer finds the details in the records. */
  readonly isRecorded: boolean;
  /** Whether the browser forgets the session: its cookie, and everything that this host has stored. */
  readonly forget: boolean;
  readonly headers?: OutgoingHttpHeaders | undefined;
  /** JSON, also for a browser. */
  readonly plain?: true | undefined;
}

/** Sends it, unless the connection was cut or the response has begun. */
export function sendRefusal({ request, response }: Exchange, refusal: RefusalResponse): void {
  if (response.destroyed || response.headersSent) return;
  const { status, told, signIn, offered, isRecorded, forget } = refusal;
  const headers = {
    ...(forget ? forgetEverything(request) : {}),
    ...refusal.headers,
    ...(hasUnreadBody(request) ? { Connection: 'close' } : {}),
  };
  if (refusal.plain || !isNavigation(request)) send(response, { status, headers, body: json(told) });
  else if (signIn !== undefined) redirect(response, signIn, headers);
  else send(response, { status, headers, body: html(refusalPage({ told, signIn: offered, isRecorded })) });
}

/** What was not read of a body must not be taken for the next request on the connection. */
function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  return !complete && (headers['transfer-encoding'] ?? headers['content-length'] ?? '0') !== '0';
}
