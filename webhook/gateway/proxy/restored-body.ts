/**
 * Reads a body whole where values may have to be put back into it: a form that a person saves as it was shown. Larger ones, and
 * those that do not say how long they are, pass as they come, and what stands for a value in them is refused on the way.
 */
import { Writable } from 'node:stream';
import type { Exchange } from '../listener/request-gate.ts';
import { isRestorable, largestRestored, restoredBody } from '../masking/restore.ts';
import type { ProxyPolicy } from './policy.ts';
import { sendBody } from './request-body.ts';

interface ReadFor {
  readonly exchange: Pick<Exchange, 'request'>;
  readonly policy: Pick<ProxyPolicy, 'sealedValues' | 'bodyLimit' | 'bodyIdleMs'>;
}

/** The body with the values put back; undefined where it passes as it comes. Rejects as `sendBody` does. */
export async function restoredBodyOf({ exchange, policy }: ReadFor): Promise<Buffer | undefined> {
  const { 'content-length': length = '0', 'content-type': type } = exchange.request.headers;
  const { sealedValues, bodyLimit, bodyIdleMs } = policy;
  const isRead = Number(length) > 0 && Number(length) <= largestRestored && isRestorable(type);
  if (sealedValues === undefined || !isRead) return undefined;
  const pieces: Buffer[] = [];
  const collect = new Writable({
    write(piece: Buffer, _, done) {
      pieces.push(piece);
      done();
    },
  });
  await sendBody(exchange.request, collect, { limit: bodyLimit, idleMs: bodyIdleMs, watches: [] });
  return restoredBody(Buffer.concat(pieces), type, sealedValues);
}
