/** What does a request say about the page that made it, and which origin is its own? The rule is elsewhere. */
import type { IncomingMessage } from 'node:http';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SaidByBrowser } from '../../../crds/rules/request/cross-site.ts';
import { originOf } from '../../../crds/rules/request/gateway-urls.ts';
import type { Exchange } from './request-gate.ts';

/** The headers as they came; the request gate lets none of them come twice. */
export function saidByBrowser({ headers }: Pick<IncomingMessage, 'headers'>): SaidByBrowser {
  return {
    site: textOf(headers['sec-fetch-site']),
    mode: textOf(headers['sec-fetch-mode']),
    destination: textOf(headers['sec-fetch-dest']),
    purpose: textOf(headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-moz']),
    origin: headers.origin,
    referer: headers.referer,
    upgrade: headers.upgrade,
  };
}

/** Node's type of a header that it does not know; it joins such lines by itself. */
function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(', ') : value;
}

/**
 * The origin of the host that a request was sent to, as browsers write it: with the port that they sent, and with the
 * policy's, which differ where something in front of the gateway writes the Host line anew.
 */
export function ownOrigins(
  policy: SupportAccessPolicy | undefined,
  { request, host }: Pick<Exchange, 'request' | 'host'>,
): readonly string[] {
  const sent = URL.parse(`https://${request.headers.host ?? ''}`)?.origin;
  const ofPolicy = policy === undefined ? [] : [originOf({ ...policy.spec.gateway, host })];
  return sent === undefined ? ofPolicy : [sent, ...ofPolicy];
}
