/** Is the session still one, and still where it was? It must not trust a session object that this gateway did not seal. */
import { defaults } from '../../defaults.ts';
import type { SupportAccessPolicy } from '../../generated/support-access-policy.ts';
import type { SupportSession } from '../../generated/support-session.ts';
import { present } from '../../object-meta.ts';
import { parseAddress, sameAddress } from '../address/address.ts';
import { type Ask, type Check, type CheckResult, type Objection } from '../ask.ts';
import { parseTime } from '../time/time.ts';

export const sessionIsAlive = {
  name: 'sessionIsAlive',
  entryPoints: ['session', 'application', 'kube-api'],
  check,
} as const satisfies Check;

/** How far another replica's clock may be ahead of ours when it writes a session. */
const toleratedAheadMs = 60_000;

/** The instants of a session (epoch milliseconds). */
export interface SessionDeadlines {
  readonly signIn: number;
  readonly idle: number;
  readonly absolute: number;
}

/**
 * When the session ends by what was fixed at its sign-in and its last use; the policy as it is now can only make that sooner.
 * Undefined when the session's times cannot be read.
 */
export function fixedDeadlines(session: SupportSession): SessionDeadlines | undefined {
  const signIn = parseTime(session.spec.signInTime);
  const absolute = parseTime(session.spec.absoluteExpirationTime);
  if (signIn === undefined || absolute === undefined) return undefined;
  return { signIn, idle: fixedIdle(session) ?? signIn, absolute };
}

/**
 * When the session ends if nothing else happens. Its idle deadline was fixed when it was used last, so that a longer
 * limit revives none; by the policy as it is now a shorter limit holds for sessions that are already there. Undefined when
 * the session's times cannot be read. A last activity in the future counts as now, so that a clock set back makes nothing
 * longer.
 */
export function sessionDeadlines(
  session: SupportSession,
  policy: SupportAccessPolicy | undefined,
  now: number,
): SessionDeadlines | undefined {
  const fixed = fixedDeadlines(session);
  if (fixed === undefined) return undefined;
  const { signIn } = fixed;
  const { idleSeconds = defaults.idleSeconds, absoluteSeconds = defaults.absoluteSeconds } =
    policy?.spec.session ?? {};
  const active = Math.max(signIn, parseTime(session.status?.lastActivityTime) ?? signIn);
  return {
    signIn,
    idle: Math.min(fixed.idle, Math.min(active, now) + idleSeconds * 1000),
    absolute: Math.min(fixed.absolute, signIn + absoluteSeconds * 1000),
  };
}

/** As it was fixed at the last use, or at a sign-in that no use followed. */
function fixedIdle({ spec, status }: SupportSession): number | undefined {
  return parseTime(status?.idleExpirationTime) ?? parseTime(spec.idleExpirationTime);
}

function check(ask: Ask): CheckResult {
  const session = present(ask.session?.object);
  if (session === undefined) return { reason: 'NoSession' };
  const until = foreignness(session, ask) ?? aliveUntil(session, ask);
  if (typeof until !== 'number') return until;
  return addressObjection(session.spec.boundAddress, ask) ?? until;
}

function foreignness(session: SupportSession, { session: reading, grant }: Ask): Objection | undefined {
  if (reading?.sealValid !== true)
    return invalid('This installation did not make the session, or it was changed; sign in again.');
  if (!reading.secretMatches)
    return invalid('The browser does not have the secret of this session; sign in again.');
  const ofThisGrant =
    session.spec.grantRef.uid === grant?.metadata.uid &&
    session.metadata.namespace === grant.metadata.namespace;
  return ofThisGrant
    ? undefined
    : invalid('The session belongs to another grant; sign in at the address of this one.');
}

function invalid(detail: string): Objection {
  return { reason: 'SessionInvalid', detail };
}

function aliveUntil(session: SupportSession, { policy, now }: Ask): CheckResult {
  const deadlines = sessionDeadlines(session, policy, now);
  if (deadlines === undefined) return invalid('The times of the session cannot be read; sign in again.');
  const { signIn, idle, absolute } = deadlines;
  if (!(now >= signIn - toleratedAheadMs)) return { reason: 'ClockSetBack' };
  if (!(now < idle)) return { reason: 'SessionIdle' };
  return now < absolute ? Math.min(idle, absolute) : { reason: 'SessionExpired' };
}

function addressObjection(bound: string, { policy, address }: Ask): Objection | undefined {
  if (policy?.spec.session?.boundAddress === 'Disabled') return undefined;
  if (address === undefined) return { reason: 'AddressUnknown' };
  const known = parseAddress(bound);
  if (known !== undefined && sameAddress(known, address)) return undefined;
  return { reason: 'SessionAddressChanged', detail: `the session was started from ${bound}` };
}
