/** How a refusal looks: a problem document for programs; for people a page, or the way to a new sign-in. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { referenceOf } from '../../../crds/audit/reference.ts';
import { type RefusalTexts, type Told, textsFor, toldToSupport } from '../../../crds/rules/refusal-texts.ts';
import type { BareRefusal } from '../listener/listener.ts';
import type { Exchange } from '../listener/request-gate.ts';
import { forgetEverything, html, isNavigation, json, problem, redirect, send } from '../pages/responses.ts';
import { kubeStatus } from './kube-status.ts';
import { refusalPage } from './refusal-page.ts';

/** What the requester is told: a code, never the detail. */
export interface RefusalResponse {
  readonly status: number;
  readonly told: Told;
  /** What the page says beside it, where that is not what follows from the reason. */
  readonly texts?: RefusalTexts;
  /** A browser is sent here by itself. */
  readonly signIn?: string | undefined;
  /** The page leads here, where going by itself would lead in a circle. */
  readonly offered?: string | undefined;
  /** Which rule of the request gate. */
  readonly rule?: string | undefined;
  /** Whether the customer finds the details in the records. */
  readonly isRecorded: boolean;
  /** Whether the browser forgets the session: its cookie, and everything that this host has stored. */
  readonly forget: boolean;
  readonly headers?: OutgoingHttpHeaders | undefined;
  /** JSON, also for a browser. */
  readonly plain?: true | undefined;
  /** A `Status` of the Kubernetes API, also for a browser. */
  readonly asStatus?: true | undefined;
}

/** Sends it, unless the connection was cut or the response has begun. */
export function sendRefusal(
  { request, response }: Pick<Exchange, 'request' | 'response'>,
  refusal: RefusalResponse,
): void {
  if (response.destroyed || response.headersSent) return;
  const { status, told, texts, signIn, offered, isRecorded, forget, rule } = refusal;
  const headers = {
    ...(forget ? forgetEverything(request) : {}),
    ...refusal.headers,
    ...(hasUnreadBody(request) ? { Connection: 'close' } : {}),
  };
  const page = { told, ...(texts && { texts }), rule, signIn: offered, isRecorded };
  if (refusal.asStatus) send(response, { status, headers, body: json(kubeStatus(status, told)) });
  else if (refusal.plain || !isNavigation(request))
    send(response, { status, headers, body: problem(problemOf(refusal)) });
  else if (signIn !== undefined) redirect(response, signIn, headers);
  else send(response, { status, headers, body: html(refusalPage(page)) });
}

/** The same as the page says, member by member. */
function problemOf({ status, told, texts, rule }: RefusalResponse): object {
  const { heading } = texts ?? textsFor(told.reason);
  return {
    title: heading,
    status,
    ...told,
    ...(rule === undefined ? {} : { rule }),
  };
}

/** What was not read of a body must not be taken for the next request on the connection. */
function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  return !complete && (headers['transfer-encoding'] ?? headers['content-length'] ?? '0') !== '0';
}

/**
 * Refuses what no handler sees, in the same looks, and closes the connection: after one odd request the next one would be read from the wrong place.
 */
export function sendBareRefusal(
  exchange: Pick<Exchange, 'request' | 'response'>,
  { reason, status, rule, message, recordId }: BareRefusal,
): void {
  const usual = toldToSupport(reason);
  sendRefusal(exchange, {
    status,
    told: {
      ...usual,
      message: message ?? usual.message,
      ...(recordId === undefined ? {} : { reference: referenceOf(recordId) }),
    },
    rule,
    isRecorded: recordId !== undefined,
    forget: false,
    headers: { Connection: 'close' },
  });
}
