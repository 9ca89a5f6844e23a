/** One request with its response, after the request gate. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Origin } from '../decisions/source-address.ts';

/** One request at a door, after the strict gate. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Host without port, lower case; one that this installation serves. */
  readonly host: string;
  readonly origin: Origin;
}
