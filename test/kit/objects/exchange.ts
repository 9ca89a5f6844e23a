/** A request as a handler gets it, and the response that it wrote, without a connection. */
import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Exchange } from '../../../webhook/gateway/listener/request-gate.ts';

export interface AskedExchange {
  readonly url: string;
  readonly host: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function anExchange({ url, host, method = 'GET', headers = {} }: AskedExchange): Exchange {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { url, method, headers, complete: true });
  const response = new ServerResponse(request);
  // With one header set before, Node keeps those of `writeHead` where they can be read.
  response.setHeader('x-kept', 'yes');
  return { request, response, host, origin: { peer: '203.0.113.7', forwardedFor: [] } };
}

/** Status and headers that were sent; undefined while nothing was. */
export function headOf({
  response,
}: Exchange): { readonly status: number; readonly headers: OutgoingHttpHeaders } | undefined {
  if (!response.headersSent) return undefined;
  return { status: response.statusCode, headers: response.getHeaders() };
}
