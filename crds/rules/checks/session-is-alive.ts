/** Is the session still one, and still where it was? It must not trust a session object that this gateway did not seal. */
import type { SupportAccessPolicy } from '../../generated/support-access-policy.ts';
import type { SupportSession } from '../../generated/support-session.ts';
import { parseAddress, sameAddress } from '../address.ts';
import { type Ask, type Check, type Objection, present } from '../ask.ts';
import { parseTime } from '../time.ts';

export const sessionIsAlive = {
  name: 'sessionIsAlive',
  surfaces: ['session', 'application'],
  objection,
} as const satisfies Check;

const defaultIdleSeconds = 1800;
const defaultAbsoluteSeconds = 28_800;
/** How far another replica's clock may be ahead of ours when it writes a session. */
const toleratedAheadMs = 60_000;

/** When a session ends (epoch milliseconds). */
export interface SessionDeadlines {
  readonly idle: number;
  readonly absolute: number;
}

/**
 * When the session ends if nothing else happens, by the policy as it is now: a shorter limit holds for sessions that
 * are already there. Undefined when the session's times cannot be read. A last activity in the future counts as now,
 * so that a clock set back makes nothing longer.
 */
export function sessionDeadlines(
  { spec, status }: SupportSession,
  policy: SupportAccessPolicy | undefined,
  now: number,
): SessionDeadlines | undefined {
  const signIn = parseTime(spec.signInTime);
  const end = parseTime(spec.absoluteExpirationTime);
  if (signIn === undefined || end === undefined) return undefined;
  const { idleSeconds = defaultIdleSeconds, absoluteSeconds = defaultAbsoluteSeconds } =
    policy?.spec.session ?? {};
  const active = Math.max(signIn, parseTime(status?.lastActivityTime) ?? signIn);
  return {
    idle: Math.min(active, now) + idleSeconds * 1000,
    absolute: Math.min(end, signIn + absoluteSeconds * 1000),
  };
}

function objection(ask: Ask): Objection | undefined {
  const session = present(ask.session?.object);
  if (session === undefined) return { reason: 'NoSession' };
  return (
    foreignness(session, ask) ??
    timeObjection(session, ask) ??
    addressObjection(session.spec.boundAddress, ask)
  );
}

function foreignness(session: SupportSession, { session: reading, grant }: Ask): Objection | undefined {
  if (reading?.sealValid !== true)
    return { reason: 'SessionInvalid', detail: "its seal is not this gateway's" };
  if (!reading.secretMatches)
    return { reason: 'SessionInvalid', detail: 'the caller does not hold its secret' };
  const ofThisGrant =
    session.spec.grantRef.uid === grant?.metadata.uid &&
    session.metadata.namespace === grant.metadata.namespace;
  return ofThisGrant ? undefined : { reason: 'SessionInvalid', detail: 'it belongs to another grant' };
}

function timeObjection(session: SupportSession, { policy, now }: Ask): Objection | undefined {
  const deadlines = sessionDeadlines(session, policy, now);
  const signIn = parseTime(session.spec.signInTime);
  if (deadlines === undefined || signIn === undefined) {
    return { reason: 'SessionInvalid', detail: 'its times cannot be read' };
  }
  if (!(now >= signIn - toleratedAheadMs)) return { reason: 'ClockSetBack' };
  if (!(now < deadlines.idle)) return { reason: 'SessionIdle' };
  return now < deadlines.absolute ? undefined : { reason: 'SessionExpired' };
}

function addressObjection(bound: string, { policy, address }: Ask): Objection | undefined {
  if (policy?.spec.session?.boundAddress === 'Disabled') return undefined;
  if (address === undefined) return { reason: 'AddressUnknown' };
  const known = parseAddress(bound);
  if (known !== undefined && sameAddress(known, address)) return undefined;
  return { reason: 'SessionAddressChanged', detail: `the session was started from ${bound}` };
}
