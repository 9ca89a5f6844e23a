/**
 * May this address begin one more handshake? Each costs us a signature and its client next to nothing, and until it is
 * over nothing is known of the client but its address. Addresses from which people with a session came have a budget of
 * their own, so that a flood from elsewhere can neither take the processor from them nor their way to connect again.
 */
import { parseAddress } from '../../../crds/rules/address/address.ts';
import { createSharedBudget, type SharedBudgetOptions } from '../../../process/shared-budget.ts';
import { neighbourOf } from './neighbour.ts';

type HandshakeBounds = Omit<SharedBudgetOptions, 'clock'>;

/** A handshake is 1 to 2 ms of the one thread; an office of 250 that comes for the first time is let in at once. */
export const handshakeBounds: { readonly anonymous: HandshakeBounds; readonly known: HandshakeBounds } = {
  anonymous: { size: 800, everyMs: 10, reserve: 400, few: 80 },
  known: { size: 1600, everyMs: 5, reserve: 800, few: 160 },
};

export interface HandshakesOptions {
  /** The addresses of the sessions that are alive, as the watch saw them last. */
  readonly addressesOfSessions: () => readonly string[];
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly bounds?: typeof handshakeBounds;
}

/** Takes a handshake for this neighbour; false when there is none for it now. */
export type MayConnect = (neighbour: string) => boolean;

/** Why a handshake failed, as it is counted. */
export const handshakeFailures = [
  'no-certificate',
  'client-refused',
  'client-left',
  'too-slow',
  'protocol',
] as const;

/** Which of them an error is that Node tells of. */
export function handshakeFailureOf(error: Error): (typeof handshakeFailures)[number] {
  const code = 'code' in error ? String(error.code) : '';
  if (error instanceof NoCertificate) return 'no-certificate';
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'too-slow';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'client-left';
  // What the client says in an alert, such as that it does not know our authority.
  return code.includes('ALERT') ? 'client-refused' : 'protocol';
}

/** Said to a handshake for a host of which there is no certificate. */
export class NoCertificate extends Error {
  override readonly name = 'NoCertificate';
}

/** How long a list of addresses is used, milliseconds: a flood must not have it made for each connection. */
const listedForMs = 1000;

export function createHandshakes({
  addressesOfSessions,
  clock,
  bounds = handshakeBounds,
}: HandshakesOptions): MayConnect {
  const anonymous = createSharedBudget({ ...bounds.anonymous, clock });
  const known = createSharedBudget({ ...bounds.known, clock });
  let listed = { until: -Infinity, neighbours: new Set<string>() };
  const hasSession = (neighbour: string): boolean => {
    const now = clock();
    if (now >= listed.until) {
      const neighbours = addressesOfSessions().map((address) => neighbourOf(parseAddress(address)));
      listed = { until: now + listedForMs, neighbours: new Set(neighbours) };
    }
    return listed.neighbours.has(neighbour);
  };
  return (neighbour) => (hasSession(neighbour) ? known : anonymous).take(neighbour);
}
