/**
 * Tells the records that this instance of a program still lives, so that they can close the intents of one that does
 * not. On a connection of its own: an append that hangs must not make an instance look dead.
 */
import { SupportAccessError } from '../crds/errors.ts';
import { type ConnectionOptions, openConnection } from './connection.ts';
import { detailIn } from './wire.ts';

export interface InstanceLease {
  /** Rejects when the records did not take it within `withinMs`. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

const withinMs = 3000;

export function createInstanceLease({
  instance,
  ...options
}: ConnectionOptions & { readonly instance: string }): InstanceLease {
  const connection = openConnection(options);
  return {
    async renew() {
      const { status, text } = await connection.call({
        method: 'POST',
        path: '/v1/instances',
        body: JSON.stringify({ instance }),
        signal: AbortSignal.timeout(withinMs),
      });
      if (status !== 204) throw refusedRenewal(status, text);
    },
    close: () => connection.close(),
  };
}

function refusedRenewal(status: number, text: string): SupportAccessError {
  const detail = detailIn(text);
  const said = detail === undefined ? '' : `: ${detail}`;
  return new SupportAccessError('records_unavailable', `the records answered ${status} to a renewal${said}`);
}
