/**
 * What browsers are told about pages of another origin that the application lists (CORS). The gateway says it, from the
 * application's list: a preflight has no cookie, and what has no session must not reach the application. So the
 * application's own CORS headers do not pass, and one list, which a consent stands behind, holds for all.
 */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { printable } from '../../../../crds/rules/problem.ts';
import { knownMethods } from '../../listener/gate-rules.ts';
import type { Exchange } from '../../listener/request-gate.ts';
import type { ServedApplication } from '../../listener/served-hosts.ts';
import { send } from '../../pages/responses.ts';
import type { HeaderLists, ProxyPolicy } from '../../proxy/policy.ts';
import type { RequestRefusal } from '../../refusals/refuse.ts';

/** How long a browser need not ask again, seconds. Each request is judged by itself all the same. */
const preflightHoldsFor = 600;

type Lists = Pick<ProxyPolicy, 'requestHeaders' | 'responseHeaders'>;

/**
 * Lets a page of a listed origin read the response, also a refusal, and answers its preflight. True if that was all.
 * The list is what the watch saw last. An origin that was just taken off it reads a refusal at most: what is forwarded
 * is judged by a list that is read for it.
 */
export function respondsToListedPage(
  { request, response }: Exchange,
  { listedOrigins }: Pick<ServedApplication, 'listedOrigins'>,
  { requestHeaders, responseHeaders }: Lists,
): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !listedOrigins.includes(origin)) return false;
  const readable: OutgoingHttpHeaders = {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    Vary: 'Origin',
  };
  if (isPreflight(request)) {
    send(response, { status: 204, headers: { ...readable, ...preflightHeaders(requestHeaders) } });
    return true;
  }
  for (const [name, value] of Object.entries(readable)) response.setHeader(name, value ?? '');
  response.setHeader('Access-Control-Expose-Headers', namesIn(responseHeaders));
  return false;
}

/**
 * The refusal of a preflight that claims no session and comes from no listed origin: a 401 would have a program sign in, and
 * the preflight would still have no cookie. Undefined where it is none.
 */
export function preflightRefusal({ request, host }: Exchange): RequestRefusal | undefined {
  const { cookie, authorization, origin = 'no origin' } = request.headers;
  if (!isPreflight(request) || cookie !== undefined || authorization !== undefined) return undefined;
  const message = `Pages of ${printable(origin, longestOrigin)} may not send requests to ${host}. The customer can list their origin in spec.allowedOrigins of the application.`;
  return { reason: 'CrossSite', message };
}

/** A host has at most 253 characters. */
const longestOrigin = 270;

/** A browser asks whether a page may send a request, before it sends it; the person's cookie is not with it. */
function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && knownMethods.includes(headers['access-control-request-method'] ?? '');
}

/** The same for each path and each method: a client without a session does not learn which routes there are. */
function preflightHeaders(requestHeaders: HeaderLists): OutgoingHttpHeaders {
  return {
    'Access-Control-Allow-Methods': knownMethods.join(', '),
    'Access-Control-Allow-Headers': namesIn(requestHeaders),
    'Access-Control-Max-Age': preflightHoldsFor,
  };
}

function namesIn({ passed, passedUnmasked }: HeaderLists): string {
  return [...passed, ...passedUnmasked].join(', ');
}
